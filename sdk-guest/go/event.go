package botbox

import (
	"encoding/json"
	"time"
)

// Event is one of LINE's webhook events, as LINE writes it (LINE reference, "Webhook Event Objects"), or one of
// the host's own, which are `botbox.timer` and `botbox.beaconVisit`.
type Event struct {
	Type string `json:"type"`
	// LINE's `webhookEventId`. The same id is the same event, however often it comes.
	ID string `json:"webhookEventId"`
	// When it happened, in milliseconds since 1970; see Time.
	Timestamp int64 `json:"timestamp"`
	// `active`, or `standby` when another service is in charge of the chat.
	Mode            string          `json:"mode"`
	DeliveryContext DeliveryContext `json:"deliveryContext"`
	// Where it happened. Absent on some events.
	Source      *Source      `json:"source"`
	Message     *Message     `json:"message"`
	Postback    *Postback    `json:"postback"`
	Timer       *Timer       `json:"timer"`
	Beacon      *Beacon      `json:"beacon"`
	AccountLink *AccountLink `json:"link"`
	// Which attempt of the host's it is, from 1.
	Attempt int `json:"-"`
	// Whether Reply can answer it: `open`, `none`, `expired` or `spent`.
	ReplyState string `json:"-"`
	// All of it, for what has no field here.
	JSON json.RawMessage `json:"-"`
}

// DeliveryContext tells whether LINE sends the event again because it got no answer the first time.
type DeliveryContext struct {
	IsRedelivery bool `json:"isRedelivery"`
}

// Source is where an event happened.
type Source struct {
	// `user`, `group` or `room`.
	Type    string `json:"type"`
	UserID  string `json:"userId"`
	GroupID string `json:"groupId"`
	RoomID  string `json:"roomId"`
}

// Message is what someone sent. What it has is by its type.
type Message struct {
	// `text`, `image`, `video`, `audio`, `file`, `location`, `sticker`, or one that LINE adds.
	Type       string  `json:"type"`
	ID         string  `json:"id"`
	Text       string  `json:"text"`
	PackageID  string  `json:"packageId"`
	StickerID  string  `json:"stickerId"`
	Title      string  `json:"title"`
	Address    string  `json:"address"`
	Latitude   float64 `json:"latitude"`
	Longitude  float64 `json:"longitude"`
	FileName   string  `json:"fileName"`
	FileSize   int64   `json:"fileSize"`
	QuoteToken string  `json:"quoteToken"`
}

// Postback is what a user chose: an action's data, and what they picked.
type Postback struct {
	Data   string            `json:"data"`
	Params map[string]string `json:"params"`
}

// Timer is a timer that the bot set, with what it gave it.
type Timer struct {
	Payload string `json:"payload"`
}

// Beacon is a beacon that a user is near. Anyone can imitate one.
type Beacon struct {
	HardwareID string `json:"hwid"`
	// `enter`, `stay` or `banner`.
	Type string `json:"type"`
	// What the operator registered about it, or nil.
	Device *Device `json:"-"`
}

// Device is a beacon that the operator registered.
type Device struct {
	Name, Place string
	Labels      map[string]string
}

// AccountLink is the end of an account link.
type AccountLink struct {
	Result string `json:"result"`
	Nonce  string `json:"nonce"`
	// The account that the host linked with the user, or "".
	Account string `json:"-"`
}

// Time is when the event happened.
func (e *Event) Time() time.Time { return time.UnixMilli(e.Timestamp) }

// UserID is who acted; "" where LINE does not tell.
func (e *Event) UserID() string {
	if e.Source == nil {
		return ""
	}
	return e.Source.UserID
}

// ChatID is the chat, to push to: a group, a room or a user; "" where LINE does not tell.
func (e *Event) ChatID() string {
	switch {
	case e.Source == nil:
		return ""
	case e.Source.GroupID != "":
		return e.Source.GroupID
	case e.Source.RoomID != "":
		return e.Source.RoomID
	default:
		return e.Source.UserID
	}
}

// ParseEvent reads LINE's JSON.
func ParseEvent(text string) (*Event, error) {
	event := &Event{JSON: json.RawMessage(text)}
	if err := json.Unmarshal(event.JSON, event); err != nil {
		return nil, err
	}
	return event, nil
}
