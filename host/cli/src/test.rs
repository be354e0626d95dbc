//! `botbox test`: conversations with a bot, as files tell them.
//!
//! Each file has a host and a simulator of its own in this process, so that files are played side by side.

pub(crate) mod failure;
mod files;

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Instant;

use anyhow::Context as _;
use botbox_conversation::{FileReport, Style, TestError, Tester, junit};
use futures_util::{StreamExt as _, stream};

use self::failure::TestFailure;
use self::files::Files;
use crate::output::{self, remark};
use crate::serve::own_program;
use crate::shutdown::Shutdown;
use crate::watcher::Watcher;

/// What is logged when nothing is said: what the bot does wrong is in the report.
pub(crate) const LOG: &str = "off";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Files of conversations, or folders of bots, which have them in the folder `conversations`.
    #[arg(value_name = "FILE|FOLDER", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Plays only the conversations with this in their names.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Rewrites in the files what was expected to what the bot says.
    #[arg(long)]
    bless: bool,
    /// Writes the results there, as JUnit's XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Plays all again whenever the bot or a file has changed.
    #[arg(long)]
    watch: bool,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    if !arguments.watch {
        let files = Files::find(&arguments.paths)?;
        return test(&arguments, &files).await;
    }
    let mut shutdown = Shutdown::new()?;
    tokio::select! {
        done = watch(&arguments) => done,
        () = shutdown.requested() => Ok(()),
    }
}

async fn watch(arguments: &Arguments) -> anyhow::Result<()> {
    let mut watcher = Watcher::new(&Files::find(&arguments.paths)?.watched())?;
    loop {
        // A file may have come, or gone.
        let files = Files::find(&arguments.paths)?;
        if let Err(error) = test(arguments, &files).await {
            remark(&format!("{error:#}"));
        }
        remark("waiting for a change");
        watcher.changed().await?;
    }
}

async fn test(arguments: &Arguments, files: &Files) -> anyhow::Result<()> {
    let begin = Instant::now();
    let mut tester = Tester::new(own_program()?)
        .blesses(arguments.bless)
        .tell(remark);
    if let Some(part) = &arguments.filter {
        tester = tester.filter(part.as_str());
    }
    let tester = Arc::new(tester);
    let play = |file: PathBuf| {
        let tester = Arc::clone(&tester);
        async move {
            let playing = file.clone();
            let played = tokio::spawn(async move { tester.test(playing).await });
            (file, played.await)
        }
    };
    let at_a_time = available_parallelism().map_or(1, usize::from);
    let mut reports = stream::iter(files.all().to_vec())
        .map(play)
        .buffered(at_a_time);
    let mut all = Vec::new();
    while let Some((file, played)) = reports.next().await {
        let report = played.context("a test broke off")?;
        let report = report.unwrap_or_else(|error| unplayable(&file, error));
        print(&report)?;
        all.push(report);
    }
    if let Some(file) = &arguments.junit {
        let written = fs::write(file, junit(&all));
        written.with_context(|| format!("cannot write {}", file.display()))?;
    }
    summarise(arguments, &all, begin)
}

fn unplayable(file: &Path, error: TestError) -> FileReport {
    FileReport::unplayable(file.to_owned(), format!("{:#}", anyhow::Error::from(error)))
}

fn print(report: &FileReport) -> anyhow::Result<()> {
    let style = match io::stdout().is_terminal() {
        true => Style::Coloured,
        false => Style::Plain,
    };
    for line in report.text(style).lines() {
        output::line(line)?;
    }
    if report.blessed > 0 {
        let (count, file) = (report.blessed, report.file.display());
        output::line(&format!("     {file}: {count} places rewritten"))?;
    }
    Ok(())
}

fn summarise(arguments: &Arguments, reports: &[FileReport], begin: Instant) -> anyhow::Result<()> {
    let played: usize = reports.iter().map(|report| report.convos.len()).sum();
    let failed: usize = reports.iter().map(FileReport::failed).sum();
    let unplayable = reports
        .iter()
        .filter(|report| report.problem.is_some())
        .count();
    let took = begin.elapsed().as_secs_f64();
    if unplayable > 0 {
        return Err(TestFailure::Unplayable(unplayable).into());
    }
    if failed > 0 {
        return Err(TestFailure::Failed { failed, played }.into());
    }
    if played == 0 {
        let why = match &arguments.filter {
            Some(part) => format!("no conversation has {part:?} in its name"),
            None => String::from("there is no conversation"),
        };
        return Err(TestFailure::Nothing(why).into());
    }
    output::line(&format!("{played} conversations as expected ({took:.1} s)"))
}
