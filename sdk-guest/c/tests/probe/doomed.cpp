// A place of its own for an error, in C++.

#include "doomed.h"

#include <botbox.h>
#include <string>

void doomed() {
    std::string reason = "it went";
    reason += " wrong";
    bot_abort("%s", reason.c_str());
}
