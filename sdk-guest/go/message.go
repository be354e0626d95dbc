package botbox

import "encoding/json"

// Object is LINE's JSON: a message, an action, or a part of one, as LINE documents it.
type Object map[string]any

// Text is a text message.
func Text(text string) Object { return Object{"type": "text", "text": text} }

// Sticker is a sticker message.
func Sticker(packageID, stickerID string) Object {
	return Object{"type": "sticker", "packageId": packageID, "stickerId": stickerID}
}

// Image is an image message, of HTTPS URLs.
func Image(originalContentURL, previewImageURL string) Object {
	return Object{"type": "image", "originalContentUrl": originalContentURL, "previewImageUrl": previewImageURL}
}

// Flex is a message with a free layout: contents is a bubble or a carousel.
func Flex(altText string, contents any) Object {
	return Object{"type": "flex", "altText": altText, "contents": contents}
}

// Buttons is a question with 1 to 4 buttons.
func Buttons(altText, text string, actions ...Object) Object {
	return Object{
		"type": "template", "altText": altText,
		"template": Object{"type": "buttons", "text": text, "actions": actions},
	}
}

// WithQuickReply is a message with buttons above the keyboard, at most 13.
func (o Object) WithQuickReply(actions ...Object) Object {
	items := make([]Object, len(actions))
	for i, action := range actions {
		items[i] = Object{"type": "action", "action": action}
	}
	changed := Object{"quickReply": Object{"items": items}}
	for name, value := range o {
		changed[name] = value
	}
	return changed
}

// PostbackAction sends the bot a postback.
func PostbackAction(label, data string) Object {
	return Object{"type": "postback", "label": label, "data": data}
}

// MessageAction makes the user send a text.
func MessageAction(label, text string) Object {
	return Object{"type": "message", "label": label, "text": text}
}

// URIAction opens a URI.
func URIAction(label, uri string) Object { return Object{"type": "uri", "label": label, "uri": uri} }

// encode makes LINE's JSON of messages: texts, Objects, and whatever else encoding/json makes a message of.
func encode(messages []any) ([]string, error) {
	encoded := make([]string, len(messages))
	for i, message := range messages {
		if text, isText := message.(string); isText {
			message = Text(text)
		}
		bytes, err := json.Marshal(message)
		if err != nil {
			return nil, err
		}
		encoded[i] = string(bytes)
	}
	return encoded, nil
}
