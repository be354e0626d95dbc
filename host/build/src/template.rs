//! Bots to begin with.

/// The files of a bot that can be begun with.
#[derive(Debug)]
pub struct Template {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Its files, by their paths in the new folder.
    pub files: &'static [(&'static str, &'static str)],
    /// The packages that it uses beside the SDK, as the language's project file lists them.
    pub packages: &'static [&'static str],
}
