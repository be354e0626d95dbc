//! What wit-bindgen makes of the WIT package: the types, the calls to the host, and the export.
//!
//! On WebAssembly the calls go to the host. Elsewhere they would abort the process: there,
//! [`bindings`](crate::bindings) has the stand-in's functions in their place.

#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    clippy::allow_attributes_without_reason,
    reason = "generated from the WIT package, whose comments are its documentation"
)]

wit_bindgen::generate!({
    path: "../../wit",
    world: "bot",
    generate_all,
    pub_export_macro: true,
    additional_derives: [PartialEq],
    // It holds a resource, which is equal to none.
    additional_derives_ignore: ["cas-error"],
});
