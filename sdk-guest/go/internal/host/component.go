//go:build wasip1

package host

import (
	lineapi "botbox.dev/go/internal/wit/botbox_line_line_api"

	content "botbox.dev/go/internal/wit/botbox_line_content"
	current "botbox.dev/go/internal/wit/botbox_line_current_event"
	errors "botbox.dev/go/internal/wit/botbox_line_errors"
	loading "botbox.dev/go/internal/wit/botbox_line_loading"
	messages "botbox.dev/go/internal/wit/botbox_line_messages"
	profile "botbox.dev/go/internal/wit/botbox_line_profile"
	push "botbox.dev/go/internal/wit/botbox_line_push"
	reply "botbox.dev/go/internal/wit/botbox_line_reply"
	schedule "botbox.dev/go/internal/wit/botbox_line_schedule"
	config "botbox.dev/go/internal/wit/wasi_config_store"
	atomics "botbox.dev/go/internal/wit/wasi_keyvalue_atomics"
	store "botbox.dev/go/internal/wit/wasi_keyvalue_store"
	logging "botbox.dev/go/internal/wit/wasi_logging_logging"
	wit "botbox.dev/go/internal/wittypes"
)

func init() { Current = component{} }

// component asks the real host.
type component struct{}

var kinds = [...]string{
	"denied", "standby", "invalid", "rate-limited", "quota-exceeded", "not-found", "expired", "unavailable", "other",
}

func failed[T any](result wit.Result[T, errors.CallError]) *Error {
	if !result.IsErr() {
		return nil
	}
	from := result.Err()
	to := Error{Kind: kinds[from.Kind], Message: from.Message, RequestID: text(from.RequestId)}
	for _, detail := range from.Details {
		to.Details = append(to.Details, Detail{Property: detail.Property, Message: detail.Message})
	}
	return &to
}

func text(optional wit.Option[string]) string {
	value, _ := optional.Get()
	return value
}

func optional(value string) wit.Option[string] {
	if value == "" {
		return wit.None[string]()
	}
	return wit.Some(value)
}

func raw(list []string) []messages.Message {
	sent := make([]messages.Message, len(list))
	for i, message := range list {
		sent[i].Body = messages.MakeMessageBodyRawJson(message)
	}
	return sent
}

func (component) EventJSON() string { return current.GetJson() }

func (component) Reply(list []string, quiet bool) *Error {
	return failed(reply.ReplyMessage(raw(list), quiet))
}

func (component) ReplyOrPush(list []string, quiet bool, key string) *Error {
	return failed(reply.ReplyOrPush(raw(list), quiet, optional(key)))
}

func (component) Push(to string, list []string, quiet bool, key string) *Error {
	return failed(push.PushMessage(to, raw(list), quiet, wit.None[string](), optional(key)))
}

func (component) ShowLoading(user string, seconds uint32) *Error {
	return failed(loading.ShowLoadingAnimation(user, seconds))
}

func (component) Profile(user string) (Profile, *Error) {
	result := profile.GetProfile(user)
	if err := failed(result); err != nil {
		return Profile{}, err
	}
	told := result.Ok()
	return Profile{
		UserID:        told.UserId,
		DisplayName:   told.DisplayName,
		PictureURL:    text(told.PictureUrl),
		StatusMessage: text(told.StatusMessage),
		Language:      text(told.Language),
	}, nil
}

func (component) Content(message string) (Content, *Error) {
	result := content.GetMessageContent(message)
	if err := failed(result); err != nil {
		return nil, err
	}
	return stream{result.Ok()}, nil
}

type stream struct{ own *content.MessageContentStream }

func (s stream) ContentType() string { return s.own.ContentType() }

func (s stream) Read(max uint32) ([]byte, *Error) {
	result := s.own.Read(max)
	return result.Ok(), failed(result)
}

func (s stream) Close() { s.own.Drop() }

func (component) LineAPI(method, path, contentType string, body []byte) (int, []byte, *Error) {
	request := lineapi.Request{Method: method, Path: path, ContentType: optional(contentType), Body: body}
	result := lineapi.Call(request)
	return int(result.Ok().Status), result.Ok().Body, failed(result)
}

func (component) RunAt(milliseconds int64, payload, key string) (string, *Error) {
	result := schedule.RunAt(milliseconds, payload, optional(key))
	return result.Ok(), failed(result)
}

func (component) Cancel(id string) (bool, *Error) {
	result := schedule.Cancel(id)
	return result.Ok(), failed(result)
}

func (component) Config(key string) (string, bool, *Error) {
	result := config.Get(key)
	if result.IsErr() {
		return "", false, &Error{Kind: "other", Message: "the configuration can't be read"}
	}
	value, found := result.Ok().Get()
	return value, found, nil
}

func storeError(err store.Error) *Error {
	switch err.Tag() {
	case store.ErrorAccessDenied:
		return &Error{Kind: "denied", Message: "`keyvalue` is not among the channel's grants"}
	case store.ErrorNoSuchStore:
		return &Error{Kind: "not-found", Message: "the host does not know the store"}
	default:
		return &Error{Kind: "other", Message: err.Other()}
	}
}

func storeFailed[T any](result wit.Result[T, store.Error]) *Error {
	if !result.IsErr() {
		return nil
	}
	return storeError(result.Err())
}

// in opens a bucket for a call.
func in(name string, call func(bucket *store.Bucket) *Error) *Error {
	opened := store.Open(name)
	if opened.IsErr() {
		return storeError(opened.Err())
	}
	bucket := opened.Ok()
	defer bucket.Drop()
	return call(bucket)
}

func (component) Get(bucket, key string) (value []byte, found bool, err *Error) {
	err = in(bucket, func(bucket *store.Bucket) *Error {
		result := bucket.Get(key)
		value, found = result.Ok().Get()
		return storeFailed(result)
	})
	return value, found, err
}

func (component) Set(bucket, key string, value []byte) *Error {
	return in(bucket, func(bucket *store.Bucket) *Error { return storeFailed(bucket.Set(key, value)) })
}

func (component) Delete(bucket, key string) *Error {
	return in(bucket, func(bucket *store.Bucket) *Error { return storeFailed(bucket.Delete(key)) })
}

func (component) Keys(bucket, cursor string) (keys []string, next string, err *Error) {
	err = in(bucket, func(bucket *store.Bucket) *Error {
		result := bucket.ListKeys(optional(cursor))
		keys, next = result.Ok().Keys, text(result.Ok().Cursor)
		return storeFailed(result)
	})
	return keys, next, err
}

func (component) Increment(bucket, key string, delta int64) (sum int64, err *Error) {
	err = in(bucket, func(bucket *store.Bucket) *Error {
		result := atomics.Increment(bucket, key, delta)
		sum = result.Ok()
		return storeFailed(result)
	})
	return sum, err
}

func (component) Update(name, key string, change func([]byte, bool) ([]byte, error)) (swapped bool, own error, err *Error) {
	err = in(name, func(bucket *store.Bucket) *Error {
		remembered := atomics.CasNew(bucket, key)
		if remembered.IsErr() {
			return storeError(remembered.Err())
		}
		cas := remembered.Ok()
		current := cas.Current()
		if current.IsErr() {
			cas.Drop()
			return storeError(current.Err())
		}
		var value []byte
		if value, own = change(current.Ok().Get()); own != nil {
			cas.Drop()
			return nil
		}
		result := atomics.Swap(cas, value)
		if !result.IsErr() {
			swapped = true
			return nil
		}
		if refused := result.Err(); refused.Tag() == atomics.CasErrorCasFailed {
			refused.CasFailed().Drop()
			return nil
		}
		return storeError(result.Err().StoreError())
	})
	return swapped, own, err
}

func (component) Log(level Level, context, message string) {
	logging.Log(uint8(level), context, message)
}
