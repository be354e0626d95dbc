//go:build wasip1

package botbox

import (
	_ "unsafe" // for linkname

	export "botbox.dev/go/internal/export/export_botbox_line_handler"
	"botbox.dev/go/internal/host"
	events "botbox.dev/go/internal/wit/botbox_line_events"
	handler "botbox.dev/go/internal/wit/botbox_line_handler"
	_ "botbox.dev/go/internal/wit/wit_exports" // the component's export
	wit "botbox.dev/go/internal/wittypes"
)

// A module that is no command has no caller of main.
//
//go:linkname runMain main.main
func runMain()

func init() { export.Handler = handle }

type result = wit.Result[wit.Unit, handler.Failure]

func handle(received events.Event) result {
	err := handleJSON(received)
	if err == nil || IsKind(err, Standby) {
		// A bot that has nothing else to do is done with an event in standby.
		return wit.Ok[wit.Unit, handler.Failure](wit.Unit{})
	}
	host.Current.Log(host.ErrorLevel, "botbox", err.Error())
	if IsTemporary(err) {
		return wit.Err[wit.Unit](handler.MakeFailureRetry(err.Error()))
	}
	return wit.Err[wit.Unit](handler.MakeFailureReject(err.Error()))
}

func handleJSON(received events.Event) (err error) {
	defer func() {
		// Of main: the bot's own are handled by the bot.
		if reason := recover(); reason != nil {
			err = panicked(reason)
		}
	}()
	runMain()
	if served == nil {
		return Retry("main has not called botbox.Run")
	}
	event, err := ParseEvent(host.Current.EventJSON())
	if err != nil {
		return err
	}
	complete(event, received)
	return served.Handle(event)
}

var replyStates = [...]string{"open", "none", "expired", "spent"}

// complete adds what is the host's.
func complete(event *Event, received events.Event) {
	event.Attempt = int(received.Attempt)
	event.ReplyState = replyStates[received.Reply]
	switch received.Kind.Tag() {
	case events.EventKindBeacon:
		if device, found := received.Kind.Beacon().Device.Get(); found && event.Beacon != nil {
			event.Beacon.Device = &Device{Name: device.Name, Labels: map[string]string{}}
			event.Beacon.Device.Place, _ = device.Place.Get()
			for _, label := range device.Labels {
				event.Beacon.Device.Labels[label.F0] = label.F1
			}
		}
	case events.EventKindAccountLink:
		if event.AccountLink != nil {
			event.AccountLink.Account, _ = received.Kind.AccountLink().Account.Get()
		}
	}
}
