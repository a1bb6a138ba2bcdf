package brokertest

import "context"

// An ear is a listener whose calls are recorded.
type ear struct {
	k    *kit
	name string
	l    Listener
}

func (k *kit) listen(name string, bindings ...Binding) *ear {
	k.Helper()
	k.Call("%s = %sListen(%s)", name, k.label, join(bindings, func(b Binding) string { return show(b) }))
	l, err := k.b.(Broadcaster).Listen(k.ctx, bindings...)
	if err != nil {
		k.Fatalf("Listen failed: %v, want no error", err)
	}
	e := &ear{k, name, l}
	return e
}

// hears wants the next broadcasts to have these bodies.
func (e *ear) hears(bodies ...string) {
	e.k.Helper()
	for _, want := range bodies {
		o := e.k.did(e.name + ".Next")
		h, err := e.l.Next(e.k.ctx)
		if err != nil || string(h.Body) != want {
			e.k.Fatalf("%s, want %s", o.got(h, err).text(), clip(want))
		}
	}
}

// message wants a message that was published to the exchange, in whatever
// envelope. A last word comes after it.
func (e *ear) message(exchange string) {
	e.k.Helper()
	e.k.cast(exchange, "", "last word")
	h, err := e.l.Next(e.k.ctx)
	if err != nil || h.Exchange != exchange || len(h.Body) == 0 || string(h.Body) == "last word" {
		e.k.Errorf("%s.Next() = %s, %v, want the message to %s", e.name, show(h), err, exchange)
	}
}

func (e *ear) close() { _ = e.l.Close() }

func (k *kit) cast(exchange, key, body string) {
	k.Helper()
	k.did("Broadcast", exchange, key, body).got(nil, k.b.(Broadcaster).Broadcast(k.ctx, exchange, key, []byte(body))).ok()
}

// What must not arrive is followed by a last word that must: broadcasts of
// one sender keep their order, so nobody waits for silence.
func fanoutRows() []row {
	return []row{
		{ID: "BROKER-FAN-001", Needs: needs{casting}, Says: "A broadcast MUST reach every listener of its exchange, once each.",
			Why: "K: PUBLISH", Check: check(func(k *kit) {
				one, two := k.listen("one", Binding{Exchange: "ex"}), k.listen("two", Binding{Exchange: "ex"})
				defer one.close()
				defer two.close()
				k.cast("ex", "", "a")
				k.cast("ex", "", "b")
				one.hears("a", "b")
				two.hears("a", "b")
			})},
		{ID: "BROKER-FAN-002", Needs: needs{casting}, Says: "A broadcast MUST NOT be kept for those who listen later.",
			Why: "K: nothing is stored", Check: check(func(k *kit) {
				k.cast("ex", "", "early")
				l := k.listen("l", Binding{Exchange: "ex"})
				defer l.close()
				k.cast("ex", "", "last")
				l.hears("last")
				k.depth("ex").is(0)
			})},
		{ID: "BROKER-FAN-003", Needs: needs{casting}, Says: "A listener MUST hear the routing keys it is bound for: none, one, or with # any.",
			Why: "K: fanout_patterns", Check: check(func(k *kit) {
				plain, online := k.listen("plain", Binding{Exchange: "ev"}), k.listen("online", Binding{Exchange: "ev", RoutingKey: "worker.online"})
				all, worker := k.listen("all", Binding{Exchange: "ev", RoutingKey: "#"}), k.listen("worker", Binding{Exchange: "ev", RoutingKey: "worker.#"})
				for _, e := range []*ear{plain, online, all, worker} {
					defer e.close()
				}
				k.cast("ev", "task.sent", "a")
				k.cast("ev", "worker.online", "b")
				k.cast("ev", "worker.heartbeat", "c")
				k.cast("ev", "", "d")
				k.cast("ev", "worker.online", "last")
				k.cast("ev", "", "last")
				plain.hears("d", "last")
				online.hears("b", "last")
				all.hears("a", "b", "c")
				worker.hears("b", "c", "last")
			})},
		{ID: "BROKER-FAN-004", Needs: needs{casting}, Says: "A listener MUST NOT hear other exchanges, whatever characters their names hold.",
			Why: "K subscribes by pattern and quotes nothing", Check: check(func(k *kit) {
				l := k.listen("l", Binding{Exchange: "ex*"}, Binding{Exchange: "e[xy]"}, Binding{Exchange: "w?"})
				defer l.close()
				for _, other := range []string{"ex", "exx", "ey", "ex1", "wx", "ex*1"} {
					k.cast(other, "", "not for you")
				}
				k.cast("ex*", "", "a")
				k.cast("e[xy]", "", "b")
				k.cast("w?", "", "c")
				l.hears("a", "b", "c")
			})},
		{ID: "BROKER-FAN-005", Needs: needs{casting}, Says: "A broadcast MUST arrive bit for bit, and say its exchange and routing key.",
			Why: "K; the channel carries both", Check: check(func(k *kit) {
				l := k.listen("l", Binding{Exchange: "celeryev", RoutingKey: "#"})
				defer l.close()
				k.cast("celeryev", "worker.online", allBytes())
				h, err := l.l.Next(k.ctx)
				if err != nil || string(h.Body) != allBytes() || h.Exchange != "celeryev" || h.RoutingKey != "worker.online" {
					k.Errorf("Next() = %s, %v, want 256 bytes from celeryev by worker.online", show(h), err)
				}
			})},
		{ID: "BROKER-FAN-006", Needs: needs{casting, declaring}, Says: "A message published to a fanout exchange MUST reach its listeners and stay in no queue.",
			Why: "K: the type of the exchange decides", Check: check(func(k *kit) {
				k.declare("fanout", Binding{"ex", "", "mine"})
				l := k.listen("l", Binding{Exchange: "ex"})
				defer l.close()
				k.publish(routed("ex", "", "a"))
				l.message("ex")
				k.depth("mine").is(0)
			})},
		{ID: "BROKER-FAN-007", Profile: "strict", Needs: needs{casting, declaring, opening, inspecting}, Says: "A broadcast queue that a worker declared MUST be a fanout one for a producer that did not.",
			Why: "K pushes into a list nobody reads: celery issues 2638 and 6549, seen live", Check: check(func(k *kit) {
				k.declare("fanout", Binding{"bcast", "", "bcast.0f4a"})
				l := k.listen("l", Binding{Exchange: "bcast"})
				defer l.close()
				k.open("other", Settings{}).publish(routed("bcast", "", "a"))
				k.depth("bcast.0f4a").is(0)
				l.message("bcast")
			})},
		{ID: "BROKER-FAN-008", Needs: needs{casting, inspecting}, Says: "A listener that is closed MUST leave no subscription on the server.",
			Why: "K unsubscribes by name from what it subscribed by pattern; seen live", Check: check(func(k *kit) {
				before := k.do("PUBSUB", "NUMPAT")
				l := k.listen("l", Binding{Exchange: "ex"}, Binding{Exchange: "ev", RoutingKey: "#"})
				l.close()
				for range 1000 { // the server reads the end of a connection when it comes to it
					if k.do("PUBSUB", "NUMPAT") == before {
						return
					}
				}
				k.Errorf("PUBSUB NUMPAT = %s after the listener was closed, %s before it listened", k.do("PUBSUB", "NUMPAT"), before)
			})},
		{ID: "BROKER-FAN-009", Needs: needs{casting}, Says: "Waiting for a broadcast MUST end with the context.", Why: "a Go call honours its context", Check: check(func(k *kit) {
			l := k.listen("l", Binding{Exchange: "ex"})
			defer l.close()
			ctx, cancel := context.WithCancel(k.ctx)
			cancel()
			h, err := l.l.Next(ctx)
			k.did("l.Next").got(h, err).fails(context.Canceled)
		})},
	}
}
