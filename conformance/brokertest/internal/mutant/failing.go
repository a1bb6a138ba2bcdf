package mutant

import (
	"errors"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// outage reports an error that is not about the claim or the route.
func outage(err error) bool {
	return err != nil && !errors.Is(err, brokertest.ErrStale) && !errors.Is(err, brokertest.ErrUnroutable)
}

// wipe drops all claims.
func wipe(b Full, ctx ctx) {
	_, _ = b.Do(ctx, "DEL", "unacked", "unacked_index", "redkit.claims", "redkit.parked")
}

// failing holds bugs in what becomes of calls whose commands fail.
func failing() []Mutant {
	return by([]string{"FLT", "STP", "LIN"},
		Mutant{Name: "an-outage-looks-like-an-empty-queue", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			if outage(err) {
				return nil, nil
			}
			return ds, err
		}})},
		Mutant{Name: "after-an-outage-nothing-works", Break: func() bug {
			down := false
			return bug{
				publish: func(b Full, ctx ctx, ms []Message) error {
					err := b.Publish(ctx, ms...)
					down = down || outage(err)
					return err
				},
				ack: func(t taken, ctx ctx, ds []Delivery) error {
					if down {
						return errors.New("connection lost")
					}
					return t.Ack(ctx, ds...)
				},
			}
		}},
		Mutant{Name: "a-publish-that-failed-is-repeated", Must: []conformance.ID{"BROKER-LIN-003"}, Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			err := b.Publish(ctx, ms...)
			if outage(err) {
				return b.Publish(ctx, ms...)
			}
			return err
		}})},
		Mutant{Name: "a-repeated-push-is-not-noticed", Twist: Twist{NoDedup: true}},
		Mutant{Name: "claims-are-popped-first-and-noted-later", Twist: Twist{Parity: true}},
		Mutant{Name: "a-claim-whose-reply-was-lost-is-forgotten", Twist: script("#this) == this", "#this) == 'never'")},
		Mutant{Name: "an-ack-hides-that-it-failed", Break: is(bug{ack: func(t taken, ctx ctx, ds []Delivery) error {
			if err := t.Ack(ctx, ds...); !outage(err) {
				return err
			}
			return nil
		}})},
		Mutant{Name: "a-requeue-is-an-ack-and-a-publish", Break: requeue(func(t taken, ctx ctx, ds []Delivery) error { return promote(t, ctx, ds) })},
		Mutant{Name: "a-sweep-that-fails-drops-the-rest", Break: is(bug{restore: func(b Full, ctx ctx) error {
			err := b.Restore(ctx)
			if outage(err) {
				wipe(b, ctx)
			}
			return err
		}})},
		Mutant{Name: "a-burial-that-fails-drops-the-message", Break: is(bug{bury: func(b Full, ctx ctx, d Delivery, reason string) error {
			err := b.Bury(ctx, d, reason)
			if outage(err) {
				wipe(b, ctx)
			}
			return err
		}})},
		Mutant{Name: "a-park-that-fails-drops-the-message", Break: is(bug{park: func(b Full, ctx ctx, d Delivery, after duration) error {
			err := b.Park(ctx, d, after)
			if outage(err) {
				wipe(b, ctx)
			}
			return err
		}})},
		Mutant{Name: "a-replica-swallows-messages", Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			err := b.Publish(ctx, ms...)
			if err != nil && strings.Contains(err.Error(), "READONLY") {
				return nil
			}
			return err
		}})},
		Mutant{Name: "a-claim-that-fails-drops-what-is-parked", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			if outage(err) {
				wipe(t.b, ctx)
			}
			return ds, err
		}})},
		Mutant{Name: "a-close-that-fails-drops-what-is-held", Break: is(bug{close: func(t taken, ctx ctx) error {
			err := t.Close(ctx)
			if outage(err) {
				wipe(t.b, ctx)
			}
			return err
		}})},
		Mutant{Name: "an-extend-that-fails-gives-up-the-claim", Break: is(bug{extend: func(b Full, ctx ctx, owner string, ds []Delivery) error {
			err := b.Extend(ctx, owner, ds...)
			if outage(err) {
				wipe(b, ctx)
			}
			return err
		}})},
		Mutant{Name: "a-purge-that-fails-takes-what-is-claimed", Break: is(bug{purge: func(b Full, ctx ctx, queue string) (int, error) {
			n, err := b.Purge(ctx, queue)
			if outage(err) {
				wipe(b, ctx)
			}
			return n, err
		}})},
		Mutant{Name: "a-declaration-that-failed-is-not-made-again", Break: func() bug {
			made := map[string]bool{}
			return bug{declare: func(b Full, ctx ctx, kind string, bindings []Binding) error {
				name := bindings[0].Exchange
				if made[name] {
					return nil
				}
				made[name] = true
				return b.Declare(ctx, kind, bindings...)
			}}
		}},
		Mutant{Name: "a-name-is-noted-before-the-push", Break: func() bug {
			noted := map[string]bool{}
			return bug{publish: func(b Full, ctx ctx, ms []Message) error {
				if name := ms[0].Once; name != "" {
					if noted[name] {
						return nil
					}
					noted[name] = true
				}
				return b.Publish(ctx, ms...)
			}}
		}},
	)
}
