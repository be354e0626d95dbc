//! Functions around all routes.

use crate::bindings::botbox::line::events::Event;
use crate::failure::Result;

/// A function around what is inside of it.
pub(super) type Layer = dyn Fn(&Event, Next<'_>) -> Result;

/// What is inside of a layer: the layers that were added later, then the routes.
pub struct Next<'a> {
    layers: &'a [Box<Layer>],
    routes: &'a dyn Fn(&Event) -> Result,
}

impl<'a> Next<'a> {
    pub(super) fn new(layers: &'a [Box<Layer>], routes: &'a dyn Fn(&Event) -> Result) -> Self {
        Self { layers, routes }
    }

    /// Handles the event.
    ///
    /// # Errors
    ///
    /// The error of the route that fits.
    pub fn run(self, event: &Event) -> Result {
        match self.layers.split_first() {
            Some((layer, layers)) => layer(event, Next::new(layers, self.routes)),
            None => (self.routes)(event),
        }
    }
}
