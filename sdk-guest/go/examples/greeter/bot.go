// Greets new friends by name and looks at what they send.
package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"

	"botbox.dev/go"
)

func main() { botbox.Run(newBot()) }

func newBot() *botbox.Bot {
	bot := botbox.New()
	bot.On("follow", welcome)
	bot.OnPostback("", chosen)
	bot.OnMessage("image", describe)
	bot.OnText("^push me$", comeBack)
	bot.OnText("", func(*botbox.Event, []string) error {
		return botbox.Reply("Send me an image, or say: push me")
	})
	return bot
}

func welcome(event *botbox.Event) error {
	user := event.UserID()
	if user == "" {
		return errors.New("a follow event without a user")
	}
	profile, err := botbox.Profile(user)
	if err != nil {
		return err
	}
	return botbox.Reply(
		fmt.Sprintf("Hello %s, nice to meet you!", profile.DisplayName),
		botbox.Buttons("Choose a colour", "Which colour do you like?",
			botbox.PostbackAction("Red", "colour=red"),
			botbox.PostbackAction("Green", "colour=green")),
	)
}

func chosen(event *botbox.Event, _ url.Values) error {
	return botbox.Reply("You chose " + event.Postback.Data)
}

func describe(event *botbox.Event) error {
	image, err := botbox.OpenContent(event.Message.ID)
	if err != nil {
		return err
	}
	defer image.Close()
	size, err := io.Copy(io.Discard, image)
	if err != nil {
		return err
	}
	return botbox.Reply(fmt.Sprintf("That is %s, %d bytes", image.Type, size))
}

func comeBack(event *botbox.Event, _ []string) error {
	if err := botbox.Reply("One moment"); err != nil {
		return err
	}
	return botbox.Push(event.ChatID(), "Here I am again")
}
