// Package host is what a bot can ask of its host: in a component by the bindings, and in a test by a host in memory.
package host

// Current is the host of this process.
var Current Host

// Error is a capability's error, as the contract has it.
type Error struct {
	// One of the contract's names, such as `rate-limited`.
	Kind      string
	Message   string
	Details   []Detail
	RequestID string
}

// Detail is what is wrong with one part of a request.
type Detail struct{ Property, Message string }

// Profile is what LINE tells about a user. What it does not tell is empty.
type Profile struct{ UserID, DisplayName, PictureURL, StatusMessage, Language string }

// Content is bytes that a user sent, on their way.
type Content interface {
	ContentType() string
	// Read returns at most max bytes, and none at the end.
	Read(max uint32) ([]byte, *Error)
	Close()
}

// Host is what a bot can ask of its host. Messages are LINE's JSON; an empty text stands for one that is absent.
type Host interface {
	EventJSON() string
	Reply(messages []string, quiet bool) *Error
	ReplyOrPush(messages []string, quiet bool, key string) *Error
	Push(to string, messages []string, quiet bool, key string) *Error
	ShowLoading(user string, seconds uint32) *Error
	Profile(user string) (Profile, *Error)
	Content(message string) (Content, *Error)
	LineAPI(method, path, contentType string, body []byte) (status int, answer []byte, err *Error)
	RunAt(milliseconds int64, payload string, key string) (id string, err *Error)
	Cancel(id string) (bool, *Error)
	Config(key string) (value string, found bool, err *Error)
	Get(bucket, key string) (value []byte, found bool, err *Error)
	Set(bucket, key string, value []byte) *Error
	Delete(bucket, key string) *Error
	Keys(bucket, cursor string) (keys []string, next string, err *Error)
	Increment(bucket, key string, delta int64) (int64, *Error)
	// Update sets what change makes of the value. It returns false when another event was quicker.
	Update(bucket, key string, change func(value []byte, found bool) ([]byte, error)) (bool, error, *Error)
	Log(level Level, context, message string)
}

// Level is how much a line of the log matters.
type Level uint8

// The levels, as WASI has them.
const (
	Trace Level = iota
	Debug
	Info
	Warn
	ErrorLevel
)
