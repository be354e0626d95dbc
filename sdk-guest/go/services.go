package botbox

import (
	"fmt"
	"time"

	"botbox.dev/go/internal/host"
)

// Config is a value of the channel's configuration, and whether it is there.
func Config(key string) (string, bool, error) {
	value, found, refused := host.Current.Config(key)
	return value, found, failed(refused)
}

// RunAfter has a timer come to this chat, some time after the event (grant `schedule`). It comes to OnTimer, with the
// payload. Another attempt at the event does not set it again. The id is for CancelTimer.
func RunAfter(event *Event, delay time.Duration, payload string) (id string, err error) {
	at := event.Time().Add(delay).UnixMilli()
	id, refused := host.Current.RunAt(at, payload, "")
	return id, failed(refused)
}

// CancelTimer ends a timer before its time. It returns whether it was still to come.
func CancelTimer(id string) (bool, error) {
	was, refused := host.Current.Cancel(id)
	return was, failed(refused)
}

// Debugf writes a line to the host's log.
func Debugf(format string, values ...any) { logf(host.Debug, format, values) }

// Infof writes a line to the host's log.
func Infof(format string, values ...any) { logf(host.Info, format, values) }

// Warnf writes a line to the host's log.
func Warnf(format string, values ...any) { logf(host.Warn, format, values) }

// Errorf writes a line to the host's log.
func Errorf(format string, values ...any) { logf(host.ErrorLevel, format, values) }

func logf(level host.Level, format string, values []any) {
	host.Current.Log(level, "bot", fmt.Sprintf(format, values...))
}
