package mutant

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance/brokertest"
)

type duration = time.Duration

const (
	second = time.Second
	hour   = time.Hour
)

// background is for what has no context: a kill.
var background = context.Background()

func burying() []Mutant {
	return []Mutant{
		{Name: "a-burial-requeues", Break: is(bug{bury: func(b Full, ctx ctx, d Delivery, reason string) error {
			return errors.Join(b.Bury(ctx, d, reason), b.Publish(ctx, again(d)))
		}})},
		{Name: "the-dead-have-no-reason", Break: is(bug{dead: func(b Full, ctx ctx, max int) ([]Dead, error) {
			dead, err := b.Dead(ctx, max)
			for i := range dead {
				dead[i].Reason = ""
			}
			return dead, err
		}})},
		{Name: "the-dead-are-listed-oldest-first", Break: is(bug{dead: func(b Full, ctx ctx, max int) ([]Dead, error) {
			dead, err := b.Dead(ctx, 0)
			slices.Reverse(dead)
			if max > 0 {
				dead = dead[:min(max, len(dead))]
			}
			return dead, err
		}})},
		{Name: "all-the-dead-are-listed", Break: is(bug{dead: func(b Full, ctx ctx, _ int) ([]Dead, error) { return b.Dead(ctx, 0) }})},
		{Name: "a-stale-burial-succeeds", Break: is(bug{bury: func(b Full, ctx ctx, d Delivery, reason string) error {
			err := b.Bury(ctx, d, reason)
			if errors.Is(err, brokertest.ErrStale) {
				return nil
			}
			return err
		}})},
		{Name: "poison-stops-the-consumer", Break: poisoned(func(taken, ctx, int) ([]Delivery, error) {
			return nil, errors.New("the message is not JSON")
		})},
		{Name: "poison-is-dropped", Break: is(bug{dead: func(b Full, ctx ctx, max int) ([]Dead, error) {
			dead, err := b.Dead(ctx, max)
			return slices.DeleteFunc(dead, func(d Dead) bool { return !strings.HasPrefix(string(d.Raw), `{"body": "`) }), err
		}})},
		{Name: "the-dead-are-made-valid-UTF-8", Break: is(bug{dead: func(b Full, ctx ctx, max int) ([]Dead, error) {
			dead, err := b.Dead(ctx, max)
			for i := range dead {
				dead[i].Raw = []byte(strings.ToValidUTF8(string(dead[i].Raw), "?"))
			}
			return dead, err
		}})},
		{Name: "poison-costs-the-rest-of-the-batch", Break: poisoned(func(t taken, ctx ctx, max int) ([]Delivery, error) {
			ds, err := t.Claim(ctx, max)
			return ds[:min(1, len(ds))], err
		})},
		{Name: "deep-messages-stop-the-consumer", Break: deepStops},
		{Name: "a-message-needs-headers", Break: needsMember("headers")},
		{Name: "a-message-needs-a-content-type", Break: needsMember("content-type")},
		{Name: "bodies-are-always-base64", Break: is(bug{delivery: func(d *Delivery) {
			if string(d.Body) == "plain text" {
				d.Body = nil
			}
		}})},
		{Name: "wrapped-bytes-are-handed-out-as-text", Break: is(bug{delivery: func(d *Delivery) {
			if string(d.Body) == "\x00\xff" {
				d.Body = []byte("AP8=")
			}
		}})},
	}
}

// poisoned claims in another way once there is something that is no message.
func poisoned(claim func(taken, ctx, int) ([]Delivery, error)) Break {
	return func() bug {
		poison := false
		return bug{
			inject: func(b Full, ctx ctx, q string, raw []byte) error {
				poison = poison || !strings.Contains(string(raw), `"delivery_tag"`)
				return b.Inject(ctx, q, raw)
			},
			claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
				if poison {
					return claim(t, ctx, max)
				}
				return t.Claim(ctx, max)
			},
		}
	}
}

func deepStops() bug {
	deep := false
	return bug{
		inject: func(b Full, ctx ctx, q string, raw []byte) error {
			deep = deep || len(raw) > 1e5
			return b.Inject(ctx, q, raw)
		},
		claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			if deep {
				return nil, errors.New("maximum recursion depth exceeded")
			}
			return t.Claim(ctx, max)
		},
	}
}

// needsMember refuses messages without a member.
func needsMember(name string) Break {
	return is(bug{inject: func(b Full, ctx ctx, q string, raw []byte) error {
		if strings.HasPrefix(string(raw), `{"body":"YQ=="`) && !strings.Contains(string(raw), `"`+name+`"`) {
			raw = []byte("no " + name)
		}
		return b.Inject(ctx, q, raw)
	}})
}
