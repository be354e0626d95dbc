//! What the guest `hostile` can be told: a program of an ordinary compiler, with all that its languages and WASI
//! have.

use super::hostile::Component::Guest;
use super::hostile::Got::{self, Ended, Told};
use super::hostile::Hostile;

/// The end of whoever computes for too long.
const CPU: Got = Ended("the plugin used more than 300 ms of processor time");

/// The end of whoever hands over too much.
const TOO_MUCH: Got = Ended("the plugin handed more than 4 MiB to the host in one call, the limit");

fn hostile(
    name: &'static str,
    does: &'static str,
    commands: &'static [&'static str],
    got: Got,
) -> Hostile {
    Hostile::new(name, does, Guest(commands), got)
}

pub(super) fn all() -> Vec<Hostile> {
    let mut all = crashes();
    all.extend(giants());
    all.extend(floods());
    all.extend(hoards());
    all.extend(waits());
    all.extend(others());
    all.extend(web());
    all
}

fn crashes() -> Vec<Hostile> {
    vec![
        hostile("computes", "computes for ever", &["spin"], CPU),
        hostile(
            "allocates",
            "allocates without end",
            &["allocate"],
            Ended("the plugin ran out of memory: the limit is 64 MiB"),
        ),
        hostile(
            "recurses-in-memory",
            "recurses without end, on the stack in its memory",
            &["recurse"],
            Ended("it used memory that it does not have"),
        ),
        hostile("panics", "panics", &["panic"], Ended(": as told (")),
        hostile(
            "panics-at-length",
            "panics with a MiB of control characters",
            &["panic-with-a-novel"],
            Ended("Once upon a "),
        ),
        hostile(
            "rejects-at-length",
            "rejects the event for a reason of a MiB of control characters",
            &["fail-with-a-novel"],
            Ended("the plugin rejects the event: Once upon a "),
        ),
        hostile(
            "aborts",
            "aborts",
            &["abort"],
            Ended("it reached code that must not be reached"),
        ),
        hostile(
            "exits",
            "exits as a process does",
            &["exit"],
            Ended("it exited with code 1"),
        ),
    ]
}

fn giants() -> Vec<Hostile> {
    vec![
        hostile(
            "giant-texts",
            "hands over 13 MiB in one argument, to a function of each interface",
            &[
                "giant reply",
                "giant push",
                "giant messages",
                "giant multicast",
                "giant broadcast",
                "giant narrowcast",
                "giant validate",
                "giant loading",
                "giant mark-as-read",
                "giant notification",
                "giant profile",
                "giant group",
                "giant room",
                "giant membership",
                "giant content",
                "giant media",
                "giant rich-menu",
                "giant rich-menu-users",
                "giant quota",
                "giant insight",
                "giant audience",
                "giant coupon",
                "giant module",
                "giant account-link",
                "giant beacon",
                "giant schedule",
                "giant line-api",
                "giant bucket",
                "giant keys",
                "giant value",
                "giant config",
                "giant log",
                "giant stdout",
            ],
            TOO_MUCH,
        ),
        hostile(
            "giant-random",
            "asks for 16 EiB of random bytes",
            &["random-giant"],
            Ended("requested len 18446744073709551615 exceeds limit 65536"),
        ),
        hostile(
            "giant-poll",
            "waits for the same clock 200,000 times at once",
            &["poll-giant"],
            Ended("store handle limit exceeded"),
        ),
        hostile(
            "giant-upload",
            "writes a picture that does not end",
            &["fill-an-upload"],
            Told("9 MiB, then ErrorKind::Invalid"),
        ),
        hostile(
            "giant-image",
            "writes a rich menu's image that does not end",
            &["fill-an-image"],
            Told("10, then ErrorKind::Invalid"),
        ),
    ]
}

fn floods() -> Vec<Hostile> {
    vec![
        hostile(
            "pushes",
            "pushes without end",
            &["push-flood"],
            Ended("the event made 100 calls already, the most that one may make"),
        ),
        hostile(
            "asks-the-store",
            "asks the store without end",
            &["store-flood"],
            Told("1000, then "),
        ),
        hostile(
            "asks-the-time",
            "asks for the time without end",
            &["clock-flood"],
            CPU,
        ),
        hostile(
            "rolls-dice",
            "asks for random numbers without end",
            &["random-flood"],
            CPU,
        ),
        hostile(
            "asks-the-configuration",
            "asks for its configuration without end",
            &["config-flood"],
            CPU,
        ),
        hostile(
            "asks-for-the-event",
            "asks for the event's JSON without end",
            &["json-flood"],
            CPU,
        ),
        hostile(
            "empty-writes",
            "writes nothing to stdout, and waits for it, without end",
            &["empty-writes"],
            CPU,
        ),
        hostile(
            "flushes",
            "opens and flushes stderr without end",
            &["splices"],
            CPU,
        ),
        hostile(
            "floods-stdout",
            "writes 4 MB to stdout in one line",
            &["stdout-flood"],
            Told("1000 writes"),
        ),
        hostile(
            "floods-the-log",
            "logs 5,000 lines of control characters",
            &["log-flood"],
            Told("5000 lines"),
        ),
    ]
}

fn hoards() -> Vec<Hostile> {
    vec![
        hostile(
            "hoards-contents",
            "opens contents and reads none",
            &["hoard contents"],
            Told("4, then ErrorKind::Other"),
        ),
        hostile(
            "hoards-images",
            "begins images of rich menus and sends none",
            &["hoard images"],
            Told("4, then ErrorKind::Other"),
        ),
        hostile(
            "hoards-uploads",
            "begins media and finishes none",
            &["hoard uploads"],
            Told("4, then ErrorKind::Other"),
        ),
        hostile(
            "hoards-values",
            "holds values to compare with",
            &["hoard values"],
            Told("16, then "),
        ),
        hostile(
            "hoards-buckets",
            "opens buckets and closes none",
            &["hoard buckets"],
            Ended("resources at once, the limit"),
        ),
        hostile(
            "hoards-pollables",
            "makes things to wait for, and never waits",
            &["hoard pollables"],
            Ended("resources at once, the limit"),
        ),
        hostile(
            "hoards-fields",
            "makes headers of requests that it never sends",
            &["hoard fields"],
            Ended("resources at once, the limit"),
        ),
    ]
}

/// What costs a slot and memory, but no processor.
fn waits() -> Vec<Hostile> {
    vec![
        hostile("sleeps", "sleeps for a minute", &["sleep 60000"], DEADLINE).within(1_000),
        hostile(
            "waits-for-ever",
            "waits for what never comes",
            &["poll-never"],
            DEADLINE,
        )
        .within(1_000),
        hostile(
            "waits-for-line",
            "asks LINE for what does not come",
            &["hang"],
            DEADLINE,
        )
        .within(1_000),
        hostile(
            "sleeps-with-memory",
            "sleeps with 48 MiB of memory",
            &["grow 48 60000"],
            DEADLINE,
        )
        .within(1_000),
    ]
}

/// The end of whoever takes too long.
const DEADLINE: Got = Ended("the plugin took longer than 1000 ms");

fn others() -> Vec<Hostile> {
    vec![
        hostile(
            "foreign-ids",
            "gives ids that would be paths, queries or headers to eight functions",
            &["foreign-ids"],
            Told("10 ErrorKind::Denied, 70 ErrorKind::Invalid"),
        ),
        hostile(
            "foreign-paths",
            "gives paths that lead to tokens, to other hosts, and around grants",
            &["foreign-paths"],
            Told("3 ErrorKind::Denied, 8 ErrorKind::Invalid"),
        ),
        hostile(
            "foreign-keys",
            "opens the bucket in which a neighbour keeps a secret, by its names",
            &[
                "foreign-keys secrets",
                "foreign-keys victim/secrets",
                "foreign-keys ../keeper/secrets",
                "foreign-keys %",
            ],
            Told("Ok(None), Ok([])"),
        ),
        hostile(
            "machine",
            "looks for files, variables, arguments and sockets",
            &["machine"],
            Told("0 variables, 0 arguments, 0 folders, TCP false, UDP false, look-up false"),
        ),
    ]
}

fn web() -> Vec<Hostile> {
    vec![
        hostile(
            "own-network",
            "calls the host's own machine and network, in 14 spellings",
            &["inside"],
            Told("14 of 14 are denied"),
        ),
        hostile(
            "own-network-by-name",
            "calls the host's own machine by a name that is granted",
            &["get NAME"],
            Told("Err(ErrorCode::DestinationIpProhibited)"),
        ),
        hostile(
            "header-injection",
            "puts two headers into one, and sets those that are the host's",
            &["headers"],
            Told("13 of 13 headers and 3 of 3 other parts are refused"),
        ),
        hostile(
            "never-ending-page",
            "reads a page that does not end",
            &["never-ending HERE"],
            DEADLINE,
        )
        .within(1_000),
        hostile(
            "never-read-pages",
            "opens pages that do not end, and reads none",
            &["never-read HERE"],
            Told("4, then ErrorCode::ConnectionLimitReached"),
        ),
        hostile(
            "never-ending-body",
            "sends a body that does not end",
            &["endless-body HERE"],
            Told("Err(ErrorCode::HttpRequestBodySize"),
        ),
    ]
}
