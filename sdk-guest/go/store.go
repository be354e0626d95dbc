package botbox

import (
	"encoding/json"
	"fmt"
	"iter"

	"botbox.dev/go/internal/host"
)

// Bucket is what the bot remembers between two events: keys of at most 1 KiB, and values of at most 1 MiB of JSON
// (grant `keyvalue`). What was written is safe when a call returns. It need not be created.
type Bucket[T any] string

// How often Update tries again when another event was quicker.
const tries = 100

// Get returns the value of a key, and whether it is there.
func (b Bucket[T]) Get(key string) (value T, found bool, err error) {
	bytes, found, refused := host.Current.Get(string(b), key)
	if refused != nil || !found {
		return value, false, failed(refused)
	}
	return value, true, here(json.Unmarshal(bytes, &value))
}

// Set sets the value of a key.
func (b Bucket[T]) Set(key string, value T) error {
	bytes, err := json.Marshal(value)
	if err != nil {
		return here(err)
	}
	return failed(host.Current.Set(string(b), key, bytes))
}

// Delete removes a key, if it is there.
func (b Bucket[T]) Delete(key string) error { return failed(host.Current.Delete(string(b), key)) }

// Keys has all keys. The sequence ends after an error.
func (b Bucket[T]) Keys() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for cursor := ""; ; {
			keys, next, refused := host.Current.Keys(string(b), cursor)
			if refused != nil {
				yield("", failed(refused))
				return
			}
			for _, key := range keys {
				if !yield(key, nil) {
					return
				}
			}
			if cursor = next; cursor == "" {
				return
			}
		}
	}
}

// Update sets what change makes of the value, which is T's zero when there is none. Events of different chats may write to
// one key at the same time: change is called again when another was quicker.
func (b Bucket[T]) Update(key string, change func(T) (T, error)) (value T, err error) {
	for range tries {
		swapped, own, refused := host.Current.Update(string(b), key, func(bytes []byte, found bool) ([]byte, error) {
			var before T
			if found {
				if err := json.Unmarshal(bytes, &before); err != nil {
					return nil, err
				}
			}
			var err error
			if value, err = change(before); err != nil {
				return nil, err
			}
			return json.Marshal(value)
		})
		if refused != nil || own != nil || swapped {
			if refused != nil {
				return value, failed(refused)
			}
			return value, own
		}
	}
	return value, Retry("other events changed the key %s %d times", key, tries)
}

// Counter is a bucket of numbers that are added to at once or not at all.
type Counter string

// Add adds to a number, which is 0 when it is not there, and returns the sum.
func (c Counter) Add(key string, delta int64) (int64, error) {
	sum, refused := host.Current.Increment(string(c), key, delta)
	return sum, failed(refused)
}

// Sessions has a value for each user in each chat.
type Sessions[T any] string

func key(event *Event) string { return fmt.Sprintf("%s/%s", event.ChatID(), event.UserID()) }

// Get returns what is remembered of who acted, where they did.
func (s Sessions[T]) Get(event *Event) (value T, found bool, err error) {
	return Bucket[T](s).Get(key(event))
}

// Set remembers it.
func (s Sessions[T]) Set(event *Event, value T) error { return Bucket[T](s).Set(key(event), value) }

// Clear forgets it.
func (s Sessions[T]) Clear(event *Event) error { return Bucket[T](s).Delete(key(event)) }
