// Finds primes by goroutines, one for each prime, as long as half a second.
package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"botbox.dev/go"
)

// How long a user waits for an answer.
const patience = 500 * time.Millisecond

func main() { botbox.Run(newBot()) }

func newBot() *botbox.Bot {
	bot := botbox.New()
	bot.OnText(`^primes (\d+)$`, func(_ *botbox.Event, match []string) error {
		limit, err := strconv.Atoi(match[1])
		if err != nil {
			return botbox.Reply("I don't know so large a number")
		}
		return botbox.Reply(answer(limit))
	})
	bot.OnText("", func(*botbox.Event, []string) error { return botbox.Reply("Say: primes 100") })
	return bot
}

func answer(limit int) string {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	count, last := 0, 0
	for prime := range primes(ctx, limit) {
		count, last = count+1, prime
	}
	if ctx.Err() != nil {
		return fmt.Sprintf("At least %d primes: I stopped at %d", count, last)
	}
	return fmt.Sprintf("%d primes, the largest is %d", count, last)
}

// primes sends the primes up to a limit. Each filter takes the multiples of one prime out of what the one before lets
// through.
func primes(ctx context.Context, limit int) <-chan int {
	found := make(chan int)
	go func() {
		defer close(found)
		numbers := count(ctx, limit)
		for {
			prime, isThere := <-numbers
			if !isThere || !send(ctx, found, prime) {
				return
			}
			numbers = filter(ctx, numbers, prime)
		}
	}()
	return found
}

func count(ctx context.Context, limit int) <-chan int {
	numbers := make(chan int)
	go func() {
		defer close(numbers)
		for number := 2; number <= limit && send(ctx, numbers, number); number++ {
		}
	}()
	return numbers
}

func filter(ctx context.Context, numbers <-chan int, prime int) <-chan int {
	rest := make(chan int)
	go func() {
		defer close(rest)
		for number := range numbers {
			if number%prime != 0 && !send(ctx, rest, number) {
				return
			}
		}
	}()
	return rest
}

// send returns false when the time is up.
func send(ctx context.Context, to chan<- int, number int) bool {
	select {
	case to <- number:
		return true
	case <-ctx.Done():
		return false
	}
}
