//! The sandbox: a store, an instance, the call with its event, and the end of them.

use botbox_runtime::Limits;
use divan::Bencher;

use crate::executor;
use crate::sandboxes::Sandboxes;

#[divan::bench]
fn instantiate_call_drop(bencher: Bencher<'_, '_>) {
    let executor = executor();
    let folder = tempfile::tempdir().expect("a folder");
    let wasm = std::fs::read(botbox_tests::plugin("echo")).expect("the plugin is built");
    let sandboxes = Sandboxes::of(&wasm, folder.path(), Limits::default());
    let mut sandboxes = executor.block_on(sandboxes).expect("it loads");
    bencher.bench_local(|| executor.block_on(sandboxes.event()));
}
