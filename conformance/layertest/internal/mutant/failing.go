package mutant

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/twist"
	"github.com/redkit-dev/redkit/conformance/layertest"
)

// outage reports an error that is about neither the caller nor the channel.
func outage(err error) bool {
	return err != nil && !errors.Is(err, layertest.ErrFull) && !errors.Is(err, layertest.ErrInvalid) && !errors.Is(err, context.Canceled)
}

// spread holds bugs of layers on several servers.
func spread() []Mutant {
	return []Mutant{
		{Name: "one-server-has-it-all", By: []string{"SHD-001", "SHD-005"}, Break: settling(func(s *settings) { s.Shards = 1 })},
		{Name: "local-channels-are-sent-to-by-their-full-names", By: []string{"SHD-002"}, Break: func(l Full, h *bug) {
			var mu sync.Mutex
			n := 0
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				mu.Lock()
				defer mu.Unlock()
				if n++; n%2 == 0 { // about half of them are on the other server
					return nil, errors.New("nothing comes")
				}
				return m, err
			}
		}},
		{Name: "a-group-reaches-one-server", By: []string{"SHD-003", "SHD-007"}, Break: func(l Full, h *bug) {
			h.groupSend = func(ctx context.Context, group string, m message) error {
				for shard := range 2 {
					members, _ := l.Do(ctx, shard, "ZRANGE", "asgi:group:"+group, "0", "-1")
					if all, _ := members.([]any); len(all) > 1 {
						_ = l.GroupDiscard(ctx, group, all[0].(string)) // a bug does not look
					}
				}
				return l.GroupSend(ctx, group, m)
			}
		}},
		{Name: "a-receiver-stays-on-the-first-server", By: []string{"SHD-004"}, Must: []conformance.ID{"LAYER-SHD-004"}, Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				for ctx.Err() == nil {
					if n, err := l.Do(ctx, 0, "ZCARD", "asgi"+channel); err != nil || n != int64(0) {
						return l.Receive(ctx, channel)
					}
				}
				return nil, ctx.Err()
			}
		}},
		{Name: "a-flush-forgets-one-server", By: []string{"SHD-006"}, Break: func(l Full, h *bug) {
			h.flush = func(ctx context.Context) error {
				_, err := l.Do(ctx, 0, "FLUSHDB")
				return err
			}
		}},
		{Name: "group-messages-find-what-has-expired", By: []string{"SHD-007"}, Twist: twist.Script("redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', ARGV[1])", "")},
	}
}

// spreadPublished holds bugs of layers that store nothing, on several servers.
func spreadPublished() []Mutant {
	return []Mutant{
		{Name: "one-server-is-listened-to", By: []string{"SHD-008"}, Break: settling(func(s *settings) { s.Shards = 1 })},
	}
}

// failing holds bugs in what becomes of calls whose commands fail.
func failing() []Mutant {
	return []Mutant{
		{Name: "an-outage-swallows-messages", By: []string{"FLT-001", "FLT-004", "FLT-009"}, Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				if err := l.Send(ctx, channel, m); !outage(err) {
					return err
				}
				return nil
			}
		}},
		{Name: "after-an-outage-nothing-works", By: []string{"FLT-002"}, Break: func(l Full, h *bug) {
			down := false
			h.send = func(ctx context.Context, channel string, m message) error {
				err := l.Send(ctx, channel, m)
				down = down || outage(err)
				return err
			}
			h.groupSend = func(ctx context.Context, group string, m message) error {
				if down {
					return errors.New("connection lost")
				}
				return l.GroupSend(ctx, group, m)
			}
		}},
		{Name: "a-send-that-failed-is-repeated", By: []string{"FLT-004"}, Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				err := l.Send(ctx, channel, m)
				if m["type"] == "t" && err == nil && strings.HasPrefix(channel, "jobs1") {
					return l.Send(ctx, channel, m) // it takes a slow reply for a lost one
				}
				return err
			}
		}},
		{Name: "a-group-message-that-failed-is-repeated", By: []string{"FLT-005"}, Break: func(l Full, h *bug) {
			h.groupSend = func(ctx context.Context, group string, m message) error {
				err := l.GroupSend(ctx, group, m)
				if outage(err) {
					return nil
				}
				return err
			}
		}},
		{Name: "a-message-is-popped-without-a-backup", By: []string{"FLT-006", "FLT-007"}, Twist: twist.Script("redis.call('ZADD', KEYS[2], head[2], head[1])", "")},
		{Name: "a-cancelled-receiver-drops-what-comes-later", By: []string{"FLT-007"}, Break: func(l Full, h *bug) {
			var mu sync.Mutex
			drops := map[string]bool{}
			h.receive = func(ctx context.Context, channel string) (message, error) {
				for {
					m, err := l.Receive(ctx, channel)
					mu.Lock()
					drop := err == nil && m["type"] == "t" && drops[channel]
					drops[channel] = errors.Is(err, context.Canceled) || drops[channel] && !drop
					mu.Unlock()
					if !drop {
						return m, err
					}
				}
			}
		}},
		{Name: "an-outage-is-a-full-channel", By: []string{"FLT-009"}, Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				err := l.Send(ctx, channel, m)
				if outage(err) {
					return fmt.Errorf("%w: %w", layertest.ErrFull, err)
				}
				return err
			}
		}},
	}
}

// failingPublished holds the same of layers that store nothing.
func failingPublished() []Mutant {
	return []Mutant{
		{Name: "a-lost-connection-ends-a-channel", By: []string{"FLT-003"}, Break: func(l Full, h *bug) {
			var mu sync.Mutex
			seen := map[string]int{}
			h.receive = func(ctx context.Context, channel string) (message, error) {
				mu.Lock()
				seen[channel]++
				ends := seen[channel] > 3
				mu.Unlock()
				if ends {
					return nil, errors.New("connection lost")
				}
				return l.Receive(ctx, channel)
			}
		}},
	}
}

// losing holds bugs of layers that poll.
func losing() []Mutant {
	return []Mutant{
		{Name: "a-message-is-handed-out-before-it-is-written-down", By: []string{"FLT-008"}, Must: []conformance.ID{"LAYER-FLT-008"}, Twist: twist.Script("redis.call('ZADD', KEYS[2], head[2], head[1])", "")},
	}
}

// restarting holds bugs that a restart of the server shows.
func restarting() []Mutant {
	return []Mutant{
		{Name: "a-restart-ends-the-layer", By: []string{"FLT-010"}, Break: func(l Full, h *bug) {
			var once sync.Once
			first := ""
			id := func(ctx context.Context) string {
				info, _ := l.Do(ctx, 0, "INFO", "server")
				text, _ := info.(string)
				_, after, _ := strings.Cut(text, "run_id:")
				return after[:min(40, len(after))]
			}
			h.groupSend = func(ctx context.Context, group string, m message) error {
				if id(ctx) != first {
					return errors.New("another server")
				}
				return l.GroupSend(ctx, group, m)
			}
			h.add = func(ctx context.Context, group, channel string) error {
				once.Do(func() { first = id(ctx) })
				return l.GroupAdd(ctx, group, channel)
			}
		}},
	}
}
