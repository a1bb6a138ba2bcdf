package layertest

import (
	"context"
	"errors"
	"fmt"

	"github.com/redkit-dev/redkit/conformance"
)

func faultRows() []row {
	return []row{
		{ID: "LAYER-FLT-001", Says: "While the server cannot be reached a send, a group message and a membership MUST fail.", Why: "L: the connection error surfaces", Check: check(func(k *kit) {
			faults := k.Faults()
			own := k.newChannel()
			k.send(own, msg(1))
			faults.Refuse()
			defer faults.Heal()
			k.try(own, msg(2)).fails(nil)
			k.tryGroup("g", msg(2)).fails(nil)
			k.tryAdd("g", own).fails(nil)
			if k.Has(Queues) {
				k.did(k.l.GroupDiscard(k.Context(), "g", own), "GroupDiscard(g, %q)", own).fails(nil)
			}
		})},
		{ID: "LAYER-FLT-002", Needs: needs{Queues}, Says: "Once the server can be reached again everything MUST be as it was.", Why: "an outage is no flush", Check: check(func(k *kit) {
			faults := k.Faults()
			own := k.newChannel()
			k.send(own, msg(1))
			k.send("jobs", msg(1))
			k.add("g", own)
			faults.Cut()
			_ = k.try("jobs", marker()) // may meet a connection that broke
			k.send("jobs", msg(2))
			faults.Refuse()
			k.try("jobs", msg(3)).fails(nil)
			faults.Heal()
			k.until("GroupSend", func() error { return k.l.GroupSend(k.Context(), "g", msg(3)) })
			k.holds("jobs", msg(1), msg(2))
			k.holds(own, msg(1), msg(3))
		})},
		{ID: "LAYER-FLT-003", Needs: needs{Broadcasts}, Says: "After its connection was lost a layer MUST listen again to all that it did before, and lose nothing that had arrived.", Why: "L pubsub: seen live", Check: check(func(k *kit) {
			faults := k.Faults()
			own, second := k.newChannel(), k.newChannel()
			k.listen("news")
			k.add("g", second)
			k.send(own, msg(1))
			k.send(own, msg(2))
			k.gets(own, msg(1)) // so the other one has arrived, or comes with it
			k.holds(own, msg(2))
			faults.Cut()
			k.hears(own, func() error { return k.l.Send(k.Context(), own, marker()) })
			k.hears("news", func() error { return k.l.Send(k.Context(), "news", marker()) })
			k.hears(second, func() error { return k.l.GroupSend(k.Context(), "g", marker()) })
		})},
		{ID: "LAYER-FLT-004", Says: "A message whose send is spoiled at any step MUST NOT be received twice, and be received if the send succeeds.", Why: "S: at most once; a client that repeats a command", Check: check(func(k *kit) {
			k.everyStep(spoils, func(string) {}, func(s step) error { return k.l.Send(k.Context(), s.channel, msg(1)) }, func(s step, err error) {
				if n := k.there(s.channel, msg(1)); n > 1 || n == 0 && err == nil && k.Has(Queues) {
					k.Errorf("with %s Send = %v, and the message was received %d times", s, err, n)
				}
			})
		})},
		{ID: "LAYER-FLT-005", Says: "A group message whose sending is spoiled at any step MUST NOT reach a member twice, and reach all if it succeeds.", Why: "as LAYER-FLT-004", Check: check(func(k *kit) {
			k.everyStep(spoils, func(c string) {
				if k.Has(AnyMember) {
					k.add("g."+c, c)
				} else {
					k.add("g", c)
				}
			}, func(s step) error {
				if k.Has(AnyMember) {
					return k.l.GroupSend(k.Context(), "g."+s.channel, msg(1))
				}
				return k.l.GroupSend(k.Context(), "g", msg(1))
			}, func(s step, err error) {
				if n := k.there(s.channel, msg(1)); n > 1 || n == 0 && err == nil && k.Has(Queues) {
					k.Errorf("with %s GroupSend = %v, and the message was received %d times", s, err, n)
				}
			})
		})},
		{ID: "LAYER-FLT-006", Profile: "strict", Needs: needs{Queues}, Says: "A receive that is spoiled at any step MUST NOT lose the message that waits for it.", Why: "L core pops it, and writes it into the backup later", Check: check(func(k *kit) {
			k.interrupted(spoils, func(s step, r received, n int) {
				if n == 0 {
					k.Errorf("with %s Receive = %v, %v, and the message is lost", s, r.msg, r.err)
				}
			})
		})},
		{ID: "LAYER-FLT-007", Profile: "strict", Needs: needs{Queues}, Says: "A receiver that is cancelled while the server is silent, at any step, MUST end at once and leave the message to the next.",
			Why: "C#1683; L core: what was popped before the cancellation is lost", Check: check(func(k *kit) {
				k.interrupted([]string{"stall"}, func(s step, r received, n int) {
					if n != 1 {
						k.Errorf("with the reply to command %d held back Receive = %v, %v, and the message was received %d times in all, want once", s.n+1, r.msg, r.err, n)
					}
				})
			})},
		{ID: "LAYER-FLT-008", Profile: "strict", Needs: needs{Queues, Keeps}, Says: "A receiver that waits while the way to the server breaks at any step MUST NOT lose what is sent to it then.",
			Why: "BZPOPMIN hands a message to a connection that may be gone", Check: check(func(k *kit) {
				for _, fault := range spoils {
					for n := range 3 {
						c := fmt.Sprintf("jobs%d.%.3s", n, fault)
						ctx, cancel := context.WithCancel(k.Context())
						got := k.receiving(ctx, c)
						k.Faults().(conformance.Stepper).At(n, fault)
						k.until("Send", func() error { return k.l.Send(k.Context(), c, msg(1)) })
						k.struck(got)
						cancel()
						r := <-got
						k.Faults().Heal()
						seen := k.there(c, msg(1))
						if r.err == nil && same(r.msg, msg(1)) {
							seen++
						}
						if seen == 0 {
							k.Errorf("with %.7s of command %d spoiled Receive = %v, %v, and the message is lost", fault, n+1, r.msg, r.err)
						}
					}
				}
			})},
		{ID: "LAYER-FLT-009", Needs: needs{Queues}, Says: "What the server refuses MUST fail, as no full channel and no bad name, and change nothing.", Why: "LOADING, READONLY, OOM: failover and maxmemory", Check: check(func(k *kit) {
			k.send("jobs", msg(1))
			for _, reply := range []string{outOfMemory, readOnly, loading} {
				k.Faults().Reply(reply)
				v := k.try("jobs", msg(2))
				v.fails(nil)
				if errors.Is(v.err, ErrFull) || errors.Is(v.err, ErrInvalid) {
					k.Errorf("%s = %v, want an error of another kind", v.call, v.err)
				}
				_, err := k.l.Receive(k.Context(), "jobs")
				k.did(err, "Receive(jobs) while the server says %.7s", reply).fails(nil)
				k.Faults().Heal()
			}
			if got := k.settledDrain("jobs"); len(got) != 1 || !same(got[0], msg(1)) {
				k.Errorf("jobs holds %s, want the message of before", shown(got))
			}
		})},
		{ID: "LAYER-FLT-010", Needs: needs{Queues, AnyMember}, Says: "After its server was restarted a layer MUST go on with what the server kept, and without the scripts that it lost.", Why: "a restart is an error or two, not a new deployment", Check: check(func(k *kit) {
			restarter, ok := k.Faults().(conformance.Restarter)
			if !ok {
				k.Unproven("the faults cannot restart the server")
			}
			own := k.newChannel()
			k.send(own, msg(1))
			k.add("g", own, "jobs")
			got := k.receiving(k.Context(), "jobs")
			if err := restarter.Restart(k.Context()); errors.Is(err, errors.ErrUnsupported) {
				k.Unproven("restart the server: %v", err)
			} else if err != nil {
				k.Fatalf("restart the server: %v", err)
			}
			k.until("GroupSend", func() error { return k.l.GroupSend(k.Context(), "g", msg(2)) })
			r := <-got
			if r.err != nil {
				k.until("Receive", func() (err error) {
					r.msg, err = k.l.Receive(k.Context(), "jobs")
					return err
				})
			}
			if !same(r.msg, msg(2)) {
				k.Errorf("the receiver got %v, want %v", r.msg, msg(2))
			}
			k.holds(own, msg(1), msg(2))
		})},
	}
}
