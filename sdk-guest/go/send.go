package botbox

import "botbox.dev/go/internal/host"

// Reply answers the event with 1 to 5 messages (grant `reply`): texts, Objects, or whatever encoding/json makes
// LINE's JSON of. An event can be replied to once.
func Reply(messages ...any) error {
	encoded, err := encode(messages)
	if err != nil {
		return here(err)
	}
	return failed(host.Current.Reply(encoded, false))
}

// ReplyOrPush replies; when it is too late for that, it pushes to the event's chat (grants `reply` and `push`). Sends
// of an event with the same key go out once, whatever they say; it may be "".
func ReplyOrPush(key string, messages ...any) error {
	encoded, err := encode(messages)
	if err != nil {
		return here(err)
	}
	return failed(host.Current.ReplyOrPush(encoded, false, key))
}

// Push sends messages unasked to a user, group or room (grant `push`).
func Push(to string, messages ...any) error {
	encoded, err := encode(messages)
	if err != nil {
		return here(err)
	}
	return failed(host.Current.Push(to, encoded, false, ""))
}

// ShowLoading shows the loading animation in the chat with a user, for 5 to 60 seconds (grant `loading`).
func ShowLoading(userID string, seconds uint32) error {
	return failed(host.Current.ShowLoading(userID, seconds))
}

// LineAPI calls an operation of LINE that has no function here (grant `line-api`, which lists paths).
func LineAPI(method, path, contentType string, body []byte) (status int, answer []byte, err error) {
	status, answer, refused := host.Current.LineAPI(method, path, contentType, body)
	return status, answer, failed(refused)
}
