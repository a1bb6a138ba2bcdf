package brokertest

// routed is a message for an exchange.
func routed(exchange, key, body string) Message {
	return Message{Exchange: exchange, RoutingKey: key, Body: []byte(body)}
}

func exchangeRows() []row {
	return []row{
		{ID: "BROKER-EXC-001", Needs: needs{declaring}, Says: "A direct exchange MUST route a message to the queues whose routing key is the same, letter by letter.",
			Why: "K: exchange_direct", Check: check(func(k *kit) {
				k.declare("direct", Binding{"ex", "key", "one"}, Binding{"ex", "other", "two"}, Binding{"ex", "Key", "three"}, Binding{"ex", "key.x", "four"})
				k.publish(routed("ex", "key", "a"))
				k.depth("one").is(1)
				for _, q := range []string{"two", "three", "four", "key"} {
					k.depth(q).is(0)
				}
				d := k.consumer("w", "one").gets("a")[0]
				if d.Exchange != "ex" || d.RoutingKey != "key" || d.Queue != "one" {
					k.Errorf("the delivery says exchange %q, routing key %q, queue %q; want ex, key, one", d.Exchange, d.RoutingKey, d.Queue)
				}
			})},
		{ID: "BROKER-EXC-002", Needs: needs{declaring}, Says: "Each of several queues bound for a key MUST get one copy.",
			Why: "K: one push for each queue", Check: check(func(k *kit) {
				k.declare("direct", Binding{"ex", "key", "one"}, Binding{"ex", "key", "two"}, Binding{"ex", "key", "three"})
				k.publish(routed("ex", "key", "a"))
				for _, q := range []string{"one", "two", "three"} {
					k.depth(q).is(1)
				}
			})},
		{ID: "BROKER-EXC-003", Profile: "strict", Needs: needs{declaring}, Says: "A message that no queue is bound for MUST be refused as unroutable.",
			Why: "K drops it in silence, seen live", Check: check(func(k *kit) {
				k.declare("direct", Binding{"ex", "key", "q"})
				k.try(routed("ex", "nobody", "a")).fails(ErrUnroutable)
				k.try(routed("nowhere", "key", "a")).fails(ErrUnroutable)
				k.depth("q").is(0)
			})},
		{ID: "BROKER-EXC-004", Needs: needs{declaring}, Says: "Exchanges MUST be told apart.", Why: "a set of bindings for each", Check: check(func(k *kit) {
			k.declare("direct", Binding{"ex", "key", "one"})
			k.declare("direct", Binding{"ex2", "key", "two"})
			k.publish(routed("ex2", "key", "a"))
			k.depth("one").is(0)
			k.depth("two").is(1)
		})},
		{ID: "BROKER-EXC-005", Needs: needs{declaring}, Says: "The default exchange MUST route by the name of the queue, whatever is bound.",
			Why: "AMQP; K reads no bindings for it", Check: check(func(k *kit) {
				k.declare("direct", Binding{"ex", "q", "other"})
				k.send("q", "a")
				k.depth("q").is(1)
				k.depth("other").is(0)
			})},
		{ID: "BROKER-EXC-006", Needs: needs{declaring}, Says: "A topic exchange MUST route by words: those without wildcards have to be equal.",
			Why: "K: exchange_topic", Check: check(func(k *kit) {
				k.declare("topic", Binding{"ex", "a.*", "star"}, Binding{"ex", "a.#", "hash"}, Binding{"ex", "a.b", "both"}, Binding{"ex", "b.*", "none"}, Binding{"ex", "*.b", "last"})
				k.publish(routed("ex", "a.b", "m"))
				for q, want := range map[string]int{"star": 1, "hash": 1, "both": 1, "none": 0, "last": 1} {
					k.depth(q).is(want)
				}
				k.publish(routed("ex", "a.b.c", "n"))
				k.depth("hash").is(2)
				k.depth("both").is(1)
				k.depth("last").is(1)
			})},
		{ID: "BROKER-EXC-007", Profile: "quirk", Needs: needs{declaring}, Denies: QuirkTopics, Says: "In a topic binding * MUST stand for exactly one word and # for any number, none included.",
			Why: "AMQP", Check: check(func(k *kit) {
				k.declare("topic", Binding{"ex", "a.*", "star"}, Binding{"ex", "a.#", "hash"}, Binding{"ex", "#.z", "end"}, Binding{"ex", "#", "all"})
				k.publish(routed("ex", "a.b.c", "m"), routed("ex", "a", "m"), routed("ex", "z", "m"))
				for q, want := range map[string]int{"star": 0, "hash": 2, "end": 1, "all": 3} {
					k.depth(q).is(want)
				}
			})},
		{ID: "BROKER-EXC-008", Profile: "quirk", Needs: needs{declaring, QuirkTopics}, Says: "In a topic binding * MUST match several words and # no less than one.",
			Why: "K's regular expressions, until pull request 2568", Check: check(func(k *kit) {
				k.declare("topic", Binding{"ex", "a.*", "star"}, Binding{"ex", "a.#", "hash"}, Binding{"ex", "#", "all"})
				k.publish(routed("ex", "a.b.c", "m"), routed("ex", "a", "m"))
				for q, want := range map[string]int{"star": 1, "hash": 1, "all": 2} {
					k.depth(q).is(want)
				}
			})},
		{ID: "BROKER-EXC-009", Needs: needs{declaring}, Says: "A queue MUST get one copy of a message, however many of its bindings match.",
			Why: "AMQP; K: a set of queues", Check: check(func(k *kit) {
				k.declare("topic", Binding{"ex", "a.*", "q"}, Binding{"ex", "a.b", "q"}, Binding{"ex", "a.#", "q"})
				k.publish(routed("ex", "a.b", "m"))
				k.depth("q").is(1)
			})},
		{ID: "BROKER-EXC-010", Needs: needs{declaring}, Says: "Characters that mean something in patterns MUST stand for themselves in routing keys.",
			Why: "K translates to regular expressions", Check: check(func(k *kit) {
				k.declare("topic", Binding{"ex", "a+.(b).[c]", "odd"}, Binding{"ex", "x?.$", "more"})
				k.publish(routed("ex", "a+.(b).[c]", "m"), routed("ex", "x?.$", "m"))
				k.depth("odd").is(1)
				k.depth("more").is(1)
			})},
		{ID: "BROKER-EXC-011", Needs: needs{declaring}, Says: "To declare what is declared MUST change nothing.", Why: "every process declares", Check: check(func(k *kit) {
			b := Binding{"ex", "key", "q"}
			k.declare("direct", b, b)
			k.send("q", "a")
			k.declare("direct", b)
			k.publish(routed("ex", "key", "b"))
			k.depth("q").is(2)
		})},
		{ID: "BROKER-EXC-012", Needs: needs{declaring}, Says: "An unbound queue MUST get no more messages, and others still do.",
			Why: "K: SREM", Check: check(func(k *kit) {
				k.declare("direct", Binding{"ex", "key", "one"}, Binding{"ex", "key", "two"})
				k.unbind(Binding{"ex", "key", "one"})
				k.publish(routed("ex", "key", "a"))
				k.depth("one").is(0)
				k.depth("two").is(1)
			})},
		{ID: "BROKER-EXC-013", Needs: needs{declaring}, Says: "A type of exchange that does not exist MUST be refused.",
			Why: "a misspelt type would route to nobody", Check: check(func(k *kit) {
				k.did("Declare tropic").got(nil, k.b.(Declarer).Declare(k.ctx, "tropic", Binding{"ex", "key", "q"})).fails()
			})},
		{ID: "BROKER-EXC-014", Profile: "strict", Needs: needs{declaring, opening}, Says: "An exchange MUST route by its own type for a process that did not declare it, too.",
			Why: "K takes it for a direct one and drops the message: celery issue 2638", Check: check(func(k *kit) {
				k.declare("topic", Binding{"ex", "a.#", "q"}, Binding{"ex", "b.*", "r"})
				k.declare("direct", Binding{"plain", "key", "s"})
				other := k.open("other", Settings{})
				other.publish(routed("ex", "a.b.c", "m"), routed("plain", "key", "m"))
				k.depth("q").is(1)
				k.depth("r").is(0)
				k.depth("s").is(1)
			})},
	}
}
