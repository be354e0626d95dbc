//! A core module that becomes a plugin: it has the handler's types, and is otherwise what it likes.

use std::path::Path;
use std::sync::LazyLock;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};

/// Gives memory that is never given back.
const REALLOC: &str = "
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 15)) (i32.const -16)))
    (global.set $free (i32.add (local.get $at) (local.get 3)))
    (local.get $at)";

/// A result that is good: zeros.
const GOOD: &str = "(i32.const 0)";

/// The parts of a core module, as text.
pub(crate) struct Module {
    /// What is imported.
    pub(crate) imports: &'static str,
    /// More of the module.
    pub(crate) more: &'static str,
    /// The body of the function that gives the host memory for the event: four parameters, one result.
    pub(crate) realloc: &'static str,
    /// The body of the handler: its parameter is the event, its result where the result is.
    pub(crate) handle: &'static str,
    /// The body of the function that the host calls when it has read the result.
    pub(crate) after: &'static str,
}

impl Module {
    /// One that does nothing.
    pub(crate) const fn idle() -> Self {
        Self {
            imports: "",
            more: "",
            realloc: REALLOC,
            handle: GOOD,
            after: "",
        }
    }

    pub(crate) const fn handling(handle: &'static str) -> Self {
        Self {
            handle,
            ..Self::idle()
        }
    }

    pub(crate) const fn importing(imports: &'static str, handle: &'static str) -> Self {
        Self {
            imports,
            handle,
            ..Self::idle()
        }
    }

    pub(crate) const fn allocating(realloc: &'static str) -> Self {
        Self {
            realloc,
            ..Self::idle()
        }
    }

    pub(crate) const fn with(more: &'static str) -> Self {
        Self {
            more,
            ..Self::idle()
        }
    }

    pub(crate) const fn afterwards(after: &'static str) -> Self {
        Self {
            after,
            ..Self::idle()
        }
    }

    /// The component of it.
    pub(crate) fn component(&self, name: &str) -> Vec<u8> {
        static WIT: LazyLock<(Resolve, WorldId)> = LazyLock::new(|| {
            let mut resolve = Resolve::default();
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
            let (package, _) = resolve.push_dir(folder).unwrap();
            let world = resolve.select_world(&[package], Some("bot")).unwrap();
            (resolve, world)
        });
        let Self {
            imports,
            more,
            realloc,
            handle,
            after,
        } = self;
        let text = format!(
            r#"(module {imports}
                (memory (export "memory") 2)
                (global $free (mut i32) (i32.const 65536))
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) {realloc})
                (func $handle (export "botbox:line/handler@0.1.0#handle")
                    (param i32) (result i32) {handle})
                (func (export "cabi_post_botbox:line/handler@0.1.0#handle") (param i32) {after})
                {more})"#
        );
        let (resolve, world) = &*WIT;
        let mut module = wat::parse_str(text).expect(name);
        embed_component_metadata(&mut module, resolve, *world, StringEncoding::UTF8).expect(name);
        let encoder = ComponentEncoder::default().validate(true).module(&module);
        encoder.and_then(|mut it| it.encode()).expect(name)
    }
}
