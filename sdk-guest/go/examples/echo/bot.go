// Answers every text with the same text, and every sticker with the same sticker.
package main

import "botbox.dev/go"

func main() { botbox.Run(newBot()) }

func newBot() *botbox.Bot {
	bot := botbox.New()
	bot.OnMessage("text", func(event *botbox.Event) error {
		return botbox.Reply(event.Message.Text)
	})
	bot.OnMessage("sticker", func(event *botbox.Event) error {
		return botbox.Reply(botbox.Sticker(event.Message.PackageID, event.Message.StickerID))
	})
	return bot
}
