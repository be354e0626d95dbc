//! Plays files.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use botbox_build::Bot;
use botbox_script::Script;
use tokio::sync::{Mutex, OnceCell};
use tokio::task::spawn_blocking;

use crate::bless::Bless;
use crate::play::Player;
use crate::plugin::{Plugin, Source, SourceError};
use crate::report::{ConvoReport, FileReport};
use crate::stage::{Stage, StageError};

/// Why a file can't be played.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// The file can't be read, or written.
    #[error("cannot {verb} {}", .path.display())]
    Disk {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// No folder above the file is a bot's, and the file names no plugin.
    #[error(
        "{} is in no folder of a bot; put it there, or name a component by the key `plugin`", .0.display()
    )]
    NoBot(PathBuf),
    /// There is no plugin.
    #[error(transparent)]
    Source(#[from] Arc<SourceError>),
    /// The host or the simulator.
    #[error(transparent)]
    Stage(#[from] Box<StageError>),
    /// The build was cut off.
    #[error("the build broke off")]
    BrokenOff,
}

type Built = Arc<OnceCell<Result<Plugin, Arc<SourceError>>>>;

/// Plays files of conversations, each on a host and a simulator of its own. A bot's folder is built once.
pub struct Tester {
    compiler: PathBuf,
    filter: Option<String>,
    blesses: bool,
    tell: Arc<dyn Fn(&str) + Send + Sync>,
    plugins: Mutex<HashMap<Source, Built>>,
    /// One bot is built at a time: compilers use all of a machine.
    building: Mutex<()>,
}

impl Tester {
    /// `compiler` is the `botbox` program, of the same build as this crate: the host runs it to compile
    /// plugins.
    #[must_use]
    pub fn new(compiler: impl Into<PathBuf>) -> Self {
        Self {
            compiler: compiler.into(),
            filter: None,
            blesses: false,
            tell: Arc::new(|_| {}),
            plugins: Mutex::default(),
            building: Mutex::default(),
        }
    }

    /// Plays only conversations with this text in their names.
    #[must_use]
    pub fn filter(mut self, part: impl Into<String>) -> Self {
        self.filter = Some(part.into());
        self
    }

    /// Rewrites what files expect to what the bot says.
    #[must_use]
    pub fn blesses(mut self, blesses: bool) -> Self {
        self.blesses = blesses;
        self
    }

    /// Hears a line about each thing of a build that takes time.
    #[must_use]
    pub fn tell(mut self, tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.tell = Arc::new(tell);
        self
    }

    /// Plays a file. What is wrong with the file, or not as expected, is in the report.
    ///
    /// # Errors
    ///
    /// When the bot can't be built or served, or the file can't be read or rewritten.
    pub async fn test(&self, file: impl AsRef<Path>) -> Result<FileReport, TestError> {
        let file = file.as_ref();
        let text = fs::read_to_string(file).map_err(disk("read", file))?;
        let script = match Script::parse(&text) {
            Ok(script) => script,
            Err(error) => return Ok(FileReport::of_error(file.to_owned(), &error)),
        };
        let source = source(file, &script)?;
        let plugin = self.plugin(&source).await?;
        let begin = Instant::now();
        let name = source.name();
        let stage = Stage::start(&name, &plugin, &script.channel, &self.compiler);
        let stage = stage.await.map_err(Box::new)?;
        let mut player = Player {
            stage: &stage,
            script: &script,
            folder: file.parent().unwrap_or(Path::new(".")),
            bless: self.blesses.then(|| Bless::new(text)),
        };
        let mut convos = Vec::new();
        for convo in &script.convos {
            if self
                .filter
                .as_ref()
                .is_some_and(|part| !convo.name.contains(part.as_str()))
            {
                continue;
            }
            let begin = Instant::now();
            let failure = player.play(convo).await.map_err(Box::new)?;
            convos.push(ConvoReport {
                name: convo.name.clone(),
                place: convo.place,
                took: begin.elapsed(),
                failure,
            });
        }
        let mut blessed = 0;
        if let Some(bless) = player.bless.filter(|bless| bless.count() > 0) {
            blessed = bless.count();
            fs::write(file, bless.text()).map_err(disk("write", file))?;
        }
        Ok(FileReport {
            file: file.to_owned(),
            problem: None,
            convos,
            took: begin.elapsed(),
            blessed,
        })
    }

    /// The plugin of a source, which is built once however many files it has.
    async fn plugin(&self, source: &Source) -> Result<Plugin, TestError> {
        let built = Arc::clone(self.plugins.lock().await.entry(source.clone()).or_default());
        let plugin = built.get_or_try_init(|| async {
            let _turn = self.building.lock().await;
            let (source, tell) = (source.clone(), Arc::clone(&self.tell));
            let built =
                spawn_blocking(move || source.build(&|line| tell(line)).map_err(Arc::new)).await;
            built.map_err(|_| TestError::BrokenOff)
        });
        Ok(plugin.await?.clone()?)
    }
}

/// What a file is a test of: the component that it names, or the bot in whose folder it is.
///
/// # Errors
///
/// When there is neither.
pub(crate) fn source(file: &Path, script: &Script) -> Result<Source, TestError> {
    let folder = file.parent().unwrap_or(Path::new("."));
    if let Some(plugin) = &script.plugin {
        return Ok(Source::open(&folder.join(plugin)).map_err(Arc::new)?);
    }
    let absolute = fs::canonicalize(file).map_err(disk("read", file))?;
    let mut above = absolute.ancestors().skip(1);
    let bot = above.find(|folder| Bot::open(folder).is_ok());
    let bot = bot.ok_or_else(|| TestError::NoBot(file.to_owned()))?;
    Ok(Source::open(bot).map_err(Arc::new)?)
}

fn disk(verb: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> TestError {
    let path = path.to_owned();
    move |source| TestError::Disk { verb, path, source }
}
