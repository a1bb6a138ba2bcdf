package servertest

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
)

// A Subject is a server to be judged. URL or New is needed.
type Subject struct {
	// URL is an empty database of the server, as [Open] takes it.
	URL string
	// New builds a fresh one for each requirement, instead of URL; see
	// [conformance.Subject].
	New func(conformance.TB) Server
	// Name is that in the report; empty means the URL without its password.
	Name string
	// Claims may hold [Disposable] and [LimitsMemory].
	Claims []conformance.Capability
	// Equipment may hold a clock; real time has to do without.
	conformance.Equipment
	// Waive names known deviations with the reason for each.
	Waive map[conformance.ID]string
}

// Test judges subject in a subtest per requirement.
func Test(t *testing.T, subject Subject) {
	t.Helper()
	Suite().Test(t, subject.Conformance())
}

// Check judges subject without a *testing.T.
func Check(ctx context.Context, subject Subject) *conformance.Report {
	return Suite().Check(ctx, subject.Conformance(), conformance.Options{})
}

// Conformance is the subject as the engine takes it.
func (s Subject) Conformance() conformance.Subject[Server] {
	build := s.New
	if build == nil {
		build = func(tb conformance.TB) Server { return emptyAt(tb, s.URL) }
	}
	return conformance.Subject[Server]{
		Name: cmp.Or(s.Name, redacted(s.URL)), New: build,
		Claims: s.Claims, Equipment: s.Equipment, Waive: s.Waive,
	}
}

func redacted(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "server"
	}
	return u.Redacted()
}

// emptyAt is the server at a URL, whose database is emptied in the end. One
// that holds keys already is somebody's: it is refused.
func emptyAt(tb conformance.TB, raw string) Server {
	srv, err := Open(raw)
	if err != nil {
		tb.Fatalf("%v", err)
	}
	keys, err := ask(tb.Context(), srv, "DBSIZE")
	if err != nil {
		tb.Fatalf("the server at %s does not answer: %v", redacted(raw), err)
	}
	if keys != int64(0) {
		tb.Fatalf("the database at %s holds %v keys: name an empty one, as every requirement writes to it and empties it", redacted(raw), keys)
	}
	tb.Cleanup(func() {
		if _, err := ask(context.WithoutCancel(tb.Context()), srv, "FLUSHDB"); err != nil {
			tb.Errorf("empty the database at %s: %v", redacted(raw), err)
		}
	})
	return srv
}

// ask sends one command on a connection of its own.
func ask(ctx context.Context, srv Server, args ...string) (any, error) {
	c, err := srv.Dial(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.Send(ctx, args...); err != nil {
		return nil, err
	}
	v, err := c.Receive(ctx)
	if err != nil {
		return nil, err
	}
	if e, is := v.(Error); is {
		return nil, fmt.Errorf("%s: %w", args[0], e)
	}
	return v, nil
}
