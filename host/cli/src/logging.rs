//! The log: on stderr, for people on a terminal and as JSON elsewhere.

use std::env;
use std::io::{self, IsTerminal};

use anyhow::{Context, ensure};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

const VARIABLE: &str = "BOTBOX_LOG";

/// Starts logging. The variable `BOTBOX_LOG` is a level, of botbox and its plugins, or directives
/// such as `info,botbox_line=debug,hyper=trace`. Default `info`.
pub(crate) fn start() -> anyhow::Result<()> {
    let wish = env::var(VARIABLE).unwrap_or_else(|_| String::from("info"));
    let filter = filter(&wish).with_context(|| format!("{VARIABLE}={wish} is not understood"))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    if io::stderr().is_terminal() {
        log.init();
    } else {
        log.json().flatten_event(true).with_span_list(false).init();
    }
    Ok(())
}

fn filter(wish: &str) -> anyhow::Result<EnvFilter> {
    let directives = match wish.parse::<LevelFilter>() {
        Ok(level) => format!("warn,botbox={level},plugin={level}"),
        Err(_) => {
            // A single word that is no level would be taken for a target, and silence the rest.
            ensure!(
                wish.contains(['=', ',']),
                "give a level (error, warn, info, debug, trace) or directives such as \
                 `info,botbox_line=debug`"
            );
            wish.to_owned()
        }
    };
    Ok(EnvFilter::try_new(directives)?)
}
