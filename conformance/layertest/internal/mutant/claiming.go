package mutant

import (
	"context"
	"maps"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
)

// claiming holds layers that say they deviate as channels_redis does, and do
// not, and those that do and do not say so.
func claiming() []Mutant {
	says := func(name, id string, on Kind, quirk conformance.Capability) Mutant {
		return Mutant{Name: name, On: on, By: []string{id}, Claims: []conformance.Capability{quirk}}
	}
	return []Mutant{
		says("says-that-it-delivers-what-has-expired", "QRK-001", Redis, layertest.QuirkStale),
		says("says-that-it-takes-over", "QRK-002", Redis, layertest.QuirkTakesOver),
		says("says-that-it-drops-the-reserved-key", "QRK-003", "", layertest.QuirkReserved),
		says("says-that-it-flushes-by-prefix", "QRK-004", Redis, layertest.QuirkFlush),
		says("says-that-cancelling-ends-a-channel", "QRK-005", PubSub, layertest.QuirkCancelEnds),
		{Name: "takes-over-what-others-have", On: Redis, By: []string{"PRC-011"}, Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				_, _ = l.Do(ctx, 0, "RENAME", "asgi"+channel+"$inflight", "asgi"+channel) // a bug does not look
				return l.Receive(ctx, channel)
			}
		}},
		{Name: "flushes-by-prefix", On: Redis, By: []string{"FLU-004"}, Break: func(l Full, h *bug) {
			h.flush = func(ctx context.Context) error {
				_, err := l.Do(ctx, 0, "FLUSHDB")
				return err
			}
		}},
		{Name: "drops-the-reserved-key-of-group-messages", By: []string{"GRP-012"}, Break: func(l Full, h *bug) {
			h.groupSend = func(ctx context.Context, group string, m message) error {
				m = maps.Clone(m)
				delete(m, "__asgi_channel__")
				return l.GroupSend(ctx, group, m)
			}
		}},
	}
}
