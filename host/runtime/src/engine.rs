//! The one engine of the process.

use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::limits::{CORE_INSTANCES, MEMORIES, MEMORY_LIMIT_MAX, TABLE_ELEMENTS, TABLES};

/// How many bytes of a table a slot keeps between two events: wiped, not unmapped.
const KEEP_RESIDENT_TABLES: usize = 256 << 10;

/// The same of a memory: 256 KiB, more than an ordinary bot touches. An event of the echo bot then takes no
/// page fault instead of five, and interrupts no other processor to unmap those pages: a tenth of what it
/// costs. Only where the system tells which pages were touched (`PAGEMAP_SCAN`, Linux 6.7): to wipe all that
/// might be would cost more.
const KEEP_RESIDENT_MEMORY: usize = 256 << 10;

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
        // A component may have them all in one module, or one in each.
        .max_memories_per_module(MEMORIES)
        .max_tables_per_module(TABLES)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20)
        .max_memory_size(MEMORY_LIMIT_MAX)
        .table_elements(TABLE_ELEMENTS)
        .max_unused_warm_slots(slots / 4)
        .table_keep_resident(KEEP_RESIDENT_TABLES);
    if PoolingAllocationConfig::is_pagemap_scan_available() {
        pool.linear_memory_keep_resident(KEEP_RESIDENT_MEMORY)
            .pagemap_scan(Enabled::Yes);
    }

    let mut config = code();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}

/// An engine whose code the other one runs, and which runs nothing itself. It uses one thread.
pub(crate) fn compiler() -> wasmtime::Result<Engine> {
    let mut config = code();
    config.parallel_compilation(false);
    Engine::new(&config)
}

/// What code depends on.
fn code() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // The WIT package has no async functions, and calls are faster without them.
        .concurrency_support(false)
        // Whatever the size of a memory's first image, it is mapped, not copied.
        .memory_guaranteed_dense_image_size(MEMORY_LIMIT_MAX as u64);
    config
}

#[cfg(test)]
mod tests {
    use std::hash::{DefaultHasher, Hash, Hasher};
    use std::sync::Arc;

    use wasmtime::Store;
    use wasmtime::component::{Component, Linker};

    use super::*;
    use crate::governor::pool::Pool;
    use crate::governor::{Provider, Waiter};
    use crate::limiter::Limiter;
    use crate::limits::{ATTEMPT_BYTES, Limits};

    #[test]
    fn what_the_compiler_makes_is_for_the_engine() {
        let hash = |engine: Engine| {
            let mut hasher = DefaultHasher::new();
            engine.precompile_compatibility_hash().hash(&mut hasher);
            hasher.finish()
        };
        assert_eq!(hash(start(1).unwrap()), hash(compiler().unwrap()));
    }

    #[tokio::test]
    async fn one_module_has_as_many_tables_as_there_can_be() {
        let engine = start(1).unwrap();
        let tables = "(table 10 funcref)".repeat(TABLES as usize);
        let text =
            format!("(component (core module $m {tables}) (core instance (instantiate $m)))");
        let component = Component::new(&engine, wat::parse_str(text).unwrap()).unwrap();
        let slots = Pool::new(1, 64 << 20, ATTEMPT_BYTES);
        let slot = Arc::new(Waiter::one(&slots, Provider::new(1).channel(1)).await);
        let mut store = Store::new(&engine, Limiter::new(&Limits::default(), slot));
        store.limiter(|limiter| limiter);
        store.set_epoch_deadline(1_000);
        let linker = Linker::new(&engine);
        linker
            .instantiate_async(&mut store, &component)
            .await
            .unwrap();
    }
}
