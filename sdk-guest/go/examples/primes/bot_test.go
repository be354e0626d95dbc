package main

import (
	"strings"
	"testing"

	"botbox.dev/go/botboxtest"
)

func TestFindsPrimes(t *testing.T) {
	host := botboxtest.NewHost(t)
	host.MustSend(newBot(), botboxtest.Text("primes 100"))
	host.Said("25 primes, the largest is 97")
}

func TestStopsInTime(t *testing.T) {
	host := botboxtest.NewHost(t)
	host.MustSend(newBot(), botboxtest.Text("primes 100000000"))
	if said := host.Texts(); len(said) != 1 || !strings.HasPrefix(said[0], "At least ") {
		t.Fatalf("said %q", said)
	}
}
