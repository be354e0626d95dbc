//go:build wasip1

// Package witruntime is what wit-bindgen's bindings call: memory for what the host hands over, and handles of
// resources.
package witruntime

import (
	"runtime"
	"runtime/debug"
	"unsafe"
)

// The garbage collector would read the clock, which is a call of the host, while the host asks for memory;
// the component model forbids that. An event's memory ends with the event, so there is little to collect: a bot
// that makes a lot of garbage calls runtime.GC itself.
func init() {
	debug.SetGCPercent(-1)
	isStarted = true
}

// The adapter that makes WASI's second version of the first asks for memory while Go's runtime starts, which has none
// to give then.
var (
	isStarted bool
	early     [256 << 10]byte
	earlyUsed uintptr
)

// Handle is a resource of the host's.
type Handle struct{ value int32 }

// MakeHandle is a handle with a number.
func MakeHandle(value int32) *Handle { return &Handle{value} }

// Use returns the number.
func (h *Handle) Use() int32 {
	if h.value == 0 {
		panic("the resource is closed")
	}
	return h.value
}

// Take returns the number, and forgets it.
func (h *Handle) Take() int32 {
	value := h.Use()
	h.value = 0
	return value
}

// TakeOrNil returns the number, or 0 when it is forgotten.
func (h *Handle) TakeOrNil() int32 {
	value := h.value
	h.value = 0
	return value
}

// Set sets the number.
func (h *Handle) Set(value int32) { h.value = value }

// Allocate returns memory that stays where it is until the pinner is told otherwise.
func Allocate(pinner *runtime.Pinner, size, align uintptr) unsafe.Pointer {
	if size == 0 {
		return nil
	}
	// Of words of 8 bytes, which is the largest alignment that there is.
	pointer := unsafe.Pointer(unsafe.SliceData(make([]uint64, (size+7)/8)))
	pinner.Pin(pointer)
	return pointer
}

// What the host has handed over lives as long as the event.
var handedOver runtime.Pinner

// Unpin does nothing: what was handed over is in use until the event ends.
func Unpin() {}

//go:wasmexport cabi_realloc
func cabiRealloc(old unsafe.Pointer, oldSize, align, size uintptr) unsafe.Pointer {
	if old != nil || oldSize != 0 {
		panic("the host makes nothing larger")
	}
	if !isStarted {
		begin := (uintptr(unsafe.Pointer(&early)) + earlyUsed + align - 1) &^ (align - 1)
		earlyUsed = begin + size - uintptr(unsafe.Pointer(&early))
		if earlyUsed > uintptr(len(early)) {
			panic("the adapter asks for too much")
		}
		return unsafe.Pointer(&early[earlyUsed-size])
	}
	return Allocate(&handedOver, size, align)
}
