//! Which texts fit.

/// A text, compared without the space around it and without regard to capital and small letters; an array of
/// such texts, of which one must fit; or a function that tells.
///
/// With the crate `regex`, that is `|text: &str| pattern.is_match(text)`.
pub trait TextPattern {
    /// Whether the text fits.
    fn fits(&self, text: &str) -> bool;
}

impl TextPattern for &str {
    fn fits(&self, text: &str) -> bool {
        lowercase(self).eq(lowercase(text))
    }
}

impl<const N: usize> TextPattern for [&str; N] {
    fn fits(&self, text: &str) -> bool {
        self.iter().any(|one| one.fits(text))
    }
}

impl<F: Fn(&str) -> bool> TextPattern for F {
    fn fits(&self, text: &str) -> bool {
        self(text)
    }
}

fn lowercase(text: &str) -> impl Iterator<Item = char> {
    text.trim().chars().flat_map(char::to_lowercase)
}

/// What follows a text's first word, if that is `word`.
pub(super) fn after_word<'t>(word: &str, text: &'t str) -> Option<&'t str> {
    let text = text.trim();
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    word.fits(first).then(|| rest.trim_start())
}
