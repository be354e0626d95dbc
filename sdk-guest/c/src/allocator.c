/* malloc and its kin for WebAssembly, in the memory that is there from the start.
 *
 * The C library's own lets the memory grow at the first allocation. To grow, and to be taken back when the event has
 * ended, costs the host system calls in each event. This one grows the memory when what it began with is used up.
 *
 * A block has a power of two as its size, header included. What is freed is kept for the next block of its size. */

#ifdef __wasm__

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 65536u
#define CLASSES 32

/* Before each block's bytes. It keeps them aligned for whatever they are. */
typedef struct block {
    size_t class;
    struct block *next; /* While it is free. */
    void *whole;        /* Of bytes that lie within a block, for the sake of their alignment: the block's. Else NULL. */
    size_t padding;
} block;

_Static_assert(sizeof(block) == 16, "blocks are aligned to 16 bytes");

extern unsigned char __heap_base;

static block *free_blocks[CLASSES];
static uintptr_t next, end;

/* Takes bytes that nobody has had yet. */
static void *take(size_t size) {
    if (!end) {
        next = ((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15;
        end = (uintptr_t)__builtin_wasm_memory_size(0) * PAGE;
    }
    if (end - next < size) {
        size_t pages = (size - (end - next) + PAGE - 1) / PAGE;
        size_t before = __builtin_wasm_memory_grow(0, pages);
        if (before == SIZE_MAX) return NULL;
        end += pages * PAGE;
    }
    void *taken = (void *)next;
    next += size;
    return taken;
}

static block *header(void *bytes) { return (block *)bytes - 1; }

static size_t room(void *bytes) {
    const block *it = header(bytes);
    if (it->whole) return room(it->whole) - (size_t)((char *)bytes - (char *)it->whole);
    return ((size_t)1 << it->class) - sizeof(block);
}

void *malloc(size_t size) {
    if (size > SIZE_MAX / 4) {
        errno = ENOMEM;
        return NULL;
    }
    size_t class = 5;
    while (((size_t)1 << class) - sizeof(block) < size) class++;
    block *it = free_blocks[class];
    if (it) {
        free_blocks[class] = it->next;
    } else {
        it = take((size_t)1 << class);
        if (!it) {
            errno = ENOMEM;
            return NULL;
        }
        it->class = class;
        it->whole = NULL;
    }
    return it + 1;
}

void free(void *bytes) {
    if (!bytes) return;
    block *it = header(bytes);
    if (it->whole) it = header(it->whole);
    it->next = free_blocks[it->class];
    free_blocks[it->class] = it;
}

void *calloc(size_t count, size_t size) {
    size_t all;
    if (__builtin_mul_overflow(count, size, &all)) {
        errno = ENOMEM;
        return NULL;
    }
    void *bytes = malloc(all);
    if (bytes) memset(bytes, 0, all);
    return bytes;
}

void *realloc(void *bytes, size_t size) {
    if (!bytes) return malloc(size);
    size_t had = room(bytes);
    if (size <= had) return bytes;
    void *moved = malloc(size);
    if (!moved) return NULL;
    memcpy(moved, bytes, had);
    free(bytes);
    return moved;
}

void *aligned_alloc(size_t alignment, size_t size) {
    if (alignment <= sizeof(block)) return malloc(size);
    if (size > SIZE_MAX / 4 || alignment > SIZE_MAX / 4) {
        errno = ENOMEM;
        return NULL;
    }
    char *whole = malloc(size + alignment);
    if (!whole) return NULL;
    char *bytes = (char *)(((uintptr_t)whole + alignment - 1) & ~(uintptr_t)(alignment - 1));
    /* Both are multiples of a header's size: there is room for one between them, or they are the same. */
    if (bytes != whole) header(bytes)->whole = whole;
    return bytes;
}

int posix_memalign(void **bytes, size_t alignment, size_t size) {
    void *aligned = aligned_alloc(alignment, size);
    if (!aligned) return ENOMEM;
    *bytes = aligned;
    return 0;
}

size_t malloc_usable_size(void *bytes) { return bytes ? room(bytes) : 0; }

#endif
