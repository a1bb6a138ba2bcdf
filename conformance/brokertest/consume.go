package brokertest

import "fmt"

func consumeRows() []row {
	return []row{
		{ID: "BROKER-CNS-001", Says: "Messages of one queue and priority MUST be handed out in the order they were published.",
			Why: "K: LPUSH and BRPOP", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c", "d")
				c := k.consumer("w", "q")
				for _, want := range []string{"a", "b", "c", "d"} {
					c.ack(c.gets(want)...).ok()
				}
				k.send("q", "e")
				c.gets("e")
			})},
		{ID: "BROKER-CNS-002", Says: "A claim on empty queues MUST give no message and no error.", Why: "K: Empty", Check: check(func(k *kit) {
			c := k.consumer("w", "q", "r")
			c.nothing()
			k.send("q", "a")
			c.ack(c.gets("a")...).ok()
			c.nothing()
		})},
		{ID: "BROKER-CNS-003", Says: "A claim MUST NOT give more messages than it asks for.",
			Why: "the prefetch limit of a worker", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c", "d", "e")
				c := k.consumer("w", "q")
				for _, n := range []int{1, 2, 0} {
					if ds, _ := c.claim(n).ok().value.([]Delivery); len(ds) > n {
						k.Errorf("Claim(%d) gave %s", n, show(ds))
					}
				}
			})},
		{ID: "BROKER-CNS-004", Says: "What is beyond the limit of a claim MUST stay ready for other consumers.",
			Why: "one worker must not hoard: K leaves one more in its socket", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c")
				k.consumer("w", "q").gets("a")
				k.depth("q").is(2)
				k.consumer("x", "q").gets("b", "c")
			})},
		{ID: "BROKER-CNS-005", Says: "A message that was claimed MUST NOT be handed to anybody else.",
			Why: "K: unacked", Check: check(func(k *kit) {
				k.send("q", "a")
				c, other := k.consumer("w", "q"), k.consumer("x", "q")
				c.gets("a")
				other.nothing()
				c.nothing()
				k.send("q", "b")
				other.gets("b")
				c.nothing()
			})},
		{ID: "BROKER-CNS-006", Says: "A message that was claimed MUST NOT count in the depth of its queue.",
			Why: "depth is what is ready: K LLEN", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				k.consumer("w", "q").gets("a")
				k.depth("q").is(1)
			})},
		{ID: "BROKER-CNS-007", Says: "Competing consumers MUST share a queue: each message goes to one of them.",
			Why: "K: one pops it", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c", "d", "e", "f")
				c, other := k.consumer("w", "q"), k.consumer("x", "q")
				for _, want := range [][2]string{{"a", "b"}, {"c", "d"}, {"e", "f"}} {
					c.gets(want[0])
					other.gets(want[1])
				}
				c.nothing()
				other.nothing()
			})},
		{ID: "BROKER-CNS-008", Says: "A consumer of several queues MUST serve them in turn.",
			Why: "K: queue_order_strategy round_robin", Check: check(func(k *kit) {
				k.fill("a", "b", "c")
				k.consumer("w", "a", "b", "c").gets("a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2")
			})},
		{ID: "BROKER-CNS-009", Says: "A queue that is always full MUST NOT starve another of the same priority.",
			Why: "K: a gap of no more than there are queues", Check: check(func(k *kit) {
				c := k.consumer("w", "busy", "calm")
				for round := range 4 {
					k.send("busy", fmt.Sprint("b", round), fmt.Sprint("b'", round))
				}
				for round := range 4 {
					k.send("calm", fmt.Sprint("c", round))
					served := names(c.take(2))
					if served[0][0] == served[1][0] {
						k.Errorf("of two queues with messages Claim served %s", show(served))
					}
				}
			})},
		{ID: "BROKER-CNS-010", Says: "Only the queue just served MUST go to the end of the turn; an empty one keeps its place.",
			Why: "K: round_robin_cycle.rotate", Check: check(func(k *kit) {
				c := k.consumer("w", "a", "b", "c")
				k.send("b", "b0", "b1")
				k.send("c", "c0")
				c.gets("b0") // then a, c, b
				k.send("a", "a0")
				c.gets("a0") // then c, b, a
				k.send("a", "a1")
				c.gets("c0", "b1", "a1")
			})},
		{ID: "BROKER-CNS-011", Says: "A claim of several messages MUST take them in the order that as many claims of one would.",
			Why: "batches change the cost, not the order", Check: check(func(k *kit) {
				k.fill("a", "b")
				k.publish(ranked("b", int64(6), "low"))
				c := k.consumer("w", "a", "b")
				ds, _ := c.claim(7).ok().value.([]Delivery)
				if got, want := show(names(ds)), show([]string{"a0", "b0", "a1", "b1", "a2", "b2", "low"}[:len(ds)]); got != want || len(ds) == 0 {
					k.Errorf("Claim(7) gave %s, want %s", got, want)
				}
			})},
		{ID: "BROKER-CNS-012", Says: "The turn MUST begin with the queue named first.",
			Why: "K since commit 9d096dd0; before, the order of a set", Check: check(func(k *kit) {
				queues := []string{"z", "m", "a", "y", "b", "x", "c", "n"}
				k.fill(queues...)
				var want []string
				for _, q := range queues {
					want = append(want, q+"0")
				}
				k.consumer("w", queues...).gets(want...)
			})},
		{ID: "BROKER-CNS-013", Says: "A consumer MUST be handed messages of its own queues only.",
			Why: "workers are told apart by their queues", Check: check(func(k *kit) {
				k.send("theirs", "x")
				k.send("mine", "a")
				c := k.consumer("w", "mine", "mine too")
				c.gets("a")
				c.nothing()
				k.depth("theirs").is(1)
			})},
		{ID: "BROKER-CNS-014", Says: "A delivery MUST say where it was published to and which queue it was taken from.",
			Why: "K: delivery_info", Check: check(func(k *kit) {
				k.send("q", "a")
				k.send("r", "b")
				for _, d := range k.consumer("w", "q", "r").finds("a", "b") {
					want := map[string]string{"a": "q", "b": "r"}[string(d.Body)]
					if d.Queue != want || d.Exchange != "" || d.RoutingKey != want {
						k.Errorf("%s says queue %q, exchange %q, routing key %q; want %q, the default one and %q", d.Body, d.Queue, d.Exchange, d.RoutingKey, want, want)
					}
				}
			})},
		{ID: "BROKER-CNS-015", Says: "A message handed out for the first time MUST NOT be flagged as redelivered.",
			Why: "handlers skip work they believe done", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				k.consumer("w", "q").gets("a")
				k.consumer("x", "q").gets("b")
			})},
		{ID: "BROKER-CNS-016", Says: "The end of a consumer that holds nothing MUST lose nothing.", Why: "scaling down", Check: check(func(k *kit) {
			k.send("q", "a")
			k.consumer("w", "q").close().ok()
			k.consumer("x", "q").kill()
			k.depth("q").is(1)
			k.consumer("y", "q").gets("a")
		})},
		{ID: "BROKER-CNS-017", Says: "A consumer of no queues MUST be handed nothing.", Why: "a worker whose queues were all cancelled", Check: check(func(k *kit) {
			k.send("q", "a")
			k.consumer("w").nothing()
			k.depth("q").is(1)
		})},
		{ID: "BROKER-CNS-018", Needs: needs{opening}, Says: "A consumer MUST be handed what another process published.",
			Why: "that is what a broker is for", Check: check(func(k *kit) {
				other := k.open("other", Settings{})
				c := other.consumer("w", "q")
				k.send("q", "a")
				c.ack(c.gets("a")...).ok()
				other.send("q", "b")
				k.consumer("x", "q").gets("b")
			})},
	}
}

// fill puts three messages into each queue, named by queue and number.
func (k *kit) fill(queues ...string) {
	k.Helper()
	for _, q := range queues {
		k.send(q, q+"0", q+"1", q+"2")
	}
}
