package main

import (
	"testing"

	"botbox.dev/go"
	"botbox.dev/go/botboxtest"
)

func TestSaysWhatWasSaid(t *testing.T) {
	host := botboxtest.NewHost(t)
	host.MustSend(newBot(), botboxtest.Text("hello"))
	host.Said("hello")
}

func TestHasABusyLineAskedAgain(t *testing.T) {
	host := botboxtest.NewHost(t)
	host.Fail("reply-message", botbox.RateLimited, "LINE is busy")
	if err := host.Send(newBot(), botboxtest.Text("hello")); !botboxtest.IsRetry(err) {
		t.Fatalf("%v is no retry", err)
	}
}
