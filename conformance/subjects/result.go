package subjects

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// Results is a result.Backend behind the port of resulttest. It has every
// method of the port; Missing names the capabilities behind those that the
// backend lacks.
type Results struct {
	Backend result.Backend
	Missing []conformance.Capability
	// Settings opens another backend on the same store.
	Settings func(resulttest.Settings) result.Backend
	// Inspector is the way below the backend; nil if there is none.
	resulttest.Inspector
}

// ResultsInMemory is result.Memory on a clock that only Advance moves.
func ResultsInMemory() resulttest.Subject {
	return resulttest.Subject{
		Name: "results in memory", Profiles: []conformance.Profile{conformance.Strict},
		New: func(tb conformance.TB) resulttest.Backend {
			manual := &conformance.Manual{}
			tb.Equip(conformance.Equipment{Clock: manual})
			return resultsInMemory(manualClock{manual})
		},
	}
}

// ResultsInBubble is result.Memory on the time of a synctest bubble.
func ResultsInBubble() resulttest.Subject {
	return resulttest.Subject{
		Name: "results in memory in a bubble", Profiles: []conformance.Profile{conformance.Strict},
		New:       func(conformance.TB) resulttest.Backend { return resultsInMemory(clock.System{}) },
		Equipment: conformance.Equipment{Clock: conformance.Bubble{}},
	}
}

func resultsInMemory(c clock.Clock) *Results {
	return &Results{Backend: result.NewMemory(c, 0), Missing: []conformance.Capability{resulttest.Inspecting, "result.settings"}}
}

// manualClock is a clock of the judge as one of the judged.
type manualClock struct{ *conformance.Manual }

// After implements clock.Clock for those who only ask for the time.
func (manualClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// ResultsOnRedis is result.Redis on the engine that opts choose, each instance
// in a clean database of its own. Publications pass between databases: a server
// that others use too takes redistest.Exclusive.
func ResultsOnRedis(engine string, opts ...redistest.Option) resulttest.Subject {
	return resulttest.Subject{
		Name: "results on " + engine, Profiles: []conformance.Profile{conformance.Wire, conformance.Strict},
		New: func(tb conformance.TB) resulttest.Backend {
			srv := redistest.Start(tb, opts...)
			tb.Equip(served.Equipment(srv))
			return resultsOn(tb, srv)
		},
	}
}

// ResultsOnRedisInBubble is result.Redis on a fake inside a synctest bubble.
func ResultsOnRedisInBubble() resulttest.Subject {
	s := ResultsOnRedis("a fake in a bubble")
	s.Equipment = conformance.Equipment{Clock: conformance.Bubble{}}
	s.New = func(tb conformance.TB) resulttest.Backend {
		srv := redistest.Start(tb, redistest.Bubble())
		tb.Equip(conformance.Equipment{Faults: srv.Faults(), Trace: served.Trace(srv)})
		return resultsOn(tb, srv)
	}
	return s
}

func resultsOn(tb conformance.TB, srv *redistest.Server) *Results {
	client := redis.NewClient(cacheOptions(srv))
	tb.Cleanup(func() { _ = client.Close() }) // the server is going anyway
	return resultsOf(client, served.Results(srv))
}

func resultsOf(client redis.UniversalClient, store resulttest.Inspector) *Results {
	build := func(set resulttest.Settings) result.Backend {
		return result.NewRedis(client, result.Options{Prefix: set.Prefix, Expires: set.Expires})
	}
	return &Results{Backend: build(resulttest.Settings{}), Settings: build, Inspector: store}
}

// Lacks implements conformance.Lacking.
func (r *Results) Lacks() []conformance.Capability { return r.Missing }

// resultKinds maps the errors of the reference to those of the port.
var resultKinds = kindMap{
	{result.ErrNoTask, resulttest.ErrInvalid},
	{result.ErrEncode, resulttest.ErrSerialize},
	{result.ErrDecode, resulttest.ErrDeserialize},
	{result.ErrUnavailable, resulttest.ErrUnavailable},
}

// Store implements resulttest.Backend.
func (r *Results) Store(ctx context.Context, d resulttest.Document) error {
	return resultKinds.of(r.Backend.Store(ctx, storedDocument(d)))
}

// Get implements resulttest.Backend.
func (r *Results) Get(ctx context.Context, id string) (resulttest.Document, error) {
	d, err := r.Backend.Get(ctx, id)
	if err != nil {
		return resulttest.Document{}, resultKinds.of(err)
	}
	return seenDocument(d), nil
}

// Wait implements resulttest.Waiter.
func (r *Results) Wait(ctx context.Context, ids []string, each func(resulttest.Document) bool) error {
	return resultKinds.of(r.Backend.Wait(ctx, ids, func(d *result.Document) bool { return each(seenDocument(d)) }))
}

// Forget implements resulttest.Forgetter.
func (r *Results) Forget(ctx context.Context, ids ...string) error {
	return resultKinds.of(r.Backend.Forget(ctx, ids...))
}

// SetChordSize implements resulttest.Chords.
func (r *Results) SetChordSize(ctx context.Context, group string, size int) error {
	return resultKinds.of(r.Backend.SetChordSize(ctx, group, size))
}

// AddPart implements resulttest.Chords.
func (r *Results) AddPart(ctx context.Context, group string, p resulttest.Part) ([]resulttest.Part, error) {
	chord := result.Chord{Group: group}
	if p.Index != resulttest.NoIndex {
		chord.Index = int64(p.Index)
	}
	parts, err := r.Backend.AddPart(ctx, chord, result.Part{TaskID: p.TaskID, State: result.State(p.Status), Value: p.Value, Error: storedFailure(p.Error)})
	if err != nil || parts == nil {
		return nil, resultKinds.of(err)
	}
	seen := make([]resulttest.Part, len(parts))
	for i, p := range parts {
		seen[i] = resulttest.Part{TaskID: p.TaskID, Status: string(p.State), Value: p.Value, Error: seenFailure(p.Error)}
	}
	return seen, nil
}

// EndChord implements resulttest.Chords.
func (r *Results) EndChord(ctx context.Context, group string) error {
	return resultKinds.of(r.Backend.EndChord(ctx, group))
}

// SaveGroup implements resulttest.Groups.
func (r *Results) SaveGroup(ctx context.Context, group resulttest.Child) error {
	return resultKinds.of(r.Backend.SaveGroup(ctx, storedChild(group)))
}

// Group implements resulttest.Groups.
func (r *Results) Group(ctx context.Context, id string) (resulttest.Child, bool, error) {
	g, err := r.Backend.Group(ctx, id)
	if err != nil || g == nil {
		return resulttest.Child{}, false, resultKinds.of(err)
	}
	return seenChild(*g), true, nil
}

// Open implements resulttest.Opener.
func (r *Results) Open(_ context.Context, set resulttest.Settings) (resulttest.Backend, error) {
	return &Results{Backend: r.Settings(set), Settings: r.Settings, Inspector: r.Inspector, Missing: r.Missing}, nil
}
