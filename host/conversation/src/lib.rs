//! Conversation tests: plays what a file says with a bot, on a host and a simulator of their own.
//!
//! The library that `botbox test` is made of. A [`Tester`] plays files; what it finds is a
//! [`FileReport`], which prints as text and as JUnit's XML. Nothing is shared between two files: each has
//! its own ports, data and clock, so they are played side by side.
//!
//! ```no_run
//! # async fn test() -> Result<(), botbox_conversation::TestError> {
//! use botbox_conversation::{Style, Tester};
//!
//! // The botbox program compiles plugins.
//! let tester = Tester::new("/usr/bin/botbox");
//! let report = tester.test("conversations/hello.yaml").await?;
//! assert!(report.passed(), "{}", report.text(Style::Plain));
//! # Ok(())
//! # }
//! ```
//!
//! [`stage`] has the host and the simulator, which `botbox dev` uses as well.

mod bless;
mod calls;
mod cast;
mod fill;
mod junit;
mod matching;
mod mention;
mod play;
pub mod plugin;
pub mod recording;
pub mod replay;
mod report;
mod scrub;
pub mod stage;
mod tap;
mod tester;
mod turn;

pub use botbox_script as script;
pub use junit::junit;
pub use report::{ConvoReport, FileReport, Finding, StepFailure, Style};
pub use scrub::Scrubber;
pub use tester::{TestError, Tester};
