package mutant

import (
	"errors"

	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// wandering holds bugs that take a sequence of calls nobody would think of.
func wandering() []Mutant {
	return []Mutant{
		{Name: "the-second-of-two-requeues-in-a-row-is-lost", Break: func() bug {
			inARow := 0
			return bug{
				claim: func(t taken, ctx ctx, max int) ([]Delivery, error) { inARow = 0; return t.Claim(ctx, max) },
				reject: func(t taken, ctx ctx, back bool, ds []Delivery) error {
					if inARow++; back && inARow == 2 && len(ds) == 1 {
						return t.Ack(ctx, ds...)
					}
					return t.Reject(ctx, back, ds...)
				},
			}
		}},
		{Name: "a-claim-that-ended-long-ago-passes-for-held", Break: func() bug {
			settled := 0
			return bug{ack: func(t taken, ctx ctx, ds []Delivery) error {
				err := t.Ack(ctx, ds...)
				if settled++; settled > 4 && errors.Is(err, brokertest.ErrStale) {
					return nil
				}
				return err
			}}
		}},
		{Name: "a-purge-takes-what-is-parked", Break: func() bug {
			parked, gone := map[string]string{}, map[string]bool{}
			return bug{
				park: func(b Full, ctx ctx, d Delivery, after duration) error {
					parked[string(d.Body)] = d.Queue
					return b.Park(ctx, d, after)
				},
				purge: func(b Full, ctx ctx, queue string) (int, error) {
					for body, of := range parked {
						gone[body] = gone[body] || of == queue
					}
					return b.Purge(ctx, queue)
				},
				claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
					ds, err := t.Claim(ctx, max)
					for len(ds) == 1 && gone[string(ds[0].Body)] {
						_ = t.Ack(ctx, ds...)
						ds, err = t.Claim(ctx, max)
					}
					return ds, err
				},
			}
		}},
	}
}
