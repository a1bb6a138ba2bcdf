package mutant

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
)

func sending() []Mutant {
	return []Mutant{
		{Name: "reads-bytes-as-text", Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				for k, v := range m {
					if b, is := v.([]byte); is {
						m[k] = string(b)
					}
				}
				return m, err
			}
		}},
		{Name: "delivers-the-first-two-in-reverse", Must: []conformance.ID{"LAYER-CON-003"}, Break: func(l Full, h *bug) {
			var mu sync.Mutex
			held := map[string]message{}
			h.receive = func(ctx context.Context, channel string) (message, error) {
				mu.Lock()
				m, is := held[channel]
				delete(held, channel)
				mu.Unlock()
				if is {
					return m, nil
				}
				first, err := l.Receive(ctx, channel)
				if err != nil || first["n"] != int64(0) {
					return first, err
				}
				second, err := l.Receive(ctx, channel)
				mu.Lock()
				held[channel] = first
				mu.Unlock()
				return second, err
			}
		}},
		{Name: "copies-every-message-to-b", Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				if channel == "a" {
					_ = l.Send(ctx, "b", m) // a bug does not look
				}
				return l.Send(ctx, channel, m)
			}
		}},
		{Name: "sends-twice", Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				if channel == "jobs" && m["n"] == int64(1) {
					_ = l.Send(ctx, channel, m)
				}
				return l.Send(ctx, channel, m)
			}
		}},
		{Name: "takes-an-empty-message-for-none", Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				for {
					if m, err := l.Receive(ctx, channel); err != nil || len(m) > 0 {
						return m, err
					}
				}
			}
		}},
		{Name: "shares-the-lists-of-the-sender", Break: func(l Full, h *bug) {
			var list any
			h.send = func(ctx context.Context, channel string, m message) error {
				if v, is := m["list"]; is {
					list = v
				}
				return l.Send(ctx, channel, m)
			}
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				if _, is := m["list"]; is {
					m["list"] = list
				}
				return m, err
			}
		}},
		{Name: "writes-the-routing-into-the-senders-message", Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				err := l.Send(ctx, channel, m)
				if strings.Contains(channel, "!") {
					m["__asgi_channel__"] = channel
				}
				return err
			}
		}},
		{Name: "drops-the-reserved-key", Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				m = maps.Clone(m)
				delete(m, "__asgi_channel__")
				return l.Send(ctx, channel, m)
			}
		}},
		{Name: "sends-what-can-be-written-of-a-message", Break: func(l Full, h *bug) { h.send = lenient(l.Send, reflect.Chan) }},
		{Name: "makes-text-of-other-keys", Break: func(l Full, h *bug) { h.send = lenient(l.Send, reflect.Map) }},
		{Name: "shows-the-routing-of-local-channels", Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				if err == nil && m["type"] == "t" && strings.Contains(channel, "!") {
					m["__asgi_channel__"] = channel
				}
				return m, err
			}
		}},
	}
}

// lenient sends a message without what it refuses.
func lenient(send func(context.Context, string, message) error, kind reflect.Kind) func(context.Context, string, message) error {
	return func(ctx context.Context, channel string, m message) error {
		m = maps.Clone(m)
		for k, v := range m {
			if r := reflect.ValueOf(v); r.IsValid() && r.Kind() == kind && r.Type() != reflect.TypeFor[map[string]any]() {
				m[k] = fmt.Sprintf("%T", v)
			}
		}
		return send(ctx, channel, m)
	}
}

func naming() []Mutant {
	// corrected takes a bad name for a good one.
	corrected := func(channel string) string {
		if name := strings.TrimSuffix(channel, "\n"); name != channel {
			return name
		}
		return channel
	}
	return []Mutant{
		{Name: "gives-the-same-name-again", Break: func(l Full, h *bug) {
			var once sync.Once
			var name string
			var err error
			h.newChannel = func(ctx context.Context) (string, error) {
				once.Do(func() { name, err = l.NewChannel(ctx) })
				return name, err
			}
		}},
		{Name: "gives-names-that-are-too-long", Break: func(l Full, h *bug) {
			h.newChannel = func(ctx context.Context) (string, error) {
				name, err := l.NewChannel(ctx)
				return name + strings.Repeat("0", 40), err
			}
		}},
		{Name: "refuses-long-names", Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				if len(channel) > 80 {
					return layertest.ErrInvalid
				}
				return l.Send(ctx, channel, m)
			}
		}},
		{Name: "sends-to-a-name-with-a-newline", Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error { return l.Send(ctx, corrected(channel), m) }
		}},
		{Name: "receives-from-a-name-with-a-newline", Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) { return l.Receive(ctx, corrected(channel)) }
		}},
		{Name: "adds-a-name-with-a-newline", Break: func(l Full, h *bug) {
			h.add = func(ctx context.Context, group, channel string) error {
				return l.GroupAdd(ctx, group, corrected(channel))
			}
		}},
		{Name: "discards-a-name-with-a-newline", Break: func(l Full, h *bug) {
			h.discard = func(ctx context.Context, group, channel string) error {
				return l.GroupDiscard(ctx, group, corrected(channel))
			}
		}},
		{Name: "takes-local-names-for-groups", Break: func(l Full, h *bug) {
			h.add = func(ctx context.Context, group, channel string) error {
				return l.GroupAdd(ctx, strings.ReplaceAll(group, "a!", "a"), channel)
			}
		}},
		{Name: "waits-for-channels-of-others", Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				if strings.HasSuffix(channel, "0!x") {
					channel = "other"
				}
				return l.Receive(ctx, channel)
			}
		}},
	}
}

func flushing() []Mutant {
	return []Mutant{
		{Name: "keeps-messages-at-a-flush", Break: func(l Full, h *bug) {
			h.flush = func(ctx context.Context) error { return l.GroupDiscard(ctx, "g", "jobs") }
		}},
		{Name: "keeps-groups-at-a-flush", Break: func(l Full, h *bug) {
			h.flush = func(ctx context.Context) error { return errors.Join(l.Flush(ctx), l.GroupAdd(ctx, "g", "jobs")) }
		}},
		{Name: "ends-with-a-flush", Break: func(l Full, h *bug) {
			h.flush = func(ctx context.Context) error {
				h.send = func(context.Context, string, message) error { return errors.New("closed") }
				return l.Flush(ctx)
			}
		}},
	}
}
