// Package botbox is for LINE bots in Go, on botbox.
//
// A bot is a Bot with handlers, which main hands to Run. An event is handled by a fresh instance: main runs, and
// then the handler that fits. Nothing stays in memory between two events.
package botbox

import (
	"net/url"
	"reflect"
	"regexp"
	"runtime"
	"strings"
)

// Handler handles an event. An error that it returns has the event tried again, or makes a dead letter of it; see
// Retry.
type Handler func(event *Event) error

// Middleware runs around the handlers: it calls next, or does not.
type Middleware func(event *Event, next func() error) error

// Bot is a bot: handlers for events. The first one that fits gets the event, in the order in which they were added.
type Bot struct {
	routes     []route
	middleware []Middleware
	other      route
}

// route is a handler, and what it is named in errors.
type route struct {
	// What is to be run for an event, or nil when it is not for this handler.
	fits func(event *Event) func() error
	name string
}

// New is a bot without handlers. It is done with every event.
func New() *Bot {
	return &Bot{other: route{fits: func(*Event) func() error { return func() error { return nil } }}}
}

// On handles the events of a type, such as `follow`.
func (b *Bot) On(eventType string, handle Handler) {
	b.add(handle, func(event *Event) func() error {
		if event.Type != eventType {
			return nil
		}
		return func() error { return handle(event) }
	})
}

// OnMessage handles the messages of a type, such as `image`.
func (b *Bot) OnMessage(messageType string, handle Handler) {
	b.add(handle, func(event *Event) func() error {
		if event.Type != "message" || event.Message.Type != messageType {
			return nil
		}
		return func() error { return handle(event) }
	})
}

// OnText handles the texts in which a regular expression is found. match has the whole and the groups.
func (b *Bot) OnText(pattern string, handle func(event *Event, match []string) error) {
	expression := regexp.MustCompile(pattern)
	b.add(handle, func(event *Event) func() error {
		if event.Type != "message" || event.Message.Type != "text" {
			return nil
		}
		match := expression.FindStringSubmatch(event.Message.Text)
		if match == nil {
			return nil
		}
		return func() error { return handle(event, match) }
	})
}

// OnPostback handles the postbacks whose data begin with a prefix, such as `action=buy`. data has the names and
// values in them.
func (b *Bot) OnPostback(prefix string, handle func(event *Event, data url.Values) error) {
	b.add(handle, func(event *Event) func() error {
		if event.Type != "postback" || !strings.HasPrefix(event.Postback.Data, prefix) {
			return nil
		}
		// What can be read of data that are no query is enough.
		data, _ := url.ParseQuery(event.Postback.Data)
		return func() error { return handle(event, data) }
	})
}

// OnTimer handles the timers whose payload begins with a prefix.
func (b *Bot) OnTimer(prefix string, handle func(event *Event, payload string) error) {
	b.add(handle, func(event *Event) func() error {
		if event.Type != "botbox.timer" || !strings.HasPrefix(event.Timer.Payload, prefix) {
			return nil
		}
		return func() error { return handle(event, event.Timer.Payload) }
	})
}

// Default handles the events that are for no other handler.
func (b *Bot) Default(handle Handler) {
	b.other = route{
		fits: func(event *Event) func() error { return func() error { return handle(event) } },
		name: name(handle),
	}
}

// Use adds middleware. The first one is the outermost.
func (b *Bot) Use(middleware Middleware) { b.middleware = append(b.middleware, middleware) }

// Handle handles an event. The host calls it, and so do tests. A panic of the handler becomes an error with its
// stack.
func (b *Bot) Handle(event *Event) (err error) {
	at := &b.other
	defer func() {
		if reason := recover(); reason != nil {
			err = panicked(reason)
		} else if err != nil {
			err = placed(err, at.name)
		}
	}()
	return b.next(event, 0, &at)
}

func (b *Bot) next(event *Event, index int, at **route) error {
	if index < len(b.middleware) {
		return b.middleware[index](event, func() error { return b.next(event, index+1, at) })
	}
	for i := range b.routes {
		if run := b.routes[i].fits(event); run != nil {
			*at = &b.routes[i]
			return run()
		}
	}
	*at = &b.other
	return b.other.fits(event)()
}

func (b *Bot) add(handle any, fits func(event *Event) func() error) {
	b.routes = append(b.routes, route{fits: fits, name: name(handle)})
}

// name is a function's name, with the place where it begins.
func name(function any) string {
	of := runtime.FuncForPC(reflect.ValueOf(function).Pointer())
	file, line := of.FileLine(of.Entry())
	return frame(of.Name(), file, line)
}
