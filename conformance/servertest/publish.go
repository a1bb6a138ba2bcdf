package servertest

import (
	"cmp"
	"slices"
)

func publishRows() []row {
	message := func(channel, text string) []any { return []any{"message", channel, text} }
	return []row{
		{ID: "SERVER-PUB-001", Says: "SUBSCRIBE and UNSUBSCRIBE MUST be confirmed channel by channel with the count that is left.",
			Why: "C results, L pub/sub", Check: check(func(k *kit) {
				k.do("SUBSCRIBE", "a", "b").is([]any{"subscribe", "a", 1})
				k.next("the second confirmation").is([]any{"subscribe", "b", 2})
				k.do("UNSUBSCRIBE", "a").is([]any{"unsubscribe", "a", 1})
				k.do("UNSUBSCRIBE").is([]any{"unsubscribe", "b", 0})
				k.do("UNSUBSCRIBE").is([]any{"unsubscribe", nil, 0})
			})},
		{ID: "SERVER-PUB-002", Says: "A message MUST reach every subscriber of its channel, once, and PUBLISH count them.",
			Why: "C results: a task's caller waits for it", Check: check(func(k *kit) {
				a, b := k.another("a"), k.another("b")
				defer a.close()
				defer b.close()
				k.do("PUBLISH", k.name("ch"), "early").is(0)
				a.do("SUBSCRIBE", k.name("ch")).ok()
				b.do("SUBSCRIBE", k.name("ch"), k.name("other")).ok()
				b.next("the second confirmation").ok()
				k.do("PUBLISH", k.name("ch"), "hello").is(2)
				a.heard(message(k.name("ch"), "hello"))
				b.heard(message(k.name("ch"), "hello"))
			})},
		{ID: "SERVER-PUB-003", Says: "Messages MUST come in the order of their PUBLISH, with every byte.",
			Why: "L pub/sub: MessagePack", Check: check(func(k *kit) {
				a := k.another("a")
				defer a.close()
				a.do("SUBSCRIBE", k.name("ch")).ok()
				for _, m := range []string{"\x82\xa4type\x00\r\n", "", "third"} {
					k.do("PUBLISH", k.name("ch"), m).is(1)
				}
				a.heard(message(k.name("ch"), "\x82\xa4type\x00\r\n"), message(k.name("ch"), ""), message(k.name("ch"), "third"))
			})},
		{ID: "SERVER-PUB-004", Says: "PSUBSCRIBE MUST get what its pattern matches, with pattern and channel.",
			Why: "K fanout: PSUBSCRIBE /0.celeryev", Check: check(func(k *kit) {
				a := k.another("a")
				defer a.close()
				a.do("PSUBSCRIBE", k.name("/0.celery*/task.*")).is([]any{"psubscribe", k.name("/0.celery*/task.*"), 1})
				k.do("PUBLISH", k.name("/0.celeryev/task.sent"), "e").is(1)
				k.do("PUBLISH", k.name("/0.celeryev/worker.online"), "e").is(0)
				a.heard([]any{"pmessage", k.name("/0.celery*/task.*"), k.name("/0.celeryev/task.sent"), "e"})
			})},
		{ID: "SERVER-PUB-005", Says: "A connection with several subscriptions that match MUST get the message by each.",
			Why: "Redis; a fake delivered one", Check: check(func(k *kit) {
				a := k.another("a")
				defer a.close()
				a.do("SUBSCRIBE", k.name("ch")).ok()
				a.do("PSUBSCRIBE", k.name("*")).ok()
				a.do("PSUBSCRIBE", k.name("?h")).ok()
				k.do("PUBLISH", k.name("ch"), "x").is(3)
				got := a.messages()
				slices.SortFunc(got, func(a, b any) int { return cmp.Compare(show(a), show(b)) }) // patterns in any order
				want := []any{message(k.name("ch"), "x"), []any{"pmessage", k.name("*"), k.name("ch"), "x"}, []any{"pmessage", k.name("?h"), k.name("ch"), "x"}}
				if !same(want, got) {
					k.Errorf("the messages are %s, want one for each subscription: %s", show(got), show(want))
				}
			})},
		{ID: "SERVER-PUB-006", Says: "Messages of a channel MUST NOT come after its UNSUBSCRIBE.",
			Why: "C forget", Check: check(func(k *kit) {
				a := k.another("a")
				defer a.close()
				a.do("SUBSCRIBE", k.name("ch"), k.name("kept")).ok()
				a.next("the second confirmation").ok()
				a.do("UNSUBSCRIBE", k.name("ch")).ok()
				k.do("PUBLISH", k.name("ch"), "x").is(0)
				k.do("PUBLISH", k.name("kept"), "y").is(1)
				a.heard(message(k.name("kept"), "y"))
			})},
		{ID: "SERVER-PUB-007", Needs: needs{databases}, Says: "Channels MUST be those of the whole server, whatever the database.",
			Why: "K puts the database into the channel's name because of it", Check: check(func(k *kit) {
				a := k.another("a")
				defer a.close()
				a.do("SUBSCRIBE", k.name("scope")).ok()
				k.do("SELECT", "1").is("OK")
				k.do("PUBLISH", k.name("scope"), "x").is(1)
				a.heard(message(k.name("scope"), "x"))
			})},
		{ID: "SERVER-PUB-008", Says: "A subscribed connection of RESP2 MUST be refused other commands.",
			Why: "Redis: pools must not lend it", Check: check(func(k *kit) {
				k.do("SUBSCRIBE", k.name("ch")).ok()
				k.do("GET", "a").fails("ERR")
				k.do("UNSUBSCRIBE", k.name("ch")).ok()
				k.do("GET", "a").null()
			})},
		{ID: "SERVER-PUB-009", Says: "A message published in a transaction MUST come after EXEC, and none after DISCARD.",
			Why: "C: SETEX and PUBLISH in MULTI", Check: check(func(k *kit) {
				a := k.another("a")
				defer a.close()
				a.do("SUBSCRIBE", k.name("ch")).ok()
				k.do("MULTI").is("OK")
				k.do("SETEX", "r", "100", "{}").is("QUEUED")
				k.do("PUBLISH", k.name("ch"), "{}").is("QUEUED")
				a.heard()
				k.do("EXEC").is([]any{"OK", 1})
				a.heard(message(k.name("ch"), "{}"))
				k.do("MULTI").is("OK")
				k.do("PUBLISH", k.name("ch"), "never").is("QUEUED")
				k.do("DISCARD").is("OK")
				a.heard()
			})},
		{ID: "SERVER-PUB-010", Says: "PUBSUB NUMSUB and CHANNELS MUST show who listens.",
			Why: "monitors of channel layers", Check: check(func(k *kit) {
				a := k.another("a")
				defer a.close()
				a.do("SUBSCRIBE", k.name("n")).ok()
				k.do("PUBSUB", "NUMSUB", k.name("n"), k.name("none")).is([]any{k.name("n"), 1, k.name("none"), 0})
				k.do("PUBSUB", "CHANNELS", k.name("*")).list(k.name("n"))
			})},
		{ID: "SERVER-PUB-011", Needs: needs{inspects}, Says: "A subscriber that has gone MUST NOT be counted.",
			Why: "L on_disconnect", Check: check(func(k *kit) {
				a := k.another("a")
				id := a.do("CLIENT", "ID").text()
				a.do("SUBSCRIBE", k.name("ch")).ok()
				k.do("PUBLISH", k.name("ch"), "x").is(1)
				a.close()
				k.goneFrom(id)
				k.do("PUBLISH", k.name("ch"), "x").is(0)
			})},
	}
}
