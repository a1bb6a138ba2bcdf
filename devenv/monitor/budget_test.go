package monitor_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redkit-dev/redkit/internal/tap"
)

// A log is what was sent to one server.
type log struct {
	mu       sync.Mutex
	commands []tap.Command
}

func (l *log) add(c *tap.Command) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.commands = append(l.commands, *c)
}

// sent returns the commands in the order in which they were sent.
func (l *log) sent() []tap.Command {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.SortedFunc(slices.Values(l.commands), func(a, b tap.Command) int { return a.Sent.Compare(b.Sent) })
}

// busiest returns the second with the most commands.
func busiest(sent []tap.Command) (second []tap.Command) {
	for first, last := 0, 0; last < len(sent); last++ {
		for sent[last].Sent.Sub(sent[first].Sent) >= time.Second {
			first++
		}
		if n := last - first + 1; n > len(second) {
			second = sent[first : last+1]
		}
	}
	return second
}

// slow holds every reply back.
type slow time.Duration

func (s slow) Judge(*tap.Command) tap.Verdict { return tap.Verdict{Delay: time.Duration(s)} }
func (slow) Dial(string) error                { return nil }

// TestServersAreAskedFiveTimesASecond runs a monitor for a minute, beside
// servers with queues, caches and a channel layer to look at.
func TestServersAreAskedFiveTimesASecond(t *testing.T) {
	t.Parallel()
	for _, delay := range []time.Duration{0, 300 * time.Millisecond} {
		t.Run(fmt.Sprint("replies after ", delay), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				ctx := t.Context()
				logs := map[string]*log{}
				for name, tapped := range h.taps {
					logs[name] = &log{}
					tapped.Observe(logs[name].add)
					if delay > 0 {
						tapped.Appoint(slow(delay))
					}
					for n := range 600 {
						h.clients[name].Set(ctx, fmt.Sprintf(":1:key%d", n), "v", time.Hour)
					}
				}
				h.clients["broker"].LPush(ctx, "celery", "m")
				h.clients["broker"].SAdd(ctx, "_kombu.binding.celery", "celery\x06\x16\x06\x16celery")
				begun := time.Now()
				h.serve(t)
				inBubble(time.Minute)
				for name, l := range logs {
					sent := l.sent()
					if second := busiest(sent); len(second) > 5 {
						t.Errorf("the %s was sent %d commands in one second, want at most 5:%s", name, len(second), text(second, begun))
					}
					if delay > 0 {
						continue
					}
					asked := map[string]int{}
					for _, c := range sent {
						asked[strings.ToLower(c.Args[0])]++
					}
					want := map[string]int{"ping": 55, "info": 55, "slowlog": 4}
					if name == "cache" {
						want["memory"] = 15 // for the sizes of its keys
					} else {
						want["llen"] = 15 // for the queue
					}
					for command, least := range want {
						if asked[command] < least {
							t.Errorf("in a minute the %s was sent %s %d times, want %d or more: %v", name, command, asked[command], least, asked)
						}
					}
				}
			})
		})
	}
}

func text(sent []tap.Command, begun time.Time) string {
	var b strings.Builder
	for _, c := range sent {
		fmt.Fprintf(&b, "\n  %s after the start %q", c.Sent.Sub(begun), c.Args)
	}
	return b.String()
}
