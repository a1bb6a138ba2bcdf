package brokertest

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// crowd is how many goroutines a check of concurrency uses.
const crowd = 6

// together runs f in a crowd at once and waits for all of them.
func together(f func(i int)) {
	begin := make(chan struct{})
	var wait sync.WaitGroup
	for i := range crowd {
		wait.Go(func() {
			<-begin
			f(i)
		})
	}
	close(begin)
	wait.Wait()
}

func concurrentRows() []row {
	return []row{
		{ID: "BROKER-CON-001", Says: "Concurrent publishers MUST lose nothing, and each one's messages keep their order.",
			Why: "K", Check: check(func(k *kit) {
				const each = 20
				together(func(i int) {
					for n := range each {
						if err := k.b.Publish(k.ctx, text("q", fmt.Sprintf("%d:%02d", i, n))); err != nil {
							k.Errorf("Publish in a crowd failed: %v", err)
						}
					}
				})
				k.depth("q").is(crowd * each)
				next := map[string]int{}
				for _, d := range k.consumer("w", "q").take(crowd * each) {
					who, n := string(d.Body[:1]), string(d.Body[2:])
					if n != fmt.Sprintf("%02d", next[who]) {
						k.Fatalf("publisher %s's message %s comes where %02d should", who, n, next[who])
					}
					next[who]++
				}
			})},
		{ID: "BROKER-CON-002", Says: "Concurrent consumers MUST be handed each message once.", Why: "K: 1500 messages under stress", Check: check(func(k *kit) {
			const n = 60
			for i := range n {
				k.publish(text("q", fmt.Sprintf("%02d", i)))
			}
			var mu sync.Mutex
			var got []string
			together(func(i int) {
				c, err := k.b.Consume(k.ctx, fmt.Sprint("w", i), "q")
				if err != nil {
					k.Errorf("Consume failed: %v", err)
					return
				}
				defer c.Kill()
				for {
					ds, err := c.Claim(k.ctx, 2)
					if err != nil {
						k.Errorf("Claim in a crowd failed: %v", err)
					}
					if err != nil || len(ds) == 0 {
						return
					}
					mu.Lock()
					got = append(got, names(ds)...)
					mu.Unlock()
					if err := c.Ack(k.ctx, ds...); err != nil {
						k.Errorf("Ack in a crowd failed: %v", err)
					}
				}
			})
			slices.Sort(got)
			if len(slices.Compact(slices.Clone(got))) != n || len(got) != n {
				k.Errorf("%d deliveries of %d messages, want each of %d once", len(got), len(slices.Compact(got)), n)
			}
		})},
		{ID: "BROKER-CON-003", Needs: needs{sweeping}, Says: "Concurrent sweeps MUST restore each message once.", Why: "K: WATCH and EXEC", Check: check(func(k *kit) {
			const n = 60
			k.publish(many("q", n)...)
			k.consumer("w", "q").take(n)
			k.Advance(visibility + k.Margin())
			together(func(int) {
				if err := k.b.(Sweeper).Restore(k.ctx); err != nil {
					k.Errorf("Restore in a crowd failed: %v", err)
				}
			})
			k.depth("q").is(n)
		})},
		{ID: "BROKER-CON-004", Profile: "strict", Says: "Of concurrent settlements of one delivery exactly one MUST succeed.",
			Why: "an ack and a requeue cannot both be true", Check: check(func(k *kit) {
				for range 10 {
					k.send("q", "a")
					c := k.consumer("w", "q")
					d := c.take(1)[0]
					var acked, requeued atomic.Int64
					together(func(i int) {
						if i%2 == 0 && c.c.Ack(k.ctx, d) == nil {
							acked.Add(1)
						}
						if i%2 == 1 && c.c.Reject(k.ctx, true, d) == nil {
							requeued.Add(1)
						}
					})
					if acked.Load()+requeued.Load() != 1 {
						k.Fatalf("%d acks and %d requeues of one delivery succeeded, want one of them", acked.Load(), requeued.Load())
					}
					k.depth("q").is(int(requeued.Load()))
					if requeued.Load() == 1 {
						c.ack(c.take(1)...).ok()
					}
				}
			})},
		{ID: "BROKER-CON-005", Needs: needs{naming}, Says: "Of concurrent publications under one name exactly one MUST be accepted.", Why: "two schedulers at the same second", Check: check(func(k *kit) {
			for n := range 10 {
				together(func(int) {
					m := text("q", "a")
					m.Once = fmt.Sprint("n", n)
					if err := k.b.Publish(k.ctx, m); err != nil {
						k.Errorf("Publish in a crowd failed: %v", err)
					}
				})
				k.depth("q").is(n + 1)
			}
		})},
	}
}
