package brokertest

import (
	"fmt"

	"github.com/redkit-dev/redkit/conformance"
)

// numbered is the ID of the row at a place of an area that only grows at its end.
func numbered(area string, place int) conformance.ID {
	return conformance.ID(fmt.Sprintf("BROKER-%s-%03d", area, place+1))
}

func sweepRows() []row {
	on := func(says, why string, f func(k *kit)) row {
		return row{Profile: "strict", Needs: needs{inspecting, sweeping}, Says: says, Why: why, Check: check(f)}
	}
	rows := []row{
		on("An entry of unacked that cannot be read MUST NOT keep others from being restored, and is buried.",
			"K: JSONDecodeError ends every sweep at the same place; seen live", func(k *kit) {
				k.send("q", "a", "b")
				k.consumer("w", "q").gets("a", "b")
				for field, entry := range map[string]string{"poison": "{not json", "short": "[1, 2]", "odd": `["x", "", "q"]`} {
					k.do("HSET", "unacked", field, entry)
					k.do("ZADD", "unacked_index", "1", field)
				}
				k.expire()
				k.consumer("x", "q").gets("a!", "b!")
				k.buried(nil, nil, nil)
				k.restore().ok()
				k.buried(nil, nil, nil)
			}),
		on("An entry of unacked_index without a message MUST be removed, and cost nothing.",
			"K removes it, too", func(k *kit) {
				k.do("ZADD", "unacked_index", "1", "ghost")
				k.send("q", "a")
				k.consumer("w", "q").gets("a")
				k.expire()
				k.depth("q").is(1)
				k.wants("unacked_index", k.do("EXISTS", "unacked_index"), "0")
			}),
		on("A message in unacked that is not in unacked_index MUST come back.",
			"K never finds it: half of a claim was evicted or lost", func(k *kit) {
				k.send("q", "a")
				d := k.consumer("w", "q").gets("a")[0]
				k.do("ZREM", "unacked_index", d.Tag)
				k.restore().ok()
				k.Advance(2 * visibility)
				k.restore().ok()
				k.depth("q").is(1)
			}),
		on("A message whose queue cannot be told any more MUST stay in unacked rather than be dropped.",
			"K removes the entry before it looks for a queue; seen live", func(k *kit) {
				k.do("HSET", "unacked", "t", `[{"body": "YQ==", "headers": {}, "properties": {"delivery_tag": "t", "body_encoding": "base64", "delivery_info": {"exchange": "gone", "routing_key": "x"}}}, "gone", "x"]`)
				k.do("ZADD", "unacked_index", "1", "t")
				k.send("q", "a")
				k.consumer("w", "q").gets("a")
				k.expire()
				k.depth("q").is(1)
				k.wants("unacked", k.do("HKEYS", "unacked"), show([]any{"t"}))
				k.do("SADD", "_kombu.binding.gone", "x"+sep+sep+"found")
				k.restore().ok()
				k.depth("found").is(1)
			}),
		on("A sweep MUST NOT wait for the lock of a sweeper that died.",
			"K: unacked_mutex blinds everybody for five minutes", func(k *kit) {
				k.do("SET", "unacked_mutex", "dead", "PX", "300000")
				k.send("q", "a")
				k.consumer("w", "q").gets("a")
				k.Advance(visibility + k.Margin())
				k.do("SET", "unacked_mutex", "dead", "PX", "300000")
				k.restore().ok()
				k.depth("q").is(1)
			}),
		on("A key of another type under the name of a queue MUST stop neither the other queues nor their consumers.",
			"K: the worker ends with an unrecoverable error", func(k *kit) {
				k.do("SET", "bad", "text")
				k.send("good", "a", "b")
				c := k.consumer("w", "bad", "good")
				c.ack(c.gets("a")...).ok()
				c.gets("b")
				k.try(text("bad", "x")).fails()
			}),
		on("After the server lost its data a publish by a binding MUST fail rather than drop the message, until the binding is declared again.",
			"K drops it in silence until a worker reconnects", func(k *kit) {
				d, ok := k.b.(Declarer)
				if !ok {
					k.Unproven("the broker has no exchanges")
				}
				k.declare("direct", Binding{"ex", "key", "q"})
				k.publish(routed("ex", "key", "a"))
				k.do("FLUSHDB")
				k.try(routed("ex", "key", "b")).fails(ErrUnroutable)
				k.did("Declare").got(nil, d.Declare(k.ctx, "direct", Binding{"ex", "key", "q"})).ok()
				k.publish(routed("ex", "key", "c"))
				k.consumer("w", "q").gets("c")
			}),
		on("The claim of a message in a queue bound by a wildcard MUST be restored to that queue, also after the binding has gone.",
			"K loses a topic message if the sweeper did not declare the exchange; seen live", func(k *kit) {
				if _, ok := k.b.(Declarer); !ok {
					k.Unproven("the broker has no exchanges")
				}
				k.declare("topic", Binding{"ex", "a.#", "q"})
				k.publish(routed("ex", "a.b", "m"))
				k.consumer("w", "q").gets("m")
				k.do("DEL", "_kombu.binding.ex")
				k.expire()
				k.depth("q").is(1)
			}),
	}
	rows[0].Needs = append(rows[0].Needs, burying)
	for i := range rows {
		rows[i].ID = numbered("SWP", i)
	}
	return rows
}
