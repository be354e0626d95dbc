//! What the WIT package says, in Rust.

wit_bindgen::generate!({
    path: "../../wit",
    world: "bot",
    generate_all,
    pub_export_macro: true,
});
