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
			for _, channel := range k.channels() {
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
			for _, c := range k.channels() {
				k.send(c, msg(1))
				_, err := k.l.Receive(ended(k.Context()), c)
				k.did(err, "Receive(%s) with an ended context", c).fails(context.Canceled)
				k.holds(c, msg(1))
			}
		})},
	}
}
