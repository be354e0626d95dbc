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
        // What makes and takes resources, and may be given a handle that is none.
        "botbox:line/content": async | trappable | tracing,
        "botbox:line/rich-menu.set-rich-menu-image": async | trappable | tracing,
        "botbox:line/rich-menu.[method]rich-menu-image.write": async | trappable | tracing,
        "botbox:line/rich-menu.[method]rich-menu-image.finish": async | trappable | tracing,
        "wasi:keyvalue/store": async | trappable | tracing,
        "wasi:keyvalue/atomics": async | trappable | tracing,
        "wasi:keyvalue/batch": async | trappable | tracing,
        "botbox:line/media": async | trappable | tracing,
        // Each call is a span, for traces.
        default: async | tracing,
    },
    exports: { default: async },
    trappable_error_type: {
        "wasi:keyvalue/store.error" => crate::resources::KeyValueError,
    },
    with: {
        "botbox:line/content.message-content-stream": crate::resources::ContentStream,
        "botbox:line/rich-menu.rich-menu-image": crate::resources::RichMenuImage,
        "wasi:keyvalue/atomics.cas": crate::resources::Cas,
        "wasi:keyvalue/store.bucket": crate::resources::Bucket,
        "botbox:line/media.upload": crate::resources::OpenUpload,
    },
});
