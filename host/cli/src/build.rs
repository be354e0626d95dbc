//! `botbox build`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use botbox_build::{Bot, Built, Options, Progress};

use crate::output;
use crate::terminal::one_line;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The bot's folder.
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
}

/// Makes the plugin of a bot, and prints what its channel needs as TOML.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let begin = Instant::now();
    let bot = Bot::open(&arguments.folder)?;
    let built = bot.build(&Options::default(), Progress::new(&output::remark))?;
    output::remark(&format!("built in {:.1} s", begin.elapsed().as_secs_f64()));
    output::line(&described(&built))
}

/// The bot in comments, and what stands in its channel's part of the configuration.
fn described(built: &Built) -> String {
    let mut lines = vec![format!(
        "# {}, {} kB; it imports",
        one_line(&built.name),
        built.size.div_ceil(1000)
    )];
    let imports = built.needs.imports.iter();
    lines.extend(imports.map(|import| format!("#   {}", one_line(import))));
    lines.push(format!("plugin = {}", toml_text(&built.file)));
    lines.push(built.needs.grants_toml());
    lines.extend(missing(built));
    lines.join("\n")
}

/// What the folder's own `channel.toml` does not grant.
fn missing(built: &Built) -> Option<String> {
    let missing: Vec<_> = built.missing.iter().map(|grant| one_line(grant)).collect();
    let is_any = !missing.is_empty();
    is_any.then(|| format!("# channel.toml does not grant {}", missing.join(", ")))
}

/// A path as TOML. Debug's escapes are TOML's, too.
fn toml_text(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}
