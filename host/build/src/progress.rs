//! What is being done, for the person who waits.

/// Hears what a build is doing: a line at a time.
#[derive(Clone, Copy)]
pub struct Progress<'a>(&'a (dyn Fn(&str) + Sync));

impl<'a> Progress<'a> {
    /// Tells the lines to a function.
    pub fn new(tell: &'a (dyn Fn(&str) + Sync)) -> Self {
        Self(tell)
    }

    /// Says what is being done.
    pub fn say(&self, line: &str) {
        (self.0)(line);
    }
}
