//! The one engine of the process.

use std::thread;
use std::time::Duration;

use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::limits::{CORE_INSTANCES, MEMORIES, MEMORY_LIMIT_MAX, TABLE_ELEMENTS, TABLES};

/// How often a running plugin stops to let others run and to have its processor time looked at.
/// 5 ms: short beside LINE's 2 s for a webhook, long beside the microseconds that most events
/// take.
pub(crate) const TICK: Duration = Duration::from_millis(5);

/// Table pages that a slot keeps between two events: wiped, not unmapped. Memory keeps none: an
/// instance touches a few pages of it, and wiping the rest cost more than mapping those anew.
const KEEP_RESIDENT_TABLES: usize = 256 << 10;

/// The engine, with room for `slots` plugins at a time.
pub(crate) fn start(slots: u32) -> wasmtime::Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    // Every slot can have all that one component may use. So who holds one of the `slots` permits
    // never finds the pool empty, which wasmtime would make an error, not a wait.
    pool.total_component_instances(slots)
        .total_stacks(slots)
        .total_core_instances(slots.saturating_mul(CORE_INSTANCES))
        .total_memories(slots.saturating_mul(MEMORIES))
        .total_tables(slots.saturating_mul(TABLES))
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20)
        .max_memory_size(MEMORY_LIMIT_MAX)
        .table_elements(TABLE_ELEMENTS)
        .max_unused_warm_slots(slots / 4)
        .table_keep_resident(KEEP_RESIDENT_TABLES);

    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .epoch_interruption(true)
        // The WIT package has no async functions, and calls are faster without them.
        .concurrency_support(false)
        // Whatever the size of a memory's first image, it is mapped, not copied.
        .memory_guaranteed_dense_image_size(MEMORY_LIMIT_MAX as u64);
    let engine = Engine::new(&config)?;
    start_ticker(&engine)?;
    Ok(engine)
}

/// Advances the engine's epoch until the engine is gone. A thread of its own: a task would stand
/// still when all workers run plugins, which is when it is needed.
fn start_ticker(engine: &Engine) -> wasmtime::Result<()> {
    let engine = engine.weak();
    thread::Builder::new()
        .name(String::from("epoch-ticker"))
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                thread::sleep(TICK);
            }
        })?;
    Ok(())
}
