package mutant

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"

	"github.com/redkit-dev/redkit/conformance/internal/twist"
	"github.com/redkit-dev/redkit/conformance/layertest"
)

var scores = regexp.MustCompile(`^\d{9,10}\.\d{6}$`)

// wire holds bugs in what lies on the server.
func wire() []Mutant {
	return []Mutant{
		{Name: "keys-have-a-colon", Twist: twist.Swap("asgijobs", "asgi:jobs"), By: []string{"WIR-001"}},
		{Name: "members-have-no-random-bytes", Twist: twist.Word(func(w string) string {
			if strings.HasSuffix(w, "\x81\xa4type\xa1t") {
				return w[12:]
			}
			return w
		}), By: []string{"WIR-002"}},
		{Name: "scores-are-microseconds", Twist: twist.Word(func(w string) string {
			if scores.MatchString(w) {
				return strings.Replace(w, ".", "", 1)
			}
			return w
		}), By: []string{"WIR-003", "WIR-010"}},
		{Name: "queues-live-for-ever", Twist: twist.Script("redis.call('EXPIRE', KEYS[i], ARGV[3])", ""), By: []string{"WIR-004"}},
		{Name: "the-routing-has-another-key", Twist: twist.Swap("__asgi_channel__", "__asgi_channel_."), By: []string{"WIR-005", "WIR-013", "WIR-014"}},
		{Name: "new-channels-are-in-capital-letters", Break: func(l Full, h *bug) {
			h.newChannel = func(ctx context.Context) (string, error) {
				name, err := l.NewChannel(ctx)
				before, after, _ := strings.Cut(name, "!")
				return before + "!" + strings.ToUpper(after) + "X", err
			}
		}, By: []string{"WIR-006"}},
		{Name: "floats-have-32-bits", Twist: twist.Swap("\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00", "\xca\x3f\xc0\x00\x00"), By: []string{"WIR-007"}},
		{Name: "sends-leave-what-has-expired", Twist: twist.Script("redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', ARGV[1])", ""), By: []string{"WIR-008"}},
		{Name: "prefixes-end-with-a-colon", Break: settling(func(s *settings) { s.Prefix += ":" }), By: []string{"WIR-009"}},
		{Name: "groups-have-another-key", Twist: twist.Swap("asgi:group:g", "asgi:groups:g"), By: []string{"WIR-010"}},
		{Name: "groups-live-for-ever", Twist: twist.Command("expire", func(words []string) { words[1] = "none" }), By: []string{"WIR-011"}},
		{Name: "an-empty-group-leaves-a-key", Break: func(l Full, h *bug) {
			h.discard = func(ctx context.Context, group, channel string) error {
				err := l.GroupDiscard(ctx, group, channel)
				if there, _ := l.Do(ctx, 0, "EXISTS", "asgi:group:"+group); there == int64(0) {
					_, _ = l.Do(ctx, 0, "ZADD", "asgi:group:"+group, "0", "")
				}
				return err
			}
		}, By: []string{"WIR-012"}},
		{Name: "one-channel-is-no-list", Twist: twist.Swap("\x91\xa4jobs", "\xa4jobs"), By: []string{"WIR-013"}},
		{Name: "each-member-is-sent-its-own-message", Break: func(l Full, h *bug) {
			h.groupSend = func(ctx context.Context, group string, m message) error {
				members, err := l.Do(ctx, 0, "ZRANGE", "asgi:group:"+group, "0", "-1")
				for _, member := range members.([]any) {
					err = errors.Join(err, l.Send(ctx, member.(string), m))
				}
				return err
			}
		}, By: []string{"WIR-014"}},
		{Name: "memberships-that-have-expired-stay", Twist: twist.Command("zremrangebyscore", func(words []string) { words[3] = "0" }), By: []string{"WIR-015"}},
		{Name: "lists-of-channels-are-not-read", Break: unread("__asgi_channel__\x91"), By: []string{"WIR-016"}},
		{Name: "texts-of-channels-are-not-read", Break: unread("__asgi_channel__\xd9"), By: []string{"WIR-017"}},
		{Name: "long-forms-are-not-read", Break: unread("\xde\x00\x01"), By: []string{"WIR-018"}},
		{Name: "poison-comes-again", Break: func(l Full, h *bug) {
			var once sync.Once
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				if errors.Is(err, layertest.ErrCorrupt) {
					once.Do(func() { _, _ = l.Do(ctx, 0, "ZADD", "asgi"+channel, "946684800", "salt-0000000\xc1") })
				}
				return m, err
			}
		}, By: []string{"WIR-019"}},
		{Name: "backups-are-not-emptied", Twist: twist.Command("zrem", func(words []string) {
			words[1] = strings.Replace(words[1], "$inflight", "$other", 1)
		}), By: []string{"WIR-020"}},
		{Name: "backups-are-dropped", Twist: twist.Script("redis.call('ZADD', KEYS[1], score, ARGV[i])", ""), By: []string{"WIR-021"}},
	}
}

// unread takes messages with a text in them for poison.
func unread(text string) func(Full, *bug) {
	return func(l Full, h *bug) {
		h.receive = func(ctx context.Context, channel string) (message, error) {
			key := "asgi" + channel[:strings.Index(channel+"!", "!")]
			if strings.Contains(channel, "!") {
				key += "!"
			}
			head, _ := l.Do(ctx, 0, "ZRANGE", key, "0", "0")
			if all, _ := head.([]any); len(all) == 1 && strings.HasPrefix(all[0].(string), "salt-") && strings.Contains(all[0].(string), text) {
				_, _ = l.Do(ctx, 0, "ZREM", key, all[0].(string))
				return nil, layertest.ErrCorrupt
			}
			return l.Receive(ctx, channel)
		}
	}
}

// wirePublished holds bugs in what is published.
func wirePublished() []Mutant {
	return []Mutant{
		{Name: "general-channels-have-the-prefix", Twist: twist.Command("publish", func(words []string) {
			words[1] = strings.Replace(words[1], "jobs", "asgijobs", 1)
		}), By: []string{"WIR-022"}},
		{Name: "a-group-message-is-published-for-each-member", Break: func(l Full, h *bug) {
			h.groupSend = func(ctx context.Context, group string, m message) error {
				return errors.Join(l.GroupSend(ctx, group, m), l.GroupSend(ctx, group, m))
			}
		}, By: []string{"WIR-023"}},
		{Name: "new-channels-have-no-prefix", Break: func(l Full, h *bug) {
			h.newChannel = func(ctx context.Context) (string, error) {
				name, err := l.NewChannel(ctx)
				return strings.TrimPrefix(name, "asgi"), err
			}
		}, By: []string{"WIR-024"}},
		{Name: "a-group-ends-with-its-first-member", Break: func(l Full, h *bug) {
			var mu sync.Mutex
			var members []string
			h.add = func(ctx context.Context, group, channel string) error {
				mu.Lock()
				defer mu.Unlock()
				members = append(members, channel)
				return l.GroupAdd(ctx, group, channel)
			}
			h.discard = func(ctx context.Context, group, _ string) (err error) {
				mu.Lock()
				defer mu.Unlock()
				for _, member := range members {
					err = errors.Join(err, l.GroupDiscard(ctx, group, member))
				}
				return err
			}
		}, By: []string{"WIR-025"}},
	}
}
