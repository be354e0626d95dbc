//! `botbox new`.

use std::path::PathBuf;

use anyhow::Context as _;
use botbox_build::bot::{LANGUAGES, names};
use botbox_build::new;

use crate::output;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder to make. The bot has its name.
    #[arg(value_name = "NAME")]
    folder: PathBuf,
    /// The language to write it in.
    #[arg(long, value_name = "LANGUAGE", default_value = "rust")]
    lang: String,
    /// What to begin with: echo, greeter, shop or llm.
    #[arg(long, value_name = "TEMPLATE", default_value = "echo")]
    template: String,
    /// The folder of the SDK. Default: the one of the checkout in which this botbox was built, or else the
    /// published one.
    #[arg(long, value_name = "FOLDER")]
    sdk: Option<PathBuf>,
}

/// Makes the folder of a new bot.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut languages = LANGUAGES.iter();
    let language = languages.find(|language| language.name() == arguments.lang);
    let language = language.with_context(|| {
        let (name, names) = (&arguments.lang, names());
        format!("there is no language {name:?}; there are {names}")
    })?;
    let template = new::template(*language, &arguments.template)?;
    let sdk = new::sdk(*language, arguments.sdk.as_deref())?;
    new::new(&arguments.folder, *language, template, &sdk)?;
    let folder = arguments.folder.display();
    output::line(&format!(
        "made {folder}: a bot that {}\n\n  cd {folder}\n  botbox dev     chat with it; every save is live\n  \
         botbox test    play its conversations\n  {:<14} run its tests",
        template.about,
        language.test_command()
    ))
}
