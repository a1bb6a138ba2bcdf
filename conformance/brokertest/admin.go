package brokertest

import "bytes"

func adminRows() []row {
	return []row{
		{ID: "BROKER-ADM-001", Says: "The depth of a queue MUST be the sum over all priorities.", Why: "K: LLEN of each list", Check: check(func(k *kit) {
			k.publish(ranked("q", 0, "a"), ranked("q", 3, "b"), ranked("q", 6, "c"), ranked("q", 9, "d"))
			k.depth("q").is(4)
			k.consumer("w", "q").gets("a")
			k.depth("q").is(3)
		})},
		{ID: "BROKER-ADM-002", Needs: needs{purging}, Says: "A purge MUST remove what is ready, of all priorities, and return how many that were.",
			Why: "K: LLEN and DEL", Check: check(func(k *kit) {
				k.publish(ranked("q", 0, "a"), ranked("q", 3, "b"), ranked("q", 9, "c"), text("r", "x"))
				k.purge("q").is(3)
				k.depth("q").is(0)
				k.depth("r").is(1)
				k.purge("q").is(0)
			})},
		{ID: "BROKER-ADM-003", Needs: needs{purging, sweeping}, Says: "A purge MUST leave what is claimed: it may be acknowledged, or come back.",
			Why: "K: unacked is left alone", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c")
				c := k.consumer("w", "q")
				ds := c.gets("a", "b")
				k.purge("q").is(1)
				c.requeue(ds[0]).ok()
				k.depth("q").is(1)
				k.expire()
				c.finds("a!", "b!")
			})},
		{ID: "BROKER-ADM-004", Needs: needs{peeking}, Says: "A peek MUST show ready messages, the next to be claimed first, and take none.",
			Why: "tests and tools look at queues", Check: check(func(k *kit) {
				k.publish(ranked("q", 9, "low"), ranked("q", 0, "a"), ranked("q", 0, "b"), ranked("q", 3, "mid"))
				for range 2 {
					o := k.peek("q", 0).ok()
					ds, _ := o.value.([]Delivery)
					o.got(names(ds), nil).is([]string{"a", "b", "mid", "low"})
				}
				k.depth("q").is(4)
				k.consumer("w", "q").gets("a", "b", "mid", "low")
			})},
		{ID: "BROKER-ADM-005", Needs: needs{peeking}, Says: "A peek MUST NOT show more than it was asked for, nor what is claimed.",
			Why: "queues are long", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c", "d")
				k.consumer("w", "q").gets("a")
				o := k.peek("q", 2).ok()
				ds, _ := o.value.([]Delivery)
				o.got(names(ds), nil).is([]string{"b", "c"})
				k.peek("none", 0).is([]Delivery(nil))
			})},
		{ID: "BROKER-ADM-006", Needs: needs{declaring}, Says: "A queue that is unbound MUST lose its messages; declared again it works.",
			Why: "K: queue_delete", Check: check(func(k *kit) {
				b := Binding{"ex", "key", "q"}
				c := k.consumer("w", "q")
				for range 2 {
					k.declare("direct", b)
					k.publish(Message{Exchange: "ex", RoutingKey: "key", Body: []byte("a")})
					k.depth("q").is(1)
					k.unbind(b)
					k.depth("q").is(0)
					c.nothing()
				}
				k.declare("direct", b)
				k.publish(Message{Exchange: "ex", RoutingKey: "key", Body: []byte("b")})
				c.gets("b")
			})},
	}
}

func (k *kit) peek(queue string, max int) outcome {
	return k.did("Peek", queue, max).got(k.b.(Peeker).Peek(k.ctx, queue, max))
}

func (k *kit) unbind(bindings ...Binding) {
	k.Helper()
	k.did("Unbind", list(bindings)...).got(nil, k.b.(Declarer).Unbind(k.ctx, bindings...)).ok()
}

func (k *kit) bury(d Delivery, reason string) outcome {
	return k.did("Bury", d, reason).got(nil, k.b.(Undertaker).Bury(k.ctx, d, reason))
}

func (k *kit) dead(max int) outcome {
	return k.did("Dead", max).got(k.b.(Undertaker).Dead(k.ctx, max))
}

// buried wants the dead to be these texts, the latest first, each with a reason.
func (k *kit) buried(wants ...[]byte) []Dead {
	k.Helper()
	o := k.dead(0).ok()
	dead, _ := o.value.([]Dead)
	ok := len(dead) == len(wants)
	for i := range dead {
		ok = ok && dead[i].Reason != "" && (wants[i] == nil || bytes.Equal(dead[i].Raw, wants[i]))
	}
	if !ok {
		k.Errorf("%s, want %d, each with a reason: %s", o.text(), len(wants), join(wants, func(b []byte) string { return clip(string(b)) }))
	}
	return dead
}
