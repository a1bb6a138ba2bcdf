package brokertest

import (
	"context"
	"fmt"
	"slices"

	"github.com/redkit-dev/redkit/conformance/internal/steps"
)

// left takes all messages of queues, those that come back too, settles them,
// and returns their bodies.
func (k *kit) left(queues ...string) (all []string) {
	k.Helper()
	c := k.consumer("counter", queues...)
	defer c.kill()
	take := func() {
		for {
			ds, _ := c.claim(9).ok().value.([]Delivery)
			if len(ds) == 0 {
				return
			}
			all = append(all, bodies(ds)...)
			c.ack(ds...).ok()
		}
	}
	take()
	k.expire()
	take()
	slices.Sort(all)
	return all
}

// count is how many messages are left in a queue.
func (k *kit) count(queue string) int {
	k.Helper()
	return len(k.left(queue))
}

// once wants a message exactly once, now or after the visibility timeout.
func (k *kit) once(t steps.Trial) {
	k.Helper()
	if n := k.count(t.Name); n != 1 {
		k.Errorf("%v, and the message is there %d times, want once", t, n)
	}
}

// each wants these messages, each once, in the queues of a trial.
func (k *kit) each(t steps.Trial, queues []string, wants ...string) {
	k.Helper()
	if got := k.left(queues...); !slices.Equal(got, wants) {
		k.Errorf("%v, and left are %s, want %s", t, show(got), show(wants))
	}
}

func stepRows() []row {
	return []row{
		{ID: "BROKER-STP-001", Needs: needs{sweeping}, Says: "A publish of several messages spoiled at any step MUST have published each of them once if it succeeds, and none twice if it fails.",
			Why: "a batch may break in the middle", Check: check(func(k *kit) {
				all := []string{"a", "b", "c"}
				steps.Each(k.Probe, func(string) {}, func(q string) error {
					return k.b.Publish(k.ctx, text(q, "a"), ranked(q, 6, "b"), text(q, "c"))
				}, func(t steps.Trial) {
					got := k.left(t.Name)
					if once := slices.Compact(slices.Clone(got)); len(once) < len(got) || t.Err == nil && !slices.Equal(got, all) {
						k.Errorf("%v, and left are %s", t, show(got))
					}
				})
			})},
		{ID: "BROKER-STP-002", Profile: "strict", Needs: needs{declaring, sweeping}, Says: "A publish to an exchange with two queues spoiled at any step MUST have reached both or neither, and both if it succeeds.",
			Why: "K pushes to one queue after the other", Check: check(func(k *kit) {
				steps.Each(k.Probe, func(q string) { k.declare("direct", Binding{q, "key", q}, Binding{q, "key", q + "'"}) }, func(q string) error {
					return k.b.Publish(k.ctx, Message{Exchange: q, RoutingKey: "key", Body: []byte("m")})
				}, func(t steps.Trial) {
					one, two := k.count(t.Name), k.count(t.Name+"'")
					if one != two || one > 1 || one == 0 && t.Err == nil {
						k.Errorf("%v, and the message is there %d and %d times", t, one, two)
					}
				})
			})},
		{ID: "BROKER-STP-003", Needs: needs{naming, sweeping}, Says: "A named publication spoiled at any step and made again MUST be there once.",
			Why: "a scheduler that died and is started again", Check: check(func(k *kit) {
				named := func(q string) Message {
					m := text(q, "m")
					m.Once = q
					return m
				}
				steps.Each(k.Probe, func(string) {}, func(q string) error { return k.b.Publish(k.ctx, named(q)) }, func(t steps.Trial) {
					k.publish(named(t.Name))
					k.once(t)
				})
			})},
		{ID: "BROKER-STP-004", Profile: "strict", Needs: needs{sweeping}, Says: "A claim of several messages of several queues spoiled at any step, and its consumer killed, MUST lose none of them.",
			Why: "K pops one by one, and notes each one round trip later", Check: check(func(k *kit) {
				k.stillborn(func(q string) *taker {
					k.send(q, "a", "b")
					k.publish(ranked(q, 3, "c"))
					k.send(q+"'", "d")
					return k.consumer("victim", q, q+"'")
				}, func(t steps.Trial) { k.each(t, []string{t.Name, t.Name + "'"}, "a", "b", "c", "d") })
			})},
		{ID: "BROKER-STP-005", Profile: "strict", Needs: needs{sweeping}, Says: "A close spoiled at any step MUST leave each message that its consumer held once.",
			Why: "a deploy meets an outage", Check: check(func(k *kit) {
				var c *taker
				steps.Each(k.Probe, func(q string) {
					k.send(q, "a", "b", "c")
					c = k.consumer("w", q)
					c.take(3)
				}, func(string) error { return c.c.Close(k.ctx) }, func(t steps.Trial) {
					k.expire()
					k.each(t, []string{t.Name}, "a", "b", "c")
				})
			})},
		{ID: "BROKER-STP-006", Needs: needs{extending, sweeping}, Says: "An extend spoiled at any step MUST leave the claim to its consumer.",
			Why: "a worker that could not tell that it lives still does", Check: check(func(k *kit) {
				var c *taker
				var ds []Delivery
				steps.Each(k.Probe, func(q string) {
					k.send(q, "m")
					c = k.consumer("w", q)
					ds = c.take(1)
				}, func(string) error { return k.b.(Extender).Extend(k.ctx, "w", ds...) }, func(t steps.Trial) {
					c.ack(ds...).ok()
					k.each(t, []string{t.Name})
				})
			})},
		{ID: "BROKER-STP-007", Needs: needs{declaring, sweeping}, Says: "A declaration spoiled at any step and made again MUST route as one that was made once.",
			Why: "workers declare again after an outage", Check: check(func(k *kit) {
				declare := func(q string) error {
					return k.b.(Declarer).Declare(k.ctx, "topic", Binding{"all" + q, "a.*", q})
				}
				steps.Each(k.Probe, func(string) {}, declare, func(t steps.Trial) {
					k.did("Declare").got(nil, declare(t.Name)).ok()
					k.publish(Message{Exchange: "all" + t.Name, RoutingKey: "a.b", Body: []byte("m")})
					k.once(t)
				})
			})},
		{ID: "BROKER-STP-008", Needs: needs{parking, sweeping}, Says: "A message that falls due in a claim that is spoiled at any step, and its consumer killed, MUST be there once.",
			Why: "an eta must survive the worker it falls due in", Check: check(func(k *kit) {
				k.stillborn(func(q string) *taker {
					k.send(q, "m")
					c := k.consumer("victim", q)
					k.park(c.take(1)[0], lease).ok()
					k.Advance(2 * lease)
					return c
				}, k.once)
			})},
		{ID: "BROKER-STP-009", Needs: needs{purging, sweeping}, Says: "A purge spoiled at any step MUST have emptied the queue if it succeeds, and leave what is claimed.",
			Why: "nothing is half done", Check: check(func(k *kit) {
				steps.Each(k.Probe, func(q string) {
					k.send(q, "claimed", "x")
					k.publish(ranked(q, 9, "y"))
					k.consumer("w", q).take(1)
				}, func(q string) error {
					_, err := k.b.(Purger).Purge(k.ctx, q)
					return err
				}, func(t steps.Trial) {
					if got := k.left(t.Name); !slices.Contains(got, "claimed") || t.Err == nil && len(got) > 1 {
						k.Errorf("%v, and left are %s, want what was claimed", t, show(got))
					}
				})
			})},
		{ID: "BROKER-STP-010", Profile: "strict", Needs: needs{sweeping, opening}, Says: "A process killed between any two commands of its work MUST lose and double nothing: what it published and did not acknowledge is there once.",
			Why: "SIGKILL asks nobody when it suits", Check: check(func(k *kit) {
				var life *story
				steps.Each(k.Probe, func(q string) {
					victim := k.open("victim", Settings{})
					life = &story{b: victim.b, c: victim.consumer("victim", q).c}
				}, func(q string) error { return life.live(k.ctx, q) }, func(t steps.Trial) {
					if got := k.left(t.Name); !life.explains(got) {
						k.Errorf("%v after %v, and left are %s", t, life, show(got))
					}
				})
			})},
	}
}

// stillborn spoils the claim of a consumer at every step, and kills it.
func (k *kit) stillborn(arrange func(queue string) *taker, judge func(t steps.Trial)) {
	var victim *taker
	steps.Each(k.Probe, func(q string) { victim = arrange(q) }, func(string) error {
		defer victim.kill()
		_, err := victim.c.Claim(k.ctx, 9)
		return err
	}, judge)
}

// A story is what a process saw of its work: what it tried, and what it knows
// to have happened.
type story struct {
	b                              Broker
	c                              Consumer
	sending, sent, settling, ended []string // bodies
}

func (s *story) String() string {
	return fmt.Sprintf("it saw published %s and acknowledged %s", show(s.sent), show(s.ended))
}

// live publishes, claims, requeues, claims again and acknowledges.
func (s *story) live(ctx context.Context, queue string) error {
	defer s.c.Kill()
	for _, body := range []string{"a", "b", "c"} {
		s.sending = append(s.sending, body)
		if err := s.b.Publish(ctx, text(queue, body)); err != nil {
			return err
		}
		s.sent = append(s.sent, body)
	}
	held, err := s.c.Claim(ctx, 2)
	if err == nil {
		err = s.c.Reject(ctx, true, held...)
	}
	for n := 0; n < 2 && err == nil; n++ {
		if held, err = s.c.Claim(ctx, 1); err != nil {
			return err
		}
		s.settling = append(s.settling, bodies(held)...)
		if err = s.c.Ack(ctx, held...); err == nil {
			s.ended = append(s.ended, bodies(held)...)
		}
	}
	return err
}

// explains reports whether these messages may be left of the story.
func (s *story) explains(left []string) bool {
	for _, body := range []string{"a", "b", "c"} {
		n := 0
		for _, other := range left {
			if other == body {
				n++
			}
		}
		most, least := 0, 0
		if slices.Contains(s.sending, body) && !slices.Contains(s.ended, body) {
			most = 1
		}
		if slices.Contains(s.sent, body) && !slices.Contains(s.settling, body) {
			least = 1
		}
		if n > most || n < least {
			return false
		}
	}
	return true
}
