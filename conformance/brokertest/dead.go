package brokertest

import (
	"fmt"
	"strings"
)

func deadRows() []row {
	return []row{
		{ID: "BROKER-DEA-001", Needs: needs{burying, sweeping}, Says: "A message that was buried MUST be among the dead with its reason, and never come back.",
			Why: "what nobody can handle must not be lost without trace", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				c := k.consumer("w", "q")
				ds := c.gets("a", "b")
				k.bury(ds[0], "no such task").ok()
				k.depth("q").is(0)
				k.expire()
				c.gets("b!")
				if dead := k.buried(nil); len(dead) == 1 && (dead[0].Reason != "no such task" || !strings.Contains(string(dead[0].Raw), "YQ==")) {
					k.Errorf("Dead() = %s, want the message of a with the reason", show(dead))
				}
			})},
		{ID: "BROKER-DEA-002", Needs: needs{burying}, Says: "The dead MUST be listed with the latest first, and no more of them than asked for.",
			Why: "one looks at what just happened", Check: check(func(k *kit) {
				c := k.consumer("w", "q")
				for n := range 4 {
					k.send("q", fmt.Sprint(n))
					k.bury(c.take(1)[0], fmt.Sprint("reason ", n)).ok()
				}
				o := k.dead(2).ok()
				dead, _ := o.value.([]Dead)
				o.got(join(dead, func(d Dead) string { return d.Reason }), nil).is("reason 3, reason 2")
				k.buried(nil, nil, nil, nil)
			})},
		{ID: "BROKER-DEA-003", Profile: "strict", Needs: needs{burying, sweeping}, Says: "A burial of a claim that ran out MUST say so and change nothing.",
			Why: "another consumer may well handle it", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				d := c.gets("a")[0]
				k.expire()
				k.bury(d, "late").fails(ErrStale)
				k.buried()
				c.gets("a!")
			})},
		{ID: "BROKER-DEA-004", Profile: "strict", Needs: needs{burying, injecting}, Says: "Text that is no message MUST NOT stop a consumer, nor be lost: it is buried as it is, with a reason.",
			Why: "K: the worker dies and the message is gone, or every worker dies of it; seen live for seven kinds", Check: check(func(k *kit) {
				c := k.consumer("w", "q")
				var all [][]byte
				for _, poison := range poisons() {
					k.inject("q", poison)
					k.send("q", "good")
					c.ack(c.gets("good")...).ok()
					k.depth("q").is(0)
					all = append([][]byte{[]byte(poison)}, all...)
					k.buried(all...)
				}
			})},
		{ID: "BROKER-DEA-005", Profile: "strict", Needs: needs{burying, injecting}, Says: "Poison among good messages of one claim MUST NOT cost any of them.",
			Why: "batches", Check: check(func(k *kit) {
				k.send("q", "a")
				k.inject("q", "{")
				k.send("q", "b")
				k.inject("q", "[]")
				k.inject("q", `{"properties": 1}`)
				k.send("q", "c")
				k.consumer("w", "q").gets("a", "b", "c")
				k.buried(nil, nil, nil)
			})},
		{ID: "BROKER-DEA-006", Profile: "strict", Needs: needs{burying, injecting}, Says: "A message nested 100,000 deep MUST NOT stop a consumer.",
			Why: "recursive decoders overflow: Python's RecursionError, Lua's limit of 1000", Check: check(func(k *kit) {
				k.inject("q", wrap(`"`+strings.Repeat("x", 10)+`"`, `"headers": {"h": `+strings.Repeat("[", 1e5)+strings.Repeat("]", 1e5)+`}`))
				k.send("q", "good")
				c := k.consumer("w", "q")
				d := c.take(1)[0]
				if string(d.Body) != "good" {
					c.ack(d).ok()
					d = c.take(1)[0]
				}
				c.ack(d).ok()
				k.depth("q").is(0)
			})},
		{ID: "BROKER-DEA-007", Profile: "strict", Needs: needs{burying, sweeping, opening, Configurable}, Says: "A message that was delivered as often as the settings allow MUST be buried instead of delivered once more.",
			Why: "a task that kills its worker kills the next one, too", Check: check(func(k *kit) {
				other := k.open("other", Settings{MaxDeliveries: 3})
				other.send("q", "poison", "good")
				c := other.consumer("w", "q")
				c.gets("poison")
				other.expire()
				c.requeue(c.gets("poison!")...).ok()
				c.gets("poison!")
				other.expire()
				c.gets("good")
				if dead := other.buried(nil); len(dead) == 1 && !strings.Contains(dead[0].Reason, "3") {
					k.Errorf("the reason is %q, want the number of deliveries in it", dead[0].Reason)
				}
			})},
		{ID: "BROKER-DEA-008", Needs: needs{injecting}, Says: "A message with the least that kombu's workers accept MUST be handed out.",
			Why: "other languages write it: gocelery has no headers, protocol 1 has no task in them", Check: check(func(k *kit) {
				k.inject("q", `{"body":"YQ==","properties":{"delivery_tag":"1","delivery_info":{"exchange":"","routing_key":"q"},"body_encoding":"base64"}}`)
				k.inject("q", `{"properties": {"body_encoding": "base64", "delivery_info": {"routing_key": "q", "exchange": "celery", "priority": 0}, "delivery_mode": 2, "delivery_tag": "2"}, "headers": {}, "body": "Yg==", "content-type": "application/json", "content-encoding": "utf-8"}`)
				k.inject("q", wrap(`"plain text"`, `"headers": {"task": "t", "id": "3"}`))
				k.consumer("w", "q").gets("a", "b", "plain text")
			})},
		{ID: "BROKER-DEA-009", Profile: "strict", Needs: needs{injecting}, Says: "A body of bytes that a producer wrote without a body encoding MUST come back as bytes.",
			Why: `kombu since 5.3 writes {"__type__": "base64", "__value__": …}`, Check: check(func(k *kit) {
				k.inject("q", wrap(`{"__type__": "base64", "__value__": "AP8="}`, `"headers": {}`))
				k.consumer("w", "q").gets("\x00\xff")
			})},
	}
}

func (k *kit) inject(queue, raw string) {
	k.Helper()
	k.did("Inject", queue, clip(raw)).got(nil, k.b.(Injector).Inject(k.ctx, queue, []byte(raw))).ok()
}

// wrap is a message without body_encoding, of a body in JSON and other members.
func wrap(body, members string) string {
	return `{"body": ` + body + `, "content-encoding": "utf-8", "content-type": "application/json", ` + members +
		`, "properties": {"delivery_info": {"exchange": "", "routing_key": "q"}, "delivery_tag": "t-` + fmt.Sprint(len(body)) + `"}}`
}

// poisons are texts that are no messages.
func poisons() []string {
	return []string{
		"hello", "", "{", "{}", "[]", "null", "7", `"text"`, "\x80\x04]q\x00.", "{\"properties\": {}",
		`{"body": "YQ==", "headers": {}, "properties": null}`,
		`{"body": "YQ==", "headers": {}, "properties": []}`,
		`{"body": "YQ==", "headers": {}, "properties": {"body_encoding": "base64", "delivery_info": {"exchange": "", "routing_key": "q"}}}`,
		`{"body": "YQ==", "headers": {}, "properties": {"body_encoding": "base64", "delivery_tag": "1"}}`,
		`{"body": "YQ==", "headers": {}, "properties": {"body_encoding": "base64", "delivery_tag": "1", "delivery_info": "x"}}`,
		`{"body": "YQ==", "headers": {}, "properties": {"body_encoding": "base64", "delivery_tag": "1", "delivery_info": {"routing_key": "q"}}}`,
		`{"body": "YQ==", "headers": {}, "properties": {"body_encoding": "base64", "delivery_tag": "1", "delivery_info": {"exchange": ""}}}`,
		`{"body": "not base64!", "headers": {}, "properties": {"body_encoding": "base64", "delivery_tag": "1", "delivery_info": {"exchange": "", "routing_key": "q"}}}`,
		`{"body": 7, "headers": {}, "properties": {"body_encoding": "base64", "delivery_tag": "1", "delivery_info": {"exchange": "", "routing_key": "q"}}}`,
		`{"headers": {}, "properties": {"body_encoding": "base64", "delivery_tag": "1", "delivery_info": {"exchange": "", "routing_key": "q"}}}`,
		`{"body": "YQ==", "headers": 5, "properties": {"body_encoding": "base64", "delivery_tag": "1", "delivery_info": {"exchange": "", "routing_key": "q"}}}`,
	}
}
