package botboxtest

import "botbox.dev/go"

// User is the user that events come from.
const User = "U00000000000000000000000000000001"

func of(eventType string) *botbox.Event {
	return &botbox.Event{
		Type:      eventType,
		ID:        "01H810YECXQQZ37VAXPF6H9E6T",
		Timestamp: 1700000000000,
		Mode:      "active",
		Source:    &botbox.Source{Type: "user", UserID: User},
	}
}

// Text is a text.
func Text(text string) *botbox.Event {
	return Message(botbox.Message{Type: "text", ID: "m1", Text: text})
}

// Message is any message.
func Message(message botbox.Message) *botbox.Event {
	event := of("message")
	event.Message = &message
	return event
}

// Follow is a new friend.
func Follow() *botbox.Event { return of("follow") }

// Postback is a choice.
func Postback(data string) *botbox.Event {
	event := of("postback")
	event.Postback = &botbox.Postback{Data: data}
	return event
}
