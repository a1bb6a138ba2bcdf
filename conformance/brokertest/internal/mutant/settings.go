package mutant

import (
	"strings"

	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// opening changes the settings that a broker is opened with.
func opening(change func(*Settings)) Break {
	return is(bug{open: func(b Full, ctx ctx, s Settings) (brokertest.Broker, error) {
		change(&s)
		return b.Open(ctx, s)
	}})
}

func settings() []Mutant {
	return by([]string{"PRI", "VIS-019", "DEA-007"},
		Mutant{Name: "other-priority-steps-are-ignored", Break: opening(func(s *Settings) { s.Steps = nil })},
		Mutant{Name: "another-visibility-timeout-is-ignored", Break: opening(func(s *Settings) { s.Visibility = 0 })},
		Mutant{Name: "another-limit-of-deliveries-is-ignored", Break: opening(func(s *Settings) { s.MaxDeliveries = 0 })},
		Mutant{Name: "a-purge-knows-the-default-steps-only", Break: is(bug{purge: func(b Full, ctx ctx, q string) (int, error) {
			other, err := b.Open(ctx, Settings{})
			if err != nil {
				return 0, err
			}
			return other.(Full).Purge(ctx, q)
		}})},
		Mutant{Name: "foreign-steps-are-not-noticed", Break: is(bug{foreign: func(Full, ctx, string) ([]string, error) { return nil, nil }})},
		Mutant{Name: "own-steps-are-taken-for-foreign", Break: is(bug{foreign: func(b Full, ctx ctx, q string) ([]string, error) {
			found, err := b.Foreign(ctx, q)
			return append(found, q+"\x06\x163"), err
		}})},
		Mutant{Name: "separators-in-names-are-replaced", Break: is(bug{message: func(m *Message) {
			m.RoutingKey = strings.NewReplacer(":", "-", "\x06\x16", "-").Replace(m.RoutingKey)
		}})},
	)
}
