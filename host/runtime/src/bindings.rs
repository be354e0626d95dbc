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
    imports: { default: async },
    exports: { default: async },
    with: {
        "wasi:io": wasmtime_wasi::p2::bindings::io,
    },
});
