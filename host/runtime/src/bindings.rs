//! The host's side of the WIT package `botbox:line`.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    clippy::allow_attributes_without_reason,
    reason = "generated from the WIT package, whose comments are its documentation"
)]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "bot",
    imports: {
        // Methods of a resource, which may be given a handle that is none.
        "botbox:line/content": async | trappable,
        default: async,
    },
    exports: { default: async },
    with: {
        "botbox:line/content.message-content-stream": crate::capabilities::ContentStream,
    },
});
