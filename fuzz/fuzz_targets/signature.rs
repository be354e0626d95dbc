//! The signature header: only the right signature passes.

#![no_main]

use botbox_line::signature::{sign, verify};
use libfuzzer_sys::fuzz_target;

const SECRET: &str = "8c570fa6dd201bb328f1c1eac23a96d8";

fuzz_target!(|input: (&[u8], &[u8])| {
    let (body, signature) = input;
    let right = sign(SECRET, body);
    assert!(verify(SECRET, body, right.as_bytes()));
    if verify(SECRET, body, signature) {
        assert_eq!(signature, right.as_bytes());
    }
});
