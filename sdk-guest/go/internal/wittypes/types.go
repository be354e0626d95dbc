// Package wittypes has WIT's types that Go has not, as wit-bindgen's bindings use them.
package wittypes

// Unit is the value of nothing.
type Unit struct{}

// The tags of Option.
const (
	OptionNone = 0
	OptionSome = 1
)

// Option is a value that may be absent.
type Option[T any] struct {
	tag   uint8
	value T
}

// None is an absent value.
func None[T any]() Option[T] { return Option[T]{} }

// Some is a value.
func Some[T any](value T) Option[T] { return Option[T]{OptionSome, value} }

// Tag tells which it is.
func (o Option[T]) Tag() uint8 { return o.tag }

// Some returns the value, which must be there.
func (o Option[T]) Some() T {
	if o.tag != OptionSome {
		panic("an option has no value")
	}
	return o.value
}

// Get returns the value, and whether it is there.
func (o Option[T]) Get() (T, bool) { return o.value, o.tag == OptionSome }

// The tags of Result.
const (
	ResultOk  = 0
	ResultErr = 1
)

// Result is a value or an error.
type Result[T any, E any] struct {
	tag   uint8
	value T
	err   E
}

// Ok is a value.
func Ok[T any, E any](value T) Result[T, E] { return Result[T, E]{value: value} }

// Err is an error.
func Err[T any, E any](err E) Result[T, E] { return Result[T, E]{tag: ResultErr, err: err} }

// Tag tells which it is.
func (r Result[T, E]) Tag() uint8 { return r.tag }

// Ok returns the value.
func (r Result[T, E]) Ok() T { return r.value }

// Err returns the error.
func (r Result[T, E]) Err() E { return r.err }

// IsErr tells whether it is an error.
func (r Result[T, E]) IsErr() bool { return r.tag == ResultErr }

// Tuple2 is a pair.
type Tuple2[A any, B any] struct {
	F0 A
	F1 B
}
