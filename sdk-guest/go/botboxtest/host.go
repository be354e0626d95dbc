// Package botboxtest is a host in memory, for `go test`, with events and what the bot did about them.
//
//	func TestSaysWhatWasSaid(t *testing.T) {
//		host := botboxtest.NewHost(t)
//		host.Send(newBot(), botboxtest.Text("hello"))
//		host.Said("hello")
//	}
package botboxtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"botbox.dev/go"
	"botbox.dev/go/internal/host"
)

// Sent is a message that the bot has sent.
type Sent struct {
	// `reply` or `push`.
	Via string
	// Of a push.
	To string
	// LINE's JSON.
	Message map[string]any
}

// Timer is a timer that the bot has set.
type Timer struct {
	ID string
	// In milliseconds since 1970.
	At      int64
	Payload string
}

// Host is a host in memory. It is the process's until the test ends, so tests that have one don't run in parallel.
type Host struct {
	// What the bot has sent, in order.
	Sent   []Sent
	Timers []Timer
	// Names by users' ids.
	Names map[string]string
	// The channel's configuration.
	Config map[string]string
	// What users have sent, by messages' ids.
	Contents map[string]Content

	t       *testing.T
	values  map[[2]string][]byte
	failing map[string]*host.Error
	fake    *fake
}

// Content is an image, video, sound or file.
type Content struct {
	Type  string
	Bytes []byte
}

// NewHost is a host that knows nobody.
func NewHost(t *testing.T) *Host {
	before := host.Current
	t.Cleanup(func() { host.Current = before })
	made := &Host{
		Names: map[string]string{}, Config: map[string]string{}, Contents: map[string]Content{},
		t: t, values: map[[2]string][]byte{}, failing: map[string]*host.Error{},
	}
	made.fake = &fake{made}
	host.Current = made.fake
	return made
}

// Fail has the next call of one of the contract's functions fail, such as `push-message`.
func (h *Host) Fail(function string, kind botbox.Kind, message string) {
	h.failing[function] = &host.Error{Kind: string(kind), Message: message}
}

// Send hands an event to the bot, and returns what it failed with.
func (h *Host) Send(bot *botbox.Bot, event *botbox.Event) error {
	h.t.Helper()
	event.Attempt, event.ReplyState = max(event.Attempt, 1), "open"
	err := bot.Handle(event)
	if botbox.IsKind(err, botbox.Standby) {
		return nil
	}
	return err
}

// MustSend hands an event to the bot, which handles it.
func (h *Host) MustSend(bot *botbox.Bot, event *botbox.Event) {
	h.t.Helper()
	if err := h.Send(bot, event); err != nil {
		h.t.Fatalf("the event failed: %v", err)
	}
}

// Texts are the texts of all text messages that the bot has sent.
func (h *Host) Texts() []string {
	texts := []string{}
	for _, sent := range h.Sent {
		if text, isText := sent.Message["text"].(string); isText {
			texts = append(texts, text)
		}
	}
	return texts
}

// Said checks that the bot has sent these texts, and no other ones.
func (h *Host) Said(texts ...string) {
	h.t.Helper()
	if said := h.Texts(); !slices.Equal(said, texts) {
		h.t.Fatalf("the bot said %q, not %q", said, texts)
	}
}

// RunTimers lets the time come for all timers that the bot has set.
func (h *Host) RunTimers(bot *botbox.Bot) {
	h.t.Helper()
	due := h.Timers
	h.Timers = nil
	for _, timer := range due {
		event := of("botbox.timer")
		event.Timer = &botbox.Timer{Payload: timer.Payload}
		event.Timestamp = timer.At
		h.MustSend(bot, event)
	}
}

// fake answers the SDK's calls.
type fake struct{ *Host }

func (f *fake) fails(function string) *host.Error {
	err := f.failing[function]
	delete(f.failing, function)
	return err
}

func (f *fake) send(via, to string, messages []string) *host.Error {
	if len(messages) < 1 || len(messages) > 5 {
		return &host.Error{Kind: "invalid", Message: fmt.Sprintf("1 to 5 messages go out at once, not %d", len(messages))}
	}
	for _, message := range messages {
		var object map[string]any
		if err := json.Unmarshal([]byte(message), &object); err != nil {
			return &host.Error{Kind: "invalid", Message: "a message is no JSON object: " + err.Error()}
		}
		f.Sent = append(f.Sent, Sent{Via: via, To: to, Message: object})
	}
	return nil
}

func (f *fake) EventJSON() string { return "{}" }

func (f *fake) Reply(messages []string, _ bool) *host.Error {
	if err := f.fails("reply-message"); err != nil {
		return err
	}
	return f.send("reply", "", messages)
}

func (f *fake) ReplyOrPush(messages []string, _ bool, _ string) *host.Error {
	if err := f.fails("reply-or-push"); err != nil {
		return err
	}
	return f.send("reply", "", messages)
}

func (f *fake) Push(to string, messages []string, _ bool, _ string) *host.Error {
	if err := f.fails("push-message"); err != nil {
		return err
	}
	return f.send("push", to, messages)
}

func (f *fake) ShowLoading(string, uint32) *host.Error { return f.fails("show-loading-animation") }

func (f *fake) Profile(user string) (host.Profile, *host.Error) {
	if err := f.fails("get-profile"); err != nil {
		return host.Profile{}, err
	}
	name, found := f.Names[user]
	if !found {
		return host.Profile{}, &host.Error{Kind: "not-found", Message: "the test's host has no name for " + user}
	}
	return host.Profile{UserID: user, DisplayName: name}, nil
}

func (f *fake) Content(message string) (host.Content, *host.Error) {
	if err := f.fails("get-message-content"); err != nil {
		return nil, err
	}
	content, found := f.Contents[message]
	if !found {
		return nil, &host.Error{Kind: "not-found", Message: "the test's host has no content of " + message}
	}
	return &reader{content}, nil
}

type reader struct{ content Content }

func (r *reader) ContentType() string { return r.content.Type }

func (r *reader) Read(max uint32) ([]byte, *host.Error) {
	read := min(int(max), len(r.content.Bytes))
	piece := r.content.Bytes[:read]
	r.content.Bytes = r.content.Bytes[read:]
	return piece, nil
}

func (r *reader) Close() {}

func (f *fake) LineAPI(method, path, _ string, _ []byte) (int, []byte, *host.Error) {
	if err := f.fails("call"); err != nil {
		return 0, nil, err
	}
	return 0, nil, &host.Error{Kind: "not-found", Message: "the test's host does not answer " + method + " " + path}
}

func (f *fake) RunAt(at int64, payload, _ string) (string, *host.Error) {
	if err := f.fails("run-at"); err != nil {
		return "", err
	}
	id := fmt.Sprintf("timer-%d", len(f.Timers)+1)
	f.Timers = append(f.Timers, Timer{ID: id, At: at, Payload: payload})
	return id, nil
}

func (f *fake) Cancel(id string) (bool, *host.Error) {
	before := len(f.Timers)
	f.Timers = slices.DeleteFunc(f.Timers, func(timer Timer) bool { return timer.ID == id })
	return len(f.Timers) < before, f.fails("cancel")
}

func (f *fake) Config(key string) (string, bool, *host.Error) {
	value, found := f.Host.Config[key]
	return value, found, f.fails("config.get")
}

func (f *fake) Get(bucket, key string) ([]byte, bool, *host.Error) {
	value, found := f.values[[2]string{bucket, key}]
	return value, found, f.fails("get")
}

func (f *fake) Set(bucket, key string, value []byte) *host.Error {
	if err := f.fails("set"); err != nil {
		return err
	}
	f.values[[2]string{bucket, key}] = value
	return nil
}

func (f *fake) Delete(bucket, key string) *host.Error {
	delete(f.values, [2]string{bucket, key})
	return f.fails("delete")
}

func (f *fake) Keys(bucket, _ string) ([]string, string, *host.Error) {
	var keys []string
	for at := range f.values {
		if at[0] == bucket {
			keys = append(keys, at[1])
		}
	}
	slices.Sort(keys)
	return keys, "", f.fails("list-keys")
}

func (f *fake) Increment(bucket, key string, delta int64) (int64, *host.Error) {
	if err := f.fails("increment"); err != nil {
		return 0, err
	}
	at := [2]string{bucket, key}
	// What is no number counts as 0.
	number, _ := strconv.ParseInt(string(f.values[at]), 10, 64)
	f.values[at] = strconv.AppendInt(nil, number+delta, 10)
	return number + delta, nil
}

func (f *fake) Update(bucket, key string, change func([]byte, bool) ([]byte, error)) (bool, error, *host.Error) {
	if err := f.fails("swap"); err != nil {
		return false, nil, err
	}
	at := [2]string{bucket, key}
	before, found := f.values[at]
	value, err := change(before, found)
	if err != nil {
		return false, err, nil
	}
	f.values[at] = value
	return true, nil, nil
}

func (f *fake) Log(_ host.Level, context, message string) { f.t.Logf("%s: %s", context, message) }

// IsRetry tells whether the host would try an event again that failed with this error.
func IsRetry(err error) bool { return err != nil && botbox.IsTemporary(err) }

// Reason is what a handler returned, without the place that the bot adds.
func Reason(err error) error {
	var failure *botbox.Failure
	if errors.As(err, &failure) {
		return failure.Reason
	}
	return err
}
