//! Plugins that no compiler of a language makes: core modules that break the rules at each step of an event.

use super::hostile::Component;
use super::hostile::Got::{self, Ended, Refused, Told};
use super::hostile::Hostile;
use super::module::Module;

/// The function that logs: a level, the places and lengths of a context and of a message.
const LOG: &str = r#"(import "wasi:logging/logging@0.1.0-draft" "log"
    (func $log (param i32 i32 i32 i32 i32)))"#;

/// Rejects the event, for a reason at a place and of a length.
macro_rules! reject {
    ($at:literal, $length:literal) => {
        concat!(
            "(i32.store8 (i32.const 0) (i32.const 1)) (i32.store8 (i32.const 4) (i32.const 1))",
            "(i32.store (i32.const 8) (i32.const ",
            $at,
            ")) (i32.store (i32.const 12) (i32.const ",
            $length,
            ")) (i32.const 0)"
        )
    };
}

fn hostile(name: &'static str, does: &'static str, module: Module, got: Got) -> Hostile {
    Hostile::new(name, does, Component::Module(module), got)
}

pub(super) fn all() -> Vec<Hostile> {
    let mut all = starts();
    all.extend(events());
    all.extend(results());
    all.extend(traps());
    all.extend(arguments());
    all
}

/// Before the first event.
fn starts() -> Vec<Hostile> {
    vec![
        hostile(
            "start-loops",
            "loops for ever in its start function",
            Module::with("(func $start (loop (br 0))) (start $start)"),
            Refused("the plugin fails as it starts: the plugin used more than 300 ms of processor time"),
        ),
        hostile(
            "start-traps",
            "traps in its start function",
            Module::with("(func $start unreachable) (start $start)"),
            Refused("the plugin fails as it starts: the plugin trapped"),
        ),
        hostile(
            "start-recurses",
            "recurses without end in its start function",
            Module::with("(func $start (call $start)) (start $start)"),
            Refused("its calls went deeper than its stack"),
        ),
        hostile(
            "start-grows",
            "takes all memory in its start function, and more",
            Module::with(
                "(func $start (loop (br_if 0 (i32.ge_s (memory.grow (i32.const 16)) (i32.const 0))))
                    unreachable) (start $start)",
            ),
            Refused("the plugin ran out of memory: the limit is 64 MiB"),
        ),
        hostile(
            "start-calls",
            "calls the host before it is instantiated",
            Module {
                imports: LOG,
                more: "(func $start (call $log (i32.const 2) (i32.const 0) (i32.const 0)
                    (i32.const 0) (i32.const 9))) (start $start)",
                ..Module::idle()
            },
            Refused("it called a function pointer that is null"),
        ),
        hostile(
            "data-out-of-bounds",
            "initialises memory that it does not have",
            Module::with("(data (i32.const 131072) \"x\")"),
            Refused("it used memory that it does not have"),
        ),
    ]
}

/// While the host hands the event over.
fn events() -> Vec<Hostile> {
    vec![
        hostile(
            "realloc-loops",
            "loops for ever when the host asks it for memory",
            Module::allocating("(loop (br 0)) unreachable"),
            Ended("the plugin used more than 300 ms of processor time"),
        ),
        hostile(
            "realloc-traps",
            "traps when the host asks it for memory",
            Module::allocating("unreachable"),
            Ended("it reached code that must not be reached"),
        ),
        hostile(
            "realloc-far",
            "gives the host memory that it does not have",
            Module::allocating("(i32.const 0x7ffffff0)"),
            Ended("realloc return: beyond end of memory"),
        ),
        hostile(
            "realloc-unaligned",
            "gives the host memory that is not aligned",
            Module::allocating("(i32.const 65537)"),
            Ended("realloc return: result not aligned"),
        ),
        hostile(
            "realloc-same",
            "gives the host the same memory each time",
            Module::allocating("(i32.const 65536)"),
            Told(""),
        ),
        hostile(
            "realloc-recurses",
            "calls its handler when the host asks it for memory",
            Module::allocating("(drop (call $handle (i32.const 0))) (i32.const 65536)"),
            Told(""),
        ),
    ]
}

/// What the handler returns.
fn results() -> Vec<Hostile> {
    vec![
        hostile(
            "result-far",
            "returns a result in memory that it does not have",
            Module::handling("(i32.const 0x7ffffff0)"),
            Ended("pointer out of bounds of memory"),
        ),
        hostile(
            "result-unaligned",
            "returns a result that is not aligned",
            Module::handling("(i32.const 1)"),
            Ended("return pointer not aligned"),
        ),
        hostile(
            "result-unknown",
            "returns a result that is neither good nor bad",
            Module::handling("(i32.store8 (i32.const 0) (i32.const 7)) (i32.const 0)"),
            Ended("invalid expected discriminant"),
        ),
        hostile(
            "reason-far",
            "rejects the event with a reason in memory that it does not have",
            Module::handling(reject!("0x7ffffff0", "9")),
            Ended("string pointer/length out of bounds of memory"),
        ),
        hostile(
            "reason-giant",
            "rejects the event with a reason of 4 GiB",
            Module::handling(reject!("8", "0xffffffff")),
            Ended("string pointer/length out of bounds of memory"),
        ),
        hostile(
            "reason-no-text",
            "rejects the event with a reason that is no text",
            Module {
                more: "(data (i32.const 64) \"\\ff\\fe\\00\\80\")",
                ..Module::handling(reject!("64", "4"))
            },
            Ended("invalid utf-8 sequence"),
        ),
        hostile(
            "after-loops",
            "loops for ever when the host has read its result",
            Module::afterwards("(loop (br 0))"),
            Ended("the plugin used more than 300 ms of processor time"),
        ),
        hostile(
            "after-traps",
            "traps when the host has read its result",
            Module::afterwards("unreachable"),
            Ended("it reached code that must not be reached"),
        ),
    ]
}

/// While the handler runs.
fn traps() -> Vec<Hostile> {
    vec![
        hostile(
            "loops",
            "loops for ever",
            Module::handling("(loop (br 0)) unreachable"),
            Ended("the plugin used more than 300 ms of processor time"),
        ),
        hostile(
            "recurses",
            "recurses without end, and without memory of its own",
            Module::handling("(call $handle (local.get 0))"),
            Ended("its calls went deeper than its stack"),
        ),
        hostile(
            "grows-memory",
            "takes all memory, and then does without",
            Module::handling(
                "(loop (br_if 0 (i32.ge_s (memory.grow (i32.const 16)) (i32.const 0))))
                 (i32.store (i32.const 0) (i32.const 0)) (i32.const 0)",
            ),
            Told(""),
        ),
        hostile(
            "grows-tables",
            "lets a table grow until it is refused, again and again",
            Module {
                more: "(table $t 1 funcref)",
                ..Module::handling(
                    "(loop (drop (table.grow $t (ref.null func) (i32.const 1000))) (br 0))
                     unreachable",
                )
            },
            Ended("the plugin used more than 300 ms of processor time"),
        ),
        hostile(
            "fills-memory",
            "fills 60 MiB of memory again and again, each time in one instruction",
            Module::handling(
                "(drop (memory.grow (i32.const 958)))
                 (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 62914560)) (br 0))
                 unreachable",
            ),
            Ended("the plugin used more than 300 ms of processor time"),
        ),
        hostile(
            "divides-by-zero",
            "divides by zero",
            Module::handling("(i32.div_u (i32.const 1) (i32.load (i32.const 0)))"),
            Ended("it divided an integer by zero"),
        ),
        hostile(
            "calls-nothing",
            "calls a function pointer that is null",
            Module {
                more: "(table $t 1 funcref)",
                ..Module::handling("(call_indirect $t (result i32) (i32.const 0))")
            },
            Ended("it called a function pointer that is null"),
        ),
    ]
}

/// What the handler hands to the host.
fn arguments() -> Vec<Hostile> {
    vec![
        hostile(
            "text-far",
            "logs a text in memory that it does not have",
            Module::importing(
                LOG,
                "(call $log (i32.const 2) (i32.const 0) (i32.const 0)
                    (i32.const 0x7ffffff0) (i32.const 9)) (i32.const 0)",
            ),
            Ended("string pointer/length out of bounds of memory"),
        ),
        hostile(
            "text-giant",
            "logs a text of 4 GiB",
            Module::importing(
                LOG,
                "(call $log (i32.const 2) (i32.const 0) (i32.const 0)
                    (i32.const 0) (i32.const 0xffffffff)) (i32.const 0)",
            ),
            Ended("string pointer/length out of bounds of memory"),
        ),
        hostile(
            "text-no-text",
            "logs a text that is no UTF-8",
            Module {
                imports: LOG,
                more: "(data (i32.const 64) \"\\ff\\fe\\00\\80\")",
                ..Module::handling(
                    "(call $log (i32.const 2) (i32.const 0) (i32.const 0)
                        (i32.const 64) (i32.const 4)) (i32.const 0)",
                )
            },
            Ended("invalid utf-8 sequence"),
        ),
        hostile(
            "level-unknown",
            "logs at a level that there is not",
            Module::importing(
                LOG,
                "(call $log (i32.const 99) (i32.const 0) (i32.const 0)
                    (i32.const 0) (i32.const 0)) (i32.const 0)",
            ),
            Ended("unexpected discriminant: 99"),
        ),
        hostile(
            "list-giant",
            "hands over a list that is longer than its memory",
            Module::importing(
                UNLINK,
                "(call $unlink (i32.const 0) (i32.const 0x0fffffff) (i32.const 1024)) (i32.const 0)",
            ),
            Ended("list pointer/length out of bounds of memory"),
        ),
        hostile(
            "list-of-the-same",
            "hands over a list of 8,000 texts that are all the same 64 KiB: half a GiB",
            Module::importing(
                UNLINK,
                "(local $at i32)
                 (loop
                    (i32.store offset=65536 (local.get $at) (i32.const 0))
                    (i32.store offset=65540 (local.get $at) (i32.const 65536))
                    (local.set $at (i32.add (local.get $at) (i32.const 8)))
                    (br_if 0 (i32.lt_u (local.get $at) (i32.const 64000))))
                 (call $unlink (i32.const 65536) (i32.const 8000) (i32.const 64)) (i32.const 0)",
            ),
            Ended("the plugin handed more than 4 MiB to the host in one call, the limit"),
        ),
        hostile(
            "handle-forged",
            "drops a bucket that it never had",
            Module::importing(
                r#"(import "wasi:keyvalue/store@0.2.0-draft2" "[resource-drop]bucket"
                    (func $drop (param i32)))"#,
                "(call $drop (i32.const 12345)) (i32.const 0)",
            ),
            Ended("unknown handle index 12345"),
        ),
        hostile(
            "handle-of-another-kind",
            "reads from a handle that no call gave it",
            Module::importing(
                r#"(import "botbox:line/content@0.1.0" "[method]message-content-stream.read"
                    (func $read (param i32 i32 i32)))"#,
                "(call $read (i32.const 1) (i32.const 64) (i32.const 64)) (i32.const 0)",
            ),
            Ended("unknown handle index 1"),
        ),
    ]
}

/// The function that takes rich menus from users: the place and length of a list, and where the result goes.
const UNLINK: &str = r#"(import "botbox:line/rich-menu@0.1.0" "unlink-rich-menu-id-from-users"
    (func $unlink (param i32 i32 i32)))"#;
