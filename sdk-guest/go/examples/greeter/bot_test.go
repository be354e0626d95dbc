package main

import (
	"strings"
	"testing"

	"botbox.dev/go"
	"botbox.dev/go/botboxtest"
)

func TestGreetsByName(t *testing.T) {
	host := botboxtest.NewHost(t)
	host.Names[botboxtest.User] = "Aiko"
	host.MustSend(newBot(), botboxtest.Follow())
	host.Said("Hello Aiko, nice to meet you!")
	host.MustSend(newBot(), botboxtest.Postback("colour=green"))
	host.Said("Hello Aiko, nice to meet you!", "You chose colour=green")
}

func TestLooksAtImages(t *testing.T) {
	host := botboxtest.NewHost(t)
	host.Contents["m1"] = botboxtest.Content{Type: "image/png", Bytes: make([]byte, 300_000)}
	host.MustSend(newBot(), botboxtest.Message(botbox.Message{Type: "image", ID: "m1"}))
	host.Said("That is image/png, 300000 bytes")
}

func TestComesBack(t *testing.T) {
	host := botboxtest.NewHost(t)
	host.MustSend(newBot(), botboxtest.Text("push me"))
	if host.Sent[0].Via != "reply" || host.Sent[1].Via != "push" || host.Sent[1].To != botboxtest.User {
		t.Fatalf("sent %v", host.Sent)
	}
}

func TestGivesUpAFollowEventOfNobody(t *testing.T) {
	host := botboxtest.NewHost(t)
	event := botboxtest.Follow()
	event.Source.UserID = ""
	err := host.Send(newBot(), event)
	if botboxtest.IsRetry(err) || !strings.Contains(err.Error(), "without a user at ") || !strings.Contains(err.Error(), "welcome (bot.go:") {
		t.Fatalf("failed with %v", err)
	}
}
