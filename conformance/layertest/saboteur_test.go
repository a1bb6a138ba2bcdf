package layertest_test

import (
	"context"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/internal/sabotage"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/subjects"
)

type call = sabotage.Call[layertest.Message]

// A receiver is a layer with another Receive, and no more than the least
// methods.
type receiver struct {
	layertest.Layer
	receive call
}

func (r receiver) Receive(ctx context.Context, channel string) (layertest.Message, error) {
	return r.receive(ctx, channel)
}

// wrapped is a layer in memory with something around it.
func wrapped(wrap func(l *subjects.Layer) layertest.Layer) layertest.Subject {
	return sabotage.Wrapped(subjects.LayerInMemory(), wrap)
}

func receiving(change func(sound call) call) layertest.Subject {
	return wrapped(func(l *subjects.Layer) layertest.Layer { return receiver{l, change(l.Receive)} })
}

func TestSaboteursAreNamedAndStopNothing(t *testing.T) {
	t.Parallel()
	sabotage.Proof[layertest.Layer, layertest.Message]{
		Suite: layertest.Suite(), MustFail: "LAYER-SND-001", MustPass: "LAYER-NAM-001", Zero: "never comes to the last message",
		Subject: receiving,
		More: []sabotage.Saboteur[layertest.Message]{
			{
				Name: "gives what nobody sent", Status: conformance.Fail, Says: "never comes to the last message",
				Replace: func(call) call {
					return func(context.Context, string) (layertest.Message, error) {
						return layertest.Message{"type": "t", "x": struct{ s []int }{}}, nil
					}
				},
			},
			{
				Name: "reads another channel", Status: conformance.Fail, Hangs: true, Says: "did not return",
				Replace: func(sound call) call {
					return func(ctx context.Context, channel string) (layertest.Message, error) { return sound(ctx, channel+"0") }
				},
			},
		},
	}.Test(t)
}

// TestInnocentsPass shows that odd but legal layers fail nothing.
func TestInnocentsPass(t *testing.T) {
	t.Parallel()
	walled := wrapped(func(l *subjects.Layer) layertest.Layer { return receiver{l, l.Receive} })
	build := walled.New
	walled.New = func(tb conformance.TB) layertest.Layer {
		l := build(tb)
		tb.Equip(conformance.Equipment{Clock: conformance.Wall{Budget: time.Millisecond}})
		return l
	}
	sabotage.Innocents(t, layertest.Suite(), map[string]layertest.Subject{
		"a layer of the least methods":  receiving(func(sound call) call { return sound }),
		"a layer on the wall clock":     walled,
		"a layer that claims the least": {Name: "modest", New: subjects.LayerInMemory().New, Claims: []conformance.Capability{layertest.AnyMember}},
		"a slow layer": receiving(func(sound call) call {
			return func(ctx context.Context, channel string) (layertest.Message, error) {
				timer := time.NewTimer(100 * time.Microsecond)
				defer timer.Stop()
				<-timer.C
				return sound(ctx, channel)
			}
		}),
		"a layer that says nil for an empty message": receiving(func(sound call) call {
			return func(ctx context.Context, channel string) (layertest.Message, error) {
				m, err := sound(ctx, channel)
				if len(m) == 0 {
					return nil, err
				}
				return m, err
			}
		}),
	})
}
