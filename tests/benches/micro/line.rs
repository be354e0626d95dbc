//! What is LINE's alone: signatures and JSON.

use botbox_line::signature;
use botbox_line::webhook::Callback;
use divan::Bencher;
use divan::counter::BytesCount;

use crate::webhook;

#[divan::bench]
fn signature_of_a_webhook(bencher: Bencher<'_, '_>) {
    let (_, body) = webhook::message();
    let signature = signature::sign(webhook::SECRET, body.as_bytes());
    bencher
        .counter(BytesCount::of_str(&body))
        .bench(|| signature::verify(webhook::SECRET, body.as_bytes(), signature.as_bytes()));
}

#[divan::bench]
fn parsing_a_webhook(bencher: Bencher<'_, '_>) {
    let (_, body) = webhook::message();
    bencher
        .counter(BytesCount::of_str(&body))
        .bench(|| Callback::parse(body.as_bytes()));
}
