//! The bot as its author saves it.

use std::time::Instant;

use anyhow::Context as _;
use botbox_conversation::plugin::{Plugin, Source};
use botbox_conversation::stage::Host;
use tokio::task::spawn_blocking;

use super::stage::Stage;
use crate::output::{self, remark};
use crate::watcher::{self, Watcher};

/// A bot's sources, and what happens to them.
pub(super) struct Saves {
    source: Source,
    watcher: Watcher,
}

impl Saves {
    pub(super) fn of(source: Source) -> anyhow::Result<Self> {
        let watcher = Watcher::new(&source.watched()?)?;
        Ok(Self { source, watcher })
    }

    /// What the bot is called.
    pub(super) fn name(&self) -> String {
        self.source.name()
    }

    /// The plugin of the first save that can be built, which may be that of long ago.
    pub(super) async fn first(&mut self, stage: Option<&Stage>) -> anyhow::Result<Plugin> {
        loop {
            match self.build().await {
                Ok(plugin) => return Ok(plugin),
                Err(error) => {
                    tell(&error, stage).await;
                    remark(&format!("{error:#}; waiting for a change"));
                }
            }
            self.watcher.changed().await?;
        }
    }

    /// Has the host serve each save that can be built.
    pub(super) async fn serve(
        &mut self,
        host: &mut Host,
        stage: Option<&Stage>,
    ) -> anyhow::Result<()> {
        loop {
            self.watcher.changed().await?;
            if let Err(error) = self.switch(host).await {
                tell(&error, stage).await;
                remark(&format!("{error:#}; the version before goes on"));
            }
        }
    }

    async fn switch(&self, host: &mut Host) -> anyhow::Result<()> {
        let begin = Instant::now();
        let built = self.build().await?;
        let took = begin.elapsed().as_secs_f64();
        host.switch(&built).await?;
        output::line(&format!(
            "live {:.2} s after the save (built in {took:.2} s)",
            (begin.elapsed() + watcher::QUIET).as_secs_f64()
        ))
    }

    /// Makes the plugin. What is wrong with the sources, their compiler says on stderr.
    async fn build(&self) -> anyhow::Result<Plugin> {
        let source = self.source.clone();
        let built = spawn_blocking(move || source.build(&remark)).await;
        Ok(built.context("the build broke off")??)
    }
}

/// Has the page show why there is no other version, where there is a page.
async fn tell(error: &anyhow::Error, stage: Option<&Stage>) {
    if let Some(stage) = stage {
        stage.show_build(error).await;
    }
}
