package brokertest

import (
	"bytes"
	"math"
	"math/big"
	"strings"
)

func publishRows() []row {
	return []row{
		{ID: "BROKER-PUB-001", Says: "A message published to a queue MUST stay there and raise its depth by one, though nobody consumes.",
			Why: "K: LPUSH", Check: check(func(k *kit) {
				k.depth("q").is(0)
				k.send("q", "a")
				k.depth("q").is(1)
				k.send("q", "b")
				k.depth("q").is(2)
			})},
		{ID: "BROKER-PUB-002", Says: "A message MUST reach the queue it was published to and no other.",
			Why: "the default exchange: the routing key names the queue", Check: check(func(k *kit) {
				k.send("one", "a")
				k.depth("two").is(0)
				k.depth("on").is(0)
				k.depth("one1").is(0)
				k.consumer("w", "two").nothing()
				k.consumer("x", "one").gets("a")
			})},
		{ID: "BROKER-PUB-003", Says: "A body MUST come back bit for bit, whatever it holds.",
			Why: "bodies are pickle, msgpack, compressed JSON: K base64", Check: check(func(k *kit) {
				c := k.consumer("w", "q")
				for _, body := range []string{"", "\x00", "\xff\xfe", "\r\n", "a\x00b", "é€😀", "\xed\xa0\x80", `"\`, " ", "\x06\x16", allBytes()} {
					k.send("q", body)
					if got := c.take(1)[0]; !bytes.Equal(got.Body, []byte(body)) {
						k.Errorf("body %q came back as %q", body, got.Body)
					}
				}
			})},
		{ID: "BROKER-PUB-004", Says: "A body of 256 KB MUST come back whole.",
			Why: "tasks carry documents", Check: check(func(k *kit) {
				body := strings.Repeat("0123456789abcdef", 1<<14)
				k.send("q", body)
				if got := k.consumer("w", "q").take(1)[0]; string(got.Body) != body {
					k.Errorf("a body of %d bytes came back with %d", len(body), len(got.Body))
				}
			})},
		{ID: "BROKER-PUB-005", Says: "Headers that the broker does not know MUST come back as they were.",
			Why: "Celery's protocol lives in them; stamps and tracing add more", Check: check(func(k *kit) {
				m := text("q", "a")
				m.Headers = map[string]any{"task": "t", "retries": int64(3), "eta": nil, "timelimit": []any{nil, 1.5}, "deep": map[string]any{"é": []any{true, "x\n"}}, "": "empty"}
				k.publish(m)
				k.sameHeaders(k.consumer("w", "q").take(1)[0], m)
			})},
		{ID: "BROKER-PUB-006", Says: "Numbers in headers MUST keep their value and kind, beyond 2^53 and 2^64 too.",
			Why: "Python's integers have no bound, and JSON decoders make floats of them", Check: check(func(k *kit) {
				m := text("q", "a")
				huge, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
				m.Headers = map[string]any{"n": int64(1<<53 + 1), "max": int64(math.MaxInt64), "huge": huge, "one": int64(1), "float": 1.0, "tiny": 5e-324}
				k.publish(m)
				k.sameHeaders(k.consumer("w", "q").take(1)[0], m)
			})},
		{ID: "BROKER-PUB-007", Says: "Properties that the broker does not know MUST come back as they were.",
			Why: "correlation_id, reply_to, expiration: K carries them", Check: check(func(k *kit) {
				m := text("q", "a")
				m.Properties = map[string]any{"correlation_id": "c", "reply_to": "r", "expiration": "60000", "mine": []any{int64(1)}}
				k.publish(m)
				got := k.consumer("w", "q").take(1)[0]
				for key, want := range m.Properties {
					if show(got.Properties[key]) != show(want) {
						k.Errorf("property %q came back as %s, want %s", key, show(got.Properties[key]), show(want))
					}
				}
			})},
		{ID: "BROKER-PUB-008", Says: "Content type and content encoding MUST come back as they were.",
			Why: "a consumer decodes by them", Check: check(func(k *kit) {
				m := text("q", "a")
				m.ContentType, m.ContentEncoding = "application/x-msgpack", "binary"
				k.publish(m)
				if got := k.consumer("w", "q").take(1)[0]; got.ContentType != m.ContentType || got.ContentEncoding != m.ContentEncoding {
					k.Errorf("%s in %s came back as %s in %s", m.ContentType, m.ContentEncoding, got.ContentType, got.ContentEncoding)
				}
			})},
		{ID: "BROKER-PUB-009", Says: "A message MUST be taken as it is when Publish is called: later changes do not show.",
			Why: "callers reuse buffers", Check: check(func(k *kit) {
				m := text("q", "before")
				m.Headers = map[string]any{"h": "before"}
				k.publish(m)
				copy(m.Body, "later!")
				m.Headers["h"] = "later"
				got := k.consumer("w", "q").gets("before")[0]
				if got.Headers["h"] != "before" {
					k.Errorf("header h came back as %s, want %q", show(got.Headers["h"]), "before")
				}
			})},
		{ID: "BROKER-PUB-010", Says: "Two publications of equal messages MUST be two messages.",
			Why: "K; only a name given by the caller makes them one", Check: check(func(k *kit) {
				k.send("q", "a", "a")
				k.depth("q").is(2)
				ds := k.consumer("w", "q").gets("a", "a")
				if ds[0].Tag != "" && ds[0].Tag == ds[1].Tag {
					k.Errorf("two publications share the delivery tag %s", ds[0].Tag)
				}
			})},
		{ID: "BROKER-PUB-011", Says: "Messages published in one call MUST all be accepted, in the order given.",
			Why: "a group of tasks is sent in one call", Check: check(func(k *kit) {
				k.publish(text("q", "a"), text("r", "x"), text("q", "b"), text("q", "c"), text("r", "y"))
				k.depth("q").is(3)
				k.consumer("w", "q").gets("a", "b", "c")
				k.consumer("x", "r").gets("x", "y")
			})},
		{ID: "BROKER-PUB-012", Says: "A call that publishes nothing MUST succeed.", Why: "an empty group", Check: check(func(k *kit) {
			k.try().ok()
			k.depth("q").is(0)
		})},
		{ID: "BROKER-PUB-013", Profile: "strict", Needs: needs{declaring}, Says: "Of messages published in one call of which one cannot be routed none MUST be accepted.",
			Why: "half a chord never ends", Check: check(func(k *kit) {
				k.try(text("q", "a"), Message{Exchange: "nowhere", RoutingKey: "x", Body: []byte("b")}, text("q", "c")).fails(ErrUnroutable)
				k.depth("q").is(0)
			})},
		{ID: "BROKER-PUB-014", Needs: needs{naming}, Says: "Of messages published under one name only the first MUST be accepted.",
			Why: "a schedule fires once, however many send it", Check: check(func(k *kit) {
				for _, body := range []string{"first", "second"} {
					m := text("q", body)
					m.Once = "n"
					k.publish(m)
				}
				k.depth("q").is(1)
				c := k.consumer("w", "q")
				c.ack(c.gets("first")...).ok()
				m := text("q", "third")
				m.Once = "n"
				k.publish(m)
				k.depth("q").is(0)
			})},
		{ID: "BROKER-PUB-015", Needs: needs{naming}, Says: "Messages published under different names, or none, MUST all be accepted.",
			Why: "a name stands for itself", Check: check(func(k *kit) {
				for _, name := range []string{"n", "m", "", "N", "n "} {
					m := text("q", "a")
					m.Once = name
					k.publish(m)
				}
				k.depth("q").is(5)
			})},
		{ID: "BROKER-PUB-016", Needs: needs{naming, opening}, Says: "A name MUST hold for all who publish to the store.",
			Why: "two schedulers in two processes", Check: check(func(k *kit) {
				m := text("q", "a")
				m.Once = "n"
				k.publish(m)
				k.open("other", Settings{}).publish(m)
				k.depth("q").is(1)
			})},
		{ID: "BROKER-PUB-017", Says: "Names of queues MUST be taken as they are.", Why: "K: a queue is a key of Redis", Check: check(func(k *kit) {
			queues := []string{"q", "Q", "a b", "ünï", "a:b", "a.b", "a*", "[x]", "{tag}q", "celery@host.pidbox", "/0.x"}
			for _, q := range queues {
				k.send(q, "in "+q)
			}
			for _, q := range queues {
				k.depth(q).is(1)
				k.consumer("w", q).gets("in " + q)
			}
		})},
		{ID: "BROKER-PUB-018", Needs: needs{naming}, Says: "Of messages published under one name in one call only the first MUST be accepted.",
			Why: "a name is taken with the message, not when the call ends", Check: check(func(k *kit) {
				var ms []Message
				for _, body := range []string{"first", "second", "other"} {
					m := text("q", body)
					if m.Once = "n"; body == "other" {
						m.Once = "m"
					}
					ms = append(ms, m)
				}
				k.publish(ms...)
				k.depth("q").is(2)
				k.consumer("w", "q").gets("first", "other")
			})},
	}
}

// allBytes holds each byte once.
func allBytes() string {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i)
	}
	return string(b)
}

// sameHeaders wants those of m, and no others but the flag of redelivery.
func (k *kit) sameHeaders(d Delivery, m Message) {
	k.Helper()
	got := map[string]any{}
	for key, v := range d.Headers {
		if key != "redelivered" {
			got[key] = v
		}
	}
	want := m.Headers
	if want == nil {
		want = map[string]any{}
	}
	if show(got) != show(want) {
		k.Errorf("headers came back as %s, want %s", show(got), show(want))
	}
}
