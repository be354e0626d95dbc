# How a bot becomes a module, which `botbox build` makes a component of, and how its tests are run.
#
# A bot's Makefile sets SDK, SOURCES and TESTS, and includes this. It may add to CPPFLAGS (such as -I and -D), CFLAGS,
# CXXFLAGS and LDFLAGS; those with TEST_ before them are for the tests alone.

BUILD := build
HEADERS := Makefile $(SDK)/bot.mk $(wildcard *.h *.hpp $(SDK)/include/*.h $(SDK)/generated/*.h $(SDK)/src/*.h)
BOT_INCLUDES = -I$(SDK)/include -I$(SDK)/generated -I.
BOT_WARNINGS = -Wall -Wextra

# `botbox build` says where it is.
ZIG ?= zig
# The stack is 128 KiB, and lies before everything else: deeper calls end the event instead of writing over data.
BOT_TARGET = -target wasm32-wasi -mexec-model=reactor -Oz -UNDEBUG
BOT_LINK = -Wl,-z,stack-size=131072 -g
# The stack, 64 KiB of data, and a heap of 128 KiB from the start: a memory that grows, and is taken back when the event
# ends, costs the host system calls in each event. A bot with more data begins with what that needs, and grows.
BOT_MEMORY = -Wl,--initial-memory=327680
BOT_CXX = -fno-exceptions -fno-rtti

SDK_SOURCES := $(wildcard $(SDK)/src/*.c)
SDK_OBJECTS := $(patsubst $(SDK)/%.c,$(BUILD)/module/sdk/%.o,$(SDK_SOURCES) $(SDK)/generated/botbox_host.c)
OBJECTS := $(patsubst %,$(BUILD)/module/%.o,$(SOURCES))
HAS_CXX := $(filter-out %.c,$(SOURCES))

BOT_LINKED = $(ZIG) $(if $(HAS_CXX),c++,cc) $(BOT_TARGET) $(BOT_LINK)
$(BUILD)/module.wasm: $(OBJECTS) $(SDK_OBJECTS)
	$(BOT_LINKED) $(BOT_MEMORY) $(LDFLAGS) -o $@ $^ 2>/dev/null || $(BOT_LINKED) $(LDFLAGS) -o $@ $^

$(BUILD)/module/sdk/%.o: $(SDK)/%.c $(HEADERS)
	@mkdir -p $(@D)
	$(ZIG) cc $(BOT_TARGET) $(BOT_INCLUDES) $(BOT_WARNINGS) -c -o $@ $<

$(BUILD)/module/%.c.o: %.c $(HEADERS)
	@mkdir -p $(@D)
	$(ZIG) cc $(BOT_TARGET) $(BOT_INCLUDES) $(BOT_WARNINGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

define cxx_rules
$(BUILD)/module/%.$(1).o: %.$(1) $(HEADERS)
	@mkdir -p $$(@D)
	$(ZIG) c++ $(BOT_TARGET) $(BOT_CXX) $(BOT_INCLUDES) $(BOT_WARNINGS) $(CPPFLAGS) $(CXXFLAGS) -c -o $$@ $$<

$(BUILD)/test/%.$(1).o: %.$(1) $(HEADERS)
	@mkdir -p $$(@D)
	$(CXX) -g $(BOT_CXX) $(BOT_INCLUDES) -I$(SDK)/testing $(CPPFLAGS) $(CXXFLAGS) $(TEST_CXXFLAGS) -c -o $$@ $$<
endef
$(foreach ending,cpp cc cxx,$(eval $(call cxx_rules,$(ending))))

# The tests: the same sources for this machine, with a host in memory.
TEST_SDK_OBJECTS := $(patsubst $(SDK)/%.c,$(BUILD)/test/sdk/%.o,$(SDK_SOURCES) $(wildcard $(SDK)/testing/*.c))
TEST_OBJECTS := $(patsubst %,$(BUILD)/test/%.o,$(SOURCES) $(TESTS))

.PHONY: test
test: $(BUILD)/tests
	./$<

$(BUILD)/tests: $(TEST_OBJECTS) $(TEST_SDK_OBJECTS)
	$(if $(HAS_CXX)$(filter-out %.c,$(TESTS)),$(CXX),$(CC)) $(TEST_LDFLAGS) -o $@ $^

$(BUILD)/test/sdk/%.o: $(SDK)/%.c $(HEADERS)
	@mkdir -p $(@D)
	$(CC) -g $(BOT_INCLUDES) -I$(SDK)/src -I$(SDK)/testing $(BOT_WARNINGS) -c -o $@ $<

$(BUILD)/test/%.c.o: %.c $(HEADERS) $(wildcard $(SDK)/testing/*.h)
	@mkdir -p $(@D)
	$(CC) -g $(BOT_INCLUDES) -I$(SDK)/testing $(BOT_WARNINGS) $(CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -c -o $@ $<
