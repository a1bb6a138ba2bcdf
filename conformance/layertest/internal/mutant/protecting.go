package mutant

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"sync"

	"github.com/redkit-dev/redkit/conformance/internal/twist"
	"github.com/redkit-dev/redkit/conformance/layertest"
)

// settling changes the settings that layers are opened with.
func settling(change func(*settings)) func(Full, *bug) {
	return func(l Full, h *bug) {
		open := h.open
		h.open = func(ctx context.Context, s settings) (layertest.Layer, error) {
			change(&s)
			return open(ctx, s)
		}
	}
}

// tokens are what encrypted messages are.
var tokens = regexp.MustCompile(`gAAAAA[\w-]+=*$`)

// protecting holds bugs in how messages are encrypted and written.
func protecting() []Mutant {
	return []Mutant{
		{Name: "each-process-has-a-key-of-its-own", By: []string{"ENC-001"}, Break: func() func(Full, *bug) {
			var mu sync.Mutex
			n := 0
			return settling(func(s *settings) {
				mu.Lock()
				defer mu.Unlock()
				n++
				s.Keys = []string{fmt.Sprint("key", n)}
			})
		}()},
		{Name: "the-first-key-alone-decrypts", By: []string{"ENC-002", "ENC-007"}, Break: settling(func(s *settings) { s.Keys = s.Keys[:1] })},
		{Name: "the-last-key-encrypts", By: []string{"ENC-002", "ENC-005"}, Break: settling(func(s *settings) { s.Keys = s.Keys[len(s.Keys)-1:] })},
		{Name: "what-cannot-be-read-is-passed-over", By: []string{"ENC-003", "ENC-004"}, Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				for {
					if m, err := l.Receive(ctx, channel); !errors.Is(err, layertest.ErrCorrupt) {
						return m, err
					}
				}
			}
		}},
		{Name: "tokens-are-not-in-base64", By: []string{"ENC-005"}, Twist: twist.Word(func(w string) string {
			return tokens.ReplaceAllStringFunc(w, strings.ToLower)
		})},
		{Name: "tokens-of-others-are-not-read", By: []string{"ENC-007"}, Break: unread("gAAAAA")},
		{Name: "changed-tokens-are-messages", By: []string{"ENC-008"}, Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				if errors.Is(err, layertest.ErrCorrupt) {
					return message{}, nil
				}
				return m, err
			}
		}},
		{Name: "old-tokens-are-read", By: []string{"ENC-009"}, Break: func(l Full, h *bug) {
			var mu sync.Mutex
			var before message
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, layertest.ErrCorrupt) {
					return before, nil
				}
				before = m
				return m, err
			}
		}},
		{Name: "json-has-no-lists", By: []string{"SER-001"}, Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				if m["list"] != nil {
					m["list"] = nil
				}
				return m, err
			}
		}},
		{Name: "json-drops-bytes", By: []string{"SER-002"}, Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				m = maps.Clone(m)
				delete(m, "b")
				return l.Send(ctx, channel, m)
			}
		}},
		{Name: "json-has-no-blanks", By: []string{"SER-003"}, Twist: twist.Swap(", ", ",")},
		{Name: "json-of-others-is-not-read", By: []string{"SER-004"}, Break: unread("{\"a\"")},
	}
}

// protectingPublished holds bugs in how what is published is encrypted.
func protectingPublished() []Mutant {
	return []Mutant{
		{Name: "the-last-key-encrypts-what-is-published", By: []string{"ENC-006"}, Break: settling(func(s *settings) { s.Keys = s.Keys[len(s.Keys)-1:] })},
	}
}

// costing holds bugs in what calls ask of the server.
func costing() []Mutant {
	return []Mutant{
		{Name: "a-send-looks-first", By: []string{"RTT-001"}, Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				_, err := l.Do(ctx, 0, "EXISTS", "asgi"+channel)
				return errors.Join(err, l.Send(ctx, channel, m))
			}
		}},
		{Name: "a-member-is-looked-for-first", By: []string{"RTT-002"}, Break: func(l Full, h *bug) {
			h.add = func(ctx context.Context, group, channel string) error {
				_, err := l.Do(ctx, 0, "ZSCORE", "asgi:group:"+group, channel)
				return errors.Join(err, l.GroupAdd(ctx, group, channel))
			}
		}},
		{Name: "members-are-sent-to-one-by-one", By: []string{"RTT-003", "RTT-006"}, Break: func(l Full, h *bug) {
			h.groupSend = func(ctx context.Context, group string, m message) error {
				members, err := l.Do(ctx, 0, "ZRANGE", "asgi:group:"+group, "0", "-1")
				for _, member := range members.([]any) {
					if e := l.Send(ctx, member.(string), m); !errors.Is(e, layertest.ErrFull) {
						err = errors.Join(err, e)
					}
				}
				return err
			}
		}},
		{Name: "a-new-channel-is-announced", By: []string{"RTT-004"}, Break: func(l Full, h *bug) {
			h.newChannel = func(ctx context.Context) (string, error) {
				for range 2 {
					if _, err := l.Do(ctx, 0, "INCR", "asgi:channels"); err != nil {
						return "", err
					}
				}
				return l.NewChannel(ctx)
			}
		}},
		{Name: "a-receiver-looks-twice-before", By: []string{"RTT-005"}, Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				for range 2 {
					if _, err := l.Do(ctx, 0, "ZCARD", "asgi"+channel); err != nil {
						return nil, err
					}
				}
				return l.Receive(ctx, channel)
			}
		}},
	}
}
