package mutant

import (
	"context"
	"errors"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// bindings changes what is declared.
func bindings(change func(kind string, b *Binding) string) Break {
	return is(bug{declare: func(b Full, ctx ctx, kind string, bs []Binding) error {
		bs = append([]Binding(nil), bs...)
		for i := range bs {
			kind = change(kind, &bs[i])
		}
		return b.Declare(ctx, kind, bs...)
	}})
}

func routing() []Mutant {
	return []Mutant{
		{Name: "a-direct-exchange-routes-to-everybody", Break: bindings(func(kind string, b *Binding) string {
			if kind == "direct" {
				b.RoutingKey = "#"
				return "topic"
			}
			return kind
		})},
		{Name: "routing-keys-are-lowered", Break: func() bug {
			b := bindings(func(kind string, b *Binding) string { b.RoutingKey = strings.ToLower(b.RoutingKey); return kind })()
			b.message = func(m *Message) {
				if m.Exchange != "" {
					m.RoutingKey = strings.ToLower(m.RoutingKey)
				}
			}
			return b
		}},
		{Name: "the-first-bound-queue-gets-it-all", Break: firstBound},
		{Name: "unroutable-messages-vanish", Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			for _, m := range ms {
				if err := b.Publish(ctx, m); err != nil && !errors.Is(err, brokertest.ErrUnroutable) {
					return err
				}
			}
			return nil
		}})},
		{Name: "all-exchanges-are-one", Break: func() bug {
			b := bindings(func(kind string, b *Binding) string { b.Exchange = "one"; return kind })()
			b.message = func(m *Message) {
				if m.Exchange != "" {
					m.Exchange = "one"
				}
			}
			return b
		}},
		{Name: "the-default-exchange-looks-at-bindings", Break: func() bug {
			bound := map[string]string{}
			return bug{
				declare: func(b Full, ctx ctx, kind string, bs []Binding) error {
					for _, x := range bs {
						bound[x.RoutingKey] = x.Queue
					}
					return b.Declare(ctx, kind, bs...)
				},
				message: func(m *Message) {
					if q := bound[m.RoutingKey]; m.Exchange == "" && q != "" {
						m.RoutingKey = q
					}
				},
			}
		}},
		{Name: "topics-are-compared-as-they-are", Break: bindings(func(kind string, _ *Binding) string {
			if kind == "topic" {
				return "direct"
			}
			return kind
		})},
		{Name: "a-star-stands-for-any-number-of-words", Break: bindings(func(kind string, b *Binding) string {
			b.RoutingKey = strings.ReplaceAll(b.RoutingKey, "*", "#")
			return kind
		})},
		{Name: "a-hash-stands-for-one-word", Break: bindings(func(kind string, b *Binding) string {
			b.RoutingKey = strings.ReplaceAll(b.RoutingKey, "#", "*")
			return kind
		})},
		{Name: "the-quirk-of-topics-is-claimed", Claims: []conformance.Capability{brokertest.QuirkTopics}},
		{Name: "each-binding-that-matches-gives-a-copy", Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			if len(ms) == 1 && ms[0].Exchange == "ex" && ms[0].RoutingKey == "a.b" && string(ms[0].Body) == "m" {
				ms = append(ms, ms[0])
			}
			return b.Publish(ctx, ms...)
		}})},
		{Name: "odd-characters-in-keys-are-dropped", Break: bindings(func(kind string, b *Binding) string {
			b.RoutingKey = strings.NewReplacer("+", "", "?", "", "(", "", ")", "").Replace(b.RoutingKey)
			return kind
		})},
		{Name: "to-declare-again-empties-the-queue", Break: func() bug {
			known := map[Binding]bool{}
			return bug{declare: func(b Full, ctx ctx, kind string, bs []Binding) error {
				for _, x := range bs {
					if known[x] {
						_, _ = b.Purge(ctx, x.Queue)
					}
					known[x] = true
				}
				return b.Declare(ctx, kind, bs...)
			}}
		}},
		{Name: "unbind-does-nothing", Break: is(bug{unbind: func(Full, ctx, []Binding) error { return nil }})},
		{Name: "unbind-removes-the-whole-exchange", Break: is(bug{unbind: func(b Full, ctx ctx, bs []Binding) error {
			return b.Unbind(ctx, append(bs, Binding{Exchange: "ex", RoutingKey: "key", Queue: "two"})...)
		}})},
		{Name: "an-unknown-type-of-exchange-is-direct", Break: bindings(func(kind string, _ *Binding) string {
			if kind == "tropic" {
				return "direct"
			}
			return kind
		})},
		{Name: "exchanges-of-others-are-direct", Break: directForOthers},
		{Name: "broadcasts-lose-their-body", Break: is(bug{cast: func(b Full, ctx ctx, ex, key string, _ []byte) error { return b.Broadcast(ctx, ex, key, nil) }})},
		{Name: "broadcasts-arrive-twice", Break: is(bug{cast: func(b Full, ctx ctx, ex, key string, body []byte) error {
			return errors.Join(b.Broadcast(ctx, ex, key, body), b.Broadcast(ctx, ex, key, body))
		}})},
		{Name: "the-last-broadcast-is-kept-for-who-comes-later", Break: keepsBroadcast},
		{Name: "listeners-hear-every-routing-key", Break: is(bug{listen: func(b Full, ctx ctx, bs []Binding) (brokertest.Listener, error) {
			for i := range bs {
				bs[i].RoutingKey = "#"
			}
			return b.Listen(ctx, bs...)
		}})},
		{Name: "listeners-hear-exchanges-that-look-alike", Break: is(bug{listen: func(b Full, ctx ctx, bs []Binding) (brokertest.Listener, error) {
			return b.Listen(ctx, append(bs, Binding{Exchange: "ex1"}, Binding{Exchange: "ey"})...)
		}})},
		{Name: "broadcasts-are-made-valid-UTF-8", Break: is(bug{cast: func(b Full, ctx ctx, ex, key string, body []byte) error {
			return b.Broadcast(ctx, ex, key, []byte(strings.ToValidUTF8(string(body), "?")))
		}})},
		{Name: "broadcasts-do-not-say-where-they-come-from", Break: is(bug{next: func(l brokertest.Listener, ctx ctx) (brokertest.Heard, error) {
			h, err := l.Next(ctx)
			h.Exchange = ""
			return h, err
		}})},
		{Name: "a-fanout-exchange-fills-its-queues", Break: bindings(func(kind string, _ *Binding) string {
			if kind == "fanout" {
				return "direct"
			}
			return kind
		})},
		{Name: "waiting-for-broadcasts-ignores-the-context", Break: is(bug{next: func(l brokertest.Listener, ctx ctx) (brokertest.Heard, error) {
			h, err := l.Next(ctx)
			if errors.Is(err, context.Canceled) {
				err = nil
			}
			return h, err
		}})},
		{Name: "a-wait-fails-if-a-message-is-ready", Break: waits(func(b Full, ctx ctx, c Consumer, limit duration) error {
			for _, q := range []string{"q", "r"} {
				if n, _ := b.Depth(ctx, q); n > 0 {
					return errors.New("nothing to wait for")
				}
			}
			return b.Wait(ctx, c, limit)
		})},
		{Name: "a-wait-takes-a-message", Break: waits(func(b Full, ctx ctx, c Consumer, limit duration) error {
			err := b.Wait(ctx, c, limit)
			_, _ = c.Claim(ctx, 1)
			return err
		})},
		{Name: "a-wait-hides-that-its-context-ended", Break: waits(func(b Full, ctx ctx, c Consumer, limit duration) error {
			if err := b.Wait(ctx, c, limit); !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		})},
		{Name: "a-wait-is-over-at-half-its-limit", Bubble: true, Break: waits(func(b Full, ctx ctx, c Consumer, limit duration) error { return b.Wait(ctx, c, limit/2) })},
		{Name: "a-wait-does-not-see-what-is-parked", Bubble: true, Break: func() bug {
			return bug{park: func(b Full, ctx ctx, d Delivery, after duration) error { return b.Park(ctx, d, after+second) }}
		}},
		{Name: "a-wait-fails-when-something-comes-back", Break: func() bug {
			back := false
			return bug{
				reject: func(t taken, ctx ctx, again bool, ds []Delivery) error {
					back = true
					return t.Reject(ctx, again, ds...)
				},
				restore: func(b Full, ctx ctx) error { back = true; return b.Restore(ctx) },
				wait: func(b Full, ctx ctx, c Consumer, limit duration) error {
					if err := b.Wait(ctx, c, limit); err != nil || !back {
						return err
					}
					return errors.New("woken for nothing")
				},
			}
		}},
	}
}

func waits(f func(b Full, ctx ctx, c Consumer, limit duration) error) Break { return is(bug{wait: f}) }

// firstBound forgets all bindings of an exchange and key but the first.
func firstBound() bug {
	bound := map[Binding]bool{}
	return bug{declare: func(b Full, ctx ctx, kind string, bs []Binding) error {
		var first []Binding
		for _, x := range bs {
			key := Binding{Exchange: x.Exchange, RoutingKey: x.RoutingKey}
			if !bound[key] {
				first = append(first, x)
			}
			bound[key] = true
		}
		return b.Declare(ctx, kind, first...)
	}}
}

// directForOthers takes an exchange for a direct one unless the same broker
// declared it, as kombu does.
func directForOthers() bug {
	declared := map[Full]bool{}
	return bug{
		declare: func(b Full, ctx ctx, kind string, bs []Binding) error {
			declared[b] = true
			return b.Declare(ctx, kind, bs...)
		},
		publish: func(b Full, ctx ctx, ms []Message) error {
			for _, m := range ms {
				if m.Exchange == "ex" && len(declared) > 0 && !declared[b] {
					continue
				}
				if err := b.Publish(ctx, m); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func keepsBroadcast() bug {
	var last func(Full, ctx) error
	return bug{
		cast: func(b Full, ctx ctx, ex, key string, body []byte) error {
			body = append([]byte(nil), body...)
			last = func(b Full, c context.Context) error { return b.Broadcast(c, ex, key, body) }
			return b.Broadcast(ctx, ex, key, body)
		},
		listen: func(b Full, ctx ctx, bs []Binding) (brokertest.Listener, error) {
			l, err := b.Listen(ctx, bs...)
			if err == nil && last != nil {
				err = last(b, ctx)
			}
			return l, err
		},
	}
}

// leavesEar opens one listener more, which nobody closes before the broker
// goes.
func leavesEar(b Full, ctx ctx, bs []Binding) (brokertest.Listener, error) {
	if _, err := b.Listen(ctx, Binding{Exchange: "left behind"}); err != nil {
		return nil, err
	}
	return b.Listen(ctx, bs...)
}
