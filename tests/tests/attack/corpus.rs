//! The corpus: hostile components, what each does, and what it gets.
//!
//! Each is uploaded, deployed and sent events by a provider of its own right, while another provider's echo bot
//! is under load. What it got is known beforehand, and [`page`] has all of it in docs/isolation.md.

mod components;
mod guest;
pub(crate) mod hostile;
mod module;
mod modules;
pub(crate) mod page;

use self::hostile::Hostile;

/// The whole corpus, in the order of its page.
pub(crate) fn all() -> Vec<Hostile> {
    let mut all = components::all();
    all.extend(modules::all());
    all.extend(guest::all());
    all
}
