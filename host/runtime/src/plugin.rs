//! A plugin: a component that was checked and compiled. What can be known of it before its first event
//! is known when it is loaded.

use std::sync::{Arc, Weak};

use wasmtime::Engine;
use wasmtime::component::{Component, Linker};

use crate::bindings::BotPre;
use crate::component::{HANDLER, LoadError};
use crate::grants::Capability;
use crate::limits::Limits;
use crate::sandbox::Sandbox;

/// A component, ready to be instantiated. Clones are the same plugin.
#[derive(Clone)]
pub struct Plugin {
    inner: Arc<Inner>,
}

struct Inner {
    digest: String,
    pre: BotPre<Sandbox>,
    imports: Vec<Capability>,
    memory: usize,
}

impl Plugin {
    /// The SHA-256 of the component, in hexadecimal: names this version of the plugin.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.inner.digest
    }

    pub(crate) fn pre(&self) -> &BotPre<Sandbox> {
        &self.inner.pre
    }

    /// What it imports that has to be granted, in the order of their names.
    #[must_use]
    pub fn imports(&self) -> &[Capability] {
        &self.inner.imports
    }

    /// How many bytes of memory an instance begins with; of several memories, the largest.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.inner.memory
    }

    /// Checks what an instance begins with against what handling an event may use.
    ///
    /// # Errors
    ///
    /// When no event could be handled.
    pub fn check(&self, limits: &Limits) -> Result<(), LoadError> {
        let (needed, limit) = (self.inner.memory, limits.memory);
        if needed > limit {
            return Err(LoadError::Memory { needed, limit });
        }
        Ok(())
    }

    /// Makes a plugin of a compiled component.
    pub(crate) fn new(
        linker: &Linker<Sandbox>,
        component: &Component,
        digest: String,
    ) -> Result<Self, LoadError> {
        check_handler(linker.engine(), component)?;
        let pre = linker
            .instantiate_pre(component)
            .map_err(LoadError::UnknownImport)?;
        let pre = BotPre::new(pre).map_err(LoadError::OtherHandler)?;
        // Else the first event would pay for it.
        component
            .initialize_copy_on_write_image()
            .map_err(LoadError::Unusable)?;
        let inner = Arc::new(Inner {
            digest,
            pre,
            imports: imports(linker.engine(), component),
            memory: initial_memory(component),
        });
        Ok(Self { inner })
    }
}

/// A plugin for as long as someone uses it.
pub(crate) struct LoadedPlugin(Weak<Inner>);

impl LoadedPlugin {
    pub(crate) fn new(plugin: &Plugin) -> Self {
        Self(Arc::downgrade(&plugin.inner))
    }

    pub(crate) fn get(&self) -> Option<Plugin> {
        let inner = self.0.upgrade()?;
        Some(Plugin { inner })
    }
}

fn check_handler(engine: &Engine, component: &Component) -> Result<(), LoadError> {
    if component.get_export_index(None, HANDLER).is_some() {
        return Ok(());
    }
    let component_type = component.component_type();
    let exports: Vec<&str> = component_type
        .exports(engine)
        .map(|(name, _)| name)
        .collect();
    let exports = match exports.as_slice() {
        [] => String::from("nothing"),
        names => names.join(", "),
    };
    Err(LoadError::NoHandler { exports })
}

fn imports(engine: &Engine, component: &Component) -> Vec<Capability> {
    let component_type = component.component_type();
    let imports: Vec<_> = component_type.imports(engine).collect();
    let names = || imports.iter().map(|(name, _)| *name);
    let all = Capability::ALL.iter().copied();
    all.filter(|it| names().any(|name| it.is_of(name)))
        .collect()
}

/// Of several memories the largest counts: that is what wasmtime tells.
fn initial_memory(component: &Component) -> usize {
    const PAGE: u64 = 64 << 10;
    let needs = component.resources_required();
    let pages = needs.and_then(|it| it.max_initial_memory_size);
    let bytes = pages.unwrap_or_default().saturating_mul(PAGE);
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
