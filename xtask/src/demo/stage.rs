//! Everything that a conversation needs: the simulator, the host, bots and a user.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::chat::USER;
use super::config;
use super::conversation::Conversation;
use super::service::Service;
use super::simulator::{Bot, Simulator};
use crate::workspace::Workspace;

pub(super) struct Stage {
    pub(super) simulator: Simulator,
    /// One chat with each bot.
    pub(super) conversations: Vec<Conversation>,
    /// They run until the stage is dropped, and the host ends first.
    host: Service,
    simulator_service: Service,
    _lock: File,
}

impl Stage {
    /// Starts simulator and host, with a bot for each of these examples. Channel, bot and plugin
    /// have one name.
    pub(super) fn set(workspace: &Workspace, examples: &[&str]) -> anyhow::Result<Self> {
        for example in examples {
            let plugin = workspace.target(&format!("plugins/{example}.wasm"));
            ensure!(plugin.exists(), "there is no example {example} in plugins");
        }
        let lock = lock(&workspace.target("demo.lock"))?;
        let folder = workspace.target("demo");
        clear(&folder)?;
        let botbox = workspace.target("debug/botbox");

        let mut command = Command::new(&botbox);
        command.args(["simulator", "--listen", "127.0.0.1:0"]);
        let simulator_service = Service::start(command, folder.join("simulator.log"))?;
        let simulator = Simulator::at(simulator_service.url());
        let bots = examples
            .iter()
            .map(|name| simulator.add_bot(name))
            .collect::<anyhow::Result<Vec<_>>>()?;

        let host = start_host(workspace, &botbox, &folder, simulator_service.url(), &bots)?;
        for bot in &bots {
            let webhook = format!("{}/webhook/{}", host.url(), bot.name);
            simulator.set_webhook(bot, &webhook)?;
        }
        let user = simulator.add_user(USER)?;
        let conversations = bots
            .into_iter()
            .map(|bot| Conversation::new(simulator.clone(), bot, user.clone()))
            .collect();
        Ok(Self {
            simulator,
            conversations,
            host,
            simulator_service,
            _lock: lock,
        })
    }

    pub(super) fn conversation(&mut self, bot: &str) -> anyhow::Result<&mut Conversation> {
        self.conversations
            .iter_mut()
            .find(|conversation| conversation.bot() == bot)
            .with_context(|| format!("there is no bot {bot} on the stage"))
    }

    /// The address of the simulator's browser chat.
    pub(super) fn page(&self) -> &str {
        self.simulator_service.url()
    }

    pub(super) fn host_log(&self) -> &Path {
        self.host.log()
    }

    pub(super) fn show_logs(&self) {
        for service in [&self.simulator_service, &self.host] {
            eprintln!(
                "\nthe end of {}:\n{}",
                service.log().display(),
                service.log_tail()
            );
        }
    }
}

fn start_host(
    workspace: &Workspace,
    botbox: &Path,
    folder: &Path,
    line: &str,
    bots: &[Bot],
) -> anyhow::Result<Service> {
    let file = folder.join("botbox.toml");
    let plugins = workspace.target("plugins");
    let examples = workspace.root().join("plugins");
    fs::write(&file, config::toml(line, &plugins, &examples, bots)?)
        .with_context(|| format!("cannot write {}", file.display()))?;
    let mut command = Command::new(botbox);
    command
        .args(["serve", "--config"])
        .arg(&file)
        .current_dir(folder);
    for bot in bots {
        command
            .env(config::secret_variable(bot), &bot.secret)
            .env(config::token_variable(bot), &bot.token);
    }
    Service::start(command, folder.join("serve.log"))
}

/// A second demo would clear the folder that the first one uses.
fn lock(path: &PathBuf) -> anyhow::Result<File> {
    let lock = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
    ensure!(
        lock.try_lock().is_ok(),
        "another demo is running here; stop it first"
    );
    Ok(lock)
}

/// Each demo begins without events and logs of the last.
fn clear(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))
}
