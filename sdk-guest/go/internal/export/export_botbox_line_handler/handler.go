//go:build wasip1

// Package export_botbox_line_handler is what the bindings call for an event.
package export_botbox_line_handler

import (
	"botbox.dev/go/internal/wit/botbox_line_events"
	"botbox.dev/go/internal/wit/botbox_line_handler"
	"botbox.dev/go/internal/wittypes"
)

// Handler is the package botbox's.
var Handler func(botbox_line_events.Event) wittypes.Result[wittypes.Unit, botbox_line_handler.Failure]

// Handle handles an event.
func Handle(event botbox_line_events.Event) wittypes.Result[wittypes.Unit, botbox_line_handler.Failure] {
	return Handler(event)
}
