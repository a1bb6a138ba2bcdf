package layertest

import (
	"context"
	"errors"
)

// ended is a context that has ended.
func ended(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx
}

func contextRows() []row {
	return []row{
		{ID: "LAYER-CTX-001", Says: "Receive MUST end with its context's error.", Why: "the port", Check: check(func(k *kit) {
			_, err := k.l.Receive(ended(k.Context()), "jobs")
			k.did(err, "Receive(jobs) with an ended context").fails(context.Canceled)
			ctx, cancel := context.WithCancel(k.Context())
			got := make(chan error, 1)
			go func() { // ends with ctx
				_, err := k.l.Receive(ctx, "jobs")
				got <- err
			}()
			cancel()
			k.did(<-got, "Receive(jobs) that is cancelled").fails(context.Canceled)
		})},
		{ID: "LAYER-CTX-002", Says: "A receiver that is cancelled MUST NOT take a message along.", Why: "C#1683", Check: check(func(k *kit) {
			for _, channel := range []string{"jobs", k.newChannel()} {
				for i := range 20 {
					ctx, cancel := context.WithCancel(k.Context())
					got := make(chan error, 1)
					go func() { // ends with ctx
						_, err := k.l.Receive(ctx, channel)
						got <- err
					}()
					cancel()
					k.send(channel, msg(i))
					if err := <-got; err == nil {
						continue
					} else if !errors.Is(err, context.Canceled) {
						k.Fatalf("Receive(%q) = %v, want it cancelled", channel, err)
					}
					k.holds(channel, msg(i))
				}
			}
		})},
		{ID: "LAYER-CTX-003", Says: "An ended context MUST NOT take a message.", Why: "the port", Check: check(func(k *kit) {
			k.send("jobs", msg(1))
			_, err := k.l.Receive(ended(k.Context()), "jobs")
			k.did(err, "Receive(jobs) with an ended context").fails(context.Canceled)
			k.holds("jobs", msg(1))
		})},
	}
}

func flushRows() []row {
	flush := func(k *kit) {
		k.Helper()
		k.did(k.l.Flush(k.Context()), "Flush()").ok()
	}
	return []row{
		{ID: "LAYER-FLU-001", Says: "Flush MUST forget all messages.", Why: "S: the flush extension", Check: check(func(k *kit) {
			k.send("a", msg(1))
			k.send("b", msg(2))
			flush(k)
			k.holds("a")
			k.holds("b")
		})},
		{ID: "LAYER-FLU-002", Says: "Flush MUST forget all memberships.", Why: "S", Check: check(func(k *kit) {
			k.add("g", "jobs")
			flush(k)
			k.groupSend("g", msg(1))
			k.holds("jobs")
		})},
		{ID: "LAYER-FLU-003", Says: "A layer MUST go on working after Flush.", Why: "L", Check: check(func(k *kit) {
			flush(k)
			k.send("jobs", msg(1))
			k.holds("jobs", msg(1))
			k.add("g", "jobs")
			k.groupSend("g", msg(2))
			k.holds("jobs", msg(2))
		})},
	}
}
