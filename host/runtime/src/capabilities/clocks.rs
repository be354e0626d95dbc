//! `wasi:clocks`: the host's clock. A plugin's wait also ends when that clock is moved to its end.

use std::time::{Duration, Instant};

use botbox_clock::Clock;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::clocks::WasiClocksView;
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock::Host as _;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use crate::sandbox::Sandbox;

/// Has plugins wait by the host's clock, in place of WASI's own waiting.
pub(super) fn add_to_linker(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut clock = linker.instance("wasi:clocks/monotonic-clock@0.2.12")?;
    clock.func_wrap(
        "subscribe-instant",
        |mut store: StoreContextMut<'_, Sandbox>, (end,): (u64,)| {
            let sandbox = store.data_mut();
            let now = sandbox.clocks().now()?;
            Ok((sandbox.sleep(end.saturating_sub(now))?,))
        },
    )?;
    clock.func_wrap(
        "subscribe-duration",
        |mut store: StoreContextMut<'_, Sandbox>, (nanoseconds,): (u64,)| {
            Ok((store.data_mut().sleep(nanoseconds)?,))
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

impl Sandbox {
    fn sleep(&mut self, nanoseconds: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let now = self.clock.instant();
        match now.checked_add(Duration::from_nanos(nanoseconds)) {
            Some(end) if end > now => {
                let clock = self.clock.clone();
                let sleep = self.table.push(Sleep { clock, end })?;
                subscribe(&mut self.table, sleep)
            }
            // WASI handles a wait that ends at once, and one that never ends.
            _ => self.clocks().subscribe_duration(nanoseconds),
        }
    }
}

/// Ready at a time of the host's clock.
struct Sleep {
    clock: Clock,
    end: Instant,
}

#[wasmtime_wasi::async_trait]
impl Pollable for Sleep {
    async fn ready(&mut self) {
        self.clock.sleep_until(self.end).await;
    }
}
