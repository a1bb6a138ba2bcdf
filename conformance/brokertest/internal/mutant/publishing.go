package mutant

import (
	"bytes"
	"maps"
	"math/big"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
)

func publishing() []Mutant {
	return []Mutant{
		{Name: "publish-drops-the-message", Break: is(bug{publish: func(Full, ctx, []Message) error { return nil }})},
		{Name: "publish-stores-every-message-twice", Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			return b.Publish(ctx, slices.Concat(ms, ms)...)
		}})},
		{Name: "publish-knows-one-queue-only", Break: is(bug{message: func(m *Message) { m.RoutingKey = "one" }})},
		{Name: "queues-are-told-apart-by-two-letters", Break: is(bug{
			message: func(m *Message) { m.RoutingKey = short(m.RoutingKey) },
			depth:   func(b Full, ctx ctx, q string) (int, error) { return b.Depth(ctx, short(q)) },
			consume: func(b Full, ctx ctx, owner string, qs []string) (Consumer, error) {
				for i := range qs {
					qs[i] = short(qs[i])
				}
				return b.Consume(ctx, owner, qs...)
			}})},
		{Name: "bodies-end-at-NUL", Break: body(func(b []byte) []byte { b, _, _ = bytes.Cut(b, []byte{0}); return b })},
		{Name: "bodies-are-made-valid-UTF-8", Break: body(func(b []byte) []byte {
			if utf8.Valid(b) {
				return b
			}
			return []byte(strings.ToValidUTF8(string(b), "\ufffd"))
		})},
		{Name: "line-ends-are-normalised", Break: body(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) })},
		{Name: "bodies-are-cut-at-64-KB", Break: body(func(b []byte) []byte { return b[:min(len(b), 64<<10)] })},
		{Name: "only-headers-of-the-protocol-are-kept", Break: is(bug{message: func(m *Message) {
			kept := map[string]any{}
			for _, key := range []string{"task", "id", "retries"} {
				if v, ok := m.Headers[key]; ok {
					kept[key] = v
				}
			}
			m.Headers = kept
		}})},
		{Name: "headers-without-a-value-are-dropped", Break: is(bug{message: func(m *Message) {
			m.Headers = maps.Clone(m.Headers)
			maps.DeleteFunc(m.Headers, func(_ string, v any) bool { return v == nil })
		}})},
		{Name: "integers-are-decoded-as-floats", Break: is(bug{delivery: func(d *Delivery) {
			for k, v := range d.Headers {
				if n, ok := v.(int64); ok {
					d.Headers[k] = int64(float64(n))
				}
			}
		}})},
		{Name: "whole-floats-become-integers", Break: is(bug{delivery: func(d *Delivery) {
			for k, v := range d.Headers {
				if f, ok := v.(float64); ok && f == float64(int64(f)) {
					d.Headers[k] = int64(f)
				}
			}
		}})},
		{Name: "integers-beyond-64-bits-wrap", Break: is(bug{message: func(m *Message) {
			m.Headers = maps.Clone(m.Headers)
			for k, v := range m.Headers {
				if n, ok := v.(*big.Int); ok {
					m.Headers[k] = int64(n.Uint64())
				}
			}
		}})},
		{Name: "unknown-properties-are-dropped", Break: is(bug{message: func(m *Message) { m.Properties = nil }})},
		{Name: "everything-is-labelled-JSON", Break: is(bug{message: func(m *Message) { m.ContentType, m.ContentEncoding = "", "" }})},
		{Name: "content-encoding-is-always-utf-8", Break: is(bug{message: func(m *Message) {
			if m.ContentEncoding != "" {
				m.ContentEncoding = "utf-8"
			}
		}})},
		{Name: "publish-keeps-the-callers-buffer", Break: keepsBuffer},
		{Name: "equal-messages-are-published-once", Break: func() bug {
			seen := map[string]bool{}
			return bug{publish: func(b Full, ctx ctx, ms []Message) error {
				for _, m := range ms {
					if key := m.RoutingKey + "/" + string(m.Body); !seen[key] {
						seen[key] = true
						if err := b.Publish(ctx, m); err != nil {
							return err
						}
					}
				}
				return nil
			}}
		}},
		{Name: "all-messages-share-one-delivery-tag", Break: is(bug{message: func(m *Message) {
			m.Properties = maps.Clone(m.Properties)
			if m.Properties == nil {
				m.Properties = map[string]any{}
			}
			m.Properties["delivery_tag"] = "tag"
		}})},
		{Name: "a-batch-is-published-backwards", Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			slices.Reverse(ms)
			return b.Publish(ctx, ms...)
		}})},
		{Name: "a-batch-loses-all-but-its-first-message", Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			return b.Publish(ctx, ms[:min(1, len(ms))]...)
		}})},
		{Name: "an-empty-batch-fails", Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			if len(ms) == 0 {
				return brokertest.ErrUnroutable
			}
			return b.Publish(ctx, ms...)
		}})},
		{Name: "a-batch-is-published-up-to-the-first-error", Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			for _, m := range ms {
				if err := b.Publish(ctx, m); err != nil {
					return err
				}
			}
			return nil
		}})},
		{Name: "names-of-publications-are-ignored", Must: []conformance.ID{"BROKER-CON-005"}, Break: is(bug{message: func(m *Message) { m.Once = "" }})},
		{Name: "a-name-lasts-until-its-message-is-taken", Break: nameUntilTaken},
		{Name: "names-of-publications-are-trimmed-and-lowered", Break: is(bug{message: func(m *Message) {
			m.Once = strings.ToLower(strings.TrimSpace(m.Once))
		}})},
		{Name: "messages-without-a-name-share-one", Break: is(bug{message: func(m *Message) {
			if m.Once == "" && string(m.Body) == "a" {
				m.Once = "n"
			}
		}})},
		{Name: "each-process-remembers-its-own-names", Break: ownNames},
		{Name: "names-hold-from-the-next-call-on", Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			seen := map[string]bool{}
			for i, m := range ms {
				if seen[m.Once] {
					ms[i].Once = ""
				}
				seen[m.Once] = true
			}
			return b.Publish(ctx, ms...)
		}})},
	}
}

func short(q string) string { return q[:min(len(q), 2)] }

// body changes bodies on their way in.
func body(change func([]byte) []byte) Break {
	return is(bug{message: func(m *Message) { m.Body = change(m.Body) }})
}

// keepsBuffer encodes messages when they are claimed.
func keepsBuffer() bug {
	kept := map[string]Message{}
	return bug{
		message: func(m *Message) {
			if m.Headers["h"] != nil {
				kept[string(m.Body)] = *m
			}
		},
		delivery: func(d *Delivery) {
			if m, ok := kept[string(d.Body)]; ok {
				d.Body, d.Headers = m.Body, m.Headers
			}
		},
	}
}

// nameUntilTaken forgets a name when its message is acknowledged.
func nameUntilTaken() bug {
	round := 0
	return bug{
		message: func(m *Message) {
			if m.Once != "" {
				m.Once += strings.Repeat("'", round)
			}
		},
		ack: func(t taken, ctx ctx, ds []Delivery) error { round++; return t.Ack(ctx, ds...) },
	}
}

// ownNames adds the process to each name.
func ownNames() bug {
	var mu sync.Mutex
	processes := map[Full]string{}
	return bug{publish: func(b Full, ctx ctx, ms []Message) error {
		mu.Lock()
		if processes[b] == "" {
			processes[b] = strings.Repeat("p", len(processes)+1)
		}
		for i := range ms {
			if ms[i].Once != "" {
				ms[i].Once += processes[b]
			}
		}
		mu.Unlock()
		return b.Publish(ctx, ms...)
	}}
}
