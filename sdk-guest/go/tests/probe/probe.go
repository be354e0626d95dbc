// A bot of the whole-system tests, which does as it is told. The configuration says which bot it is.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"botbox.dev/go"
)

func main() { botbox.Run(newBot()) }

func newBot() *botbox.Bot {
	bot := botbox.New()
	say := func(text string, handle func() error) {
		bot.OnText("^"+text+"$", func(*botbox.Event, []string) error { return handle() })
	}

	// What goes wrong.
	say("panic", func() error {
		doomed(nil)
		return nil
	})
	say("panic a text", func() error { panic("it went wrong") })
	bot.OnText("^reject$", reject)
	say("retry", func() error { return botbox.Retry("not now") })
	say("exit", func() error {
		os.Exit(1)
		return nil
	})
	say("loop", func() error {
		for {
		}
	})
	say("allocate", func() error {
		for all := [][]byte{}; ; {
			all = append(all, make([]byte, 1<<20))
		}
	})
	say("recurse", func() error { return botbox.Reply(fmt.Sprint(recurse(0))) })
	say("deadlock", func() error {
		<-make(chan int)
		return nil
	})
	say("wrong type", func() error { return botbox.Reply(botbox.Object{"type": "txet"}) })
	say("no JSON", func() error { return botbox.Reply(func() {}) })
	say("denied", func() error { return botbox.Push("U00000000000000000000000000000000", "?") })
	say("denied store", func() error {
		_, err := botbox.Counter("x").Add("y", 1)
		return fmt.Errorf("no count: %w", err)
	})
	say("panic elsewhere", func() error {
		go func() { panic("it went wrong elsewhere") }()
		time.Sleep(time.Millisecond)
		return nil
	})
	say("unavailable", func() error {
		return fmt.Errorf("the menu can't be shown: %w", &botbox.CallError{Kind: botbox.Unavailable, Message: "LINE is away"})
	})

	// What works.
	say("random", func() error { return answer(rand.Int64()) })
	say("clock", func() error { return answer(time.Now().Unix()) })
	say("sleep", func() error {
		begin := time.Now()
		time.Sleep(30 * time.Millisecond)
		return answer(time.Since(begin) >= 30*time.Millisecond)
	})
	say("together", together)
	say("config", func() error {
		greeting, _, err := botbox.Config("greeting")
		_, found, other := botbox.Config("nothing")
		return errors.Join(err, other, answer([]any{greeting, found}))
	})
	say("log", func() error {
		botbox.Warnf("six is %d", 6)
		fmt.Println("printed")
		return botbox.Reply("logged")
	})
	bot.OnText("^count$", count)
	say("collect", collect)
	bot.On("beacon", func(event *botbox.Event) error {
		device := event.Beacon.Device
		return answer([]string{device.Name, device.Place, device.Labels["floor"]})
	})
	bot.OnMessage("text", func(*botbox.Event) error { return botbox.Reply("and you?") })
	return bot
}

func answer(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return botbox.Reply(string(text))
}

func reject(*botbox.Event, []string) error { return errors.New("no more tea") }

func recurse(depth int) int {
	var frame [64]int
	frame[depth%64] = depth
	return recurse(depth+1) + frame[(depth+1)%64]
}

// Goroutines that wait for one another, and for the time.
func together() error {
	var group sync.WaitGroup
	done := make([]bool, 100)
	for i := range done {
		group.Add(1)
		go func() {
			defer group.Done()
			time.Sleep(time.Duration(i%10) * time.Millisecond)
			done[i] = true
		}()
	}
	group.Wait()
	count := 0
	for _, done := range done {
		if done {
			count++
		}
	}
	return answer(count)
}

func count(event *botbox.Event, _ []string) error {
	seen := botbox.Bucket[[]string]("seen")
	texts, err := seen.Update("texts", func(texts []string) ([]string, error) {
		return append(texts, event.Message.Text), nil
	})
	if err != nil {
		return err
	}
	total, err := botbox.Counter("numbers").Add("count", 1)
	if err != nil {
		return err
	}
	if err := botbox.Sessions[int64]("turns").Set(event, total); err != nil {
		return err
	}
	remembered, _, err := botbox.Sessions[int64]("turns").Get(event)
	if err != nil {
		return err
	}
	var keys []string
	for key, err := range seen.Keys() {
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	return answer([]any{total, texts, remembered, keys})
}

// More garbage than the memory holds, collected by hand.
func collect() error {
	sum := 0
	for i := range 1000 {
		sum += len(make([]byte, 1<<20))
		if i%8 == 0 {
			collector()
		}
	}
	return answer(sum)
}
