package redistest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// bootLimit is how long an engine may take to give a server.
	bootLimit = 60 * time.Second
	// endLimit is how long the clean-up of one test may take.
	endLimit = 10 * time.Second
)

// Start gives tb a clean, private Redis and takes it back when tb ends. The
// engine is the one an option names, else REDISTEST_ENGINE, else the fake;
// Start never falls back to another. It fails tb with Fatalf, so it must run
// on tb's goroutine.
func Start(tb TB, opts ...Option) *Server {
	tb.Helper()
	set := newSettings(opts)
	engine, named, err := set.choose()
	if err = errors.Join(append(set.problems, err)...); err != nil {
		tb.Fatalf("redistest: %v", err)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), bootLimit)
	defer cancel()
	s, err := open(ctx, tb, engine, set)
	if err != nil {
		must, envErr := required()
		if errors.Is(err, ErrMissing) && envErr == nil && !must && !named {
			tb.Skipf("redistest: %v", err)
		}
		tb.Fatalf("redistest: %v", errors.Join(err, envErr))
	}
	return s
}

// open takes hold of a server and prepares it. When it fails nothing is held.
func open(ctx context.Context, tb TB, engine Engine, set *settings) (*Server, error) {
	set.test = tb.Name()
	held, err := hold(ctx, engine, set)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", engine.Name(), err)
	}
	s := &Server{tb: tb, engine: engine, set: set, held: held, end: held.end}
	s.client = sync.OnceValue(s.newClient)
	s.onFailure(s.look)
	s.onFailure(s.watch.recent)
	s.onFailure(s.contents)
	tb.Cleanup(s.close)
	if held.judge != nil {
		s.watch.tap.Appoint(held.judge)
	}
	for _, note := range held.notes {
		tb.Logf("redistest: %s: %s", engine.Name(), note)
	}
	if err := s.checkVersion(); err != nil {
		return nil, err
	}
	for _, data := range set.seeds {
		if err := s.seed(ctx, data); err != nil {
			return nil, fmt.Errorf("%s: seed: %w", engine.Name(), err)
		}
	}
	for _, guard := range set.guards {
		if err := guard(ctx, s.ward()); err != nil {
			return nil, fmt.Errorf("%s: %w", engine.Name(), err)
		}
	}
	return s, nil
}

// ward shows s to a guard.
func (s *Server) ward() *ward {
	return &ward{tb: s.tb, tap: &s.watch.tap, atEnd: s.atEnd, eachKey: s.eachKey, hangUp: func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.made != nil {
			_ = s.made.Close() // it fails only when the test closed it
		}
	}}
}

// checkVersion holds the server's version against AtLeast.
func (s *Server) checkVersion() error {
	if s.set.atLeast == "" {
		return nil
	}
	want, _ := parseVersion(s.set.atLeast) // AtLeast has read it
	if has := s.Version(); has != "" {
		if got, err := parseVersion(has); err == nil && slices.Compare(got[:], want[:]) >= 0 {
			return nil
		}
		return fmt.Errorf("%w: %s serves Redis %s, the test needs %s: give a newer binary with %s=/path/to/redis-server",
			ErrMissing, s.Engine(), has, s.set.atLeast, envServer)
	}
	return fmt.Errorf("%w: %s claims no version and the test needs %s: use redistest.Real()", ErrMissing, s.Engine(), s.set.atLeast)
}

// close runs when the test ends, after the clean-ups that the test
// registered: checks while everything stands, the report if the test failed,
// then client, proxies and server.
func (s *Server) close() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.tb.Context()), endLimit)
	defer cancel()
	s.mu.Lock()
	checks, sections, closers, client := s.checks, s.sections, s.closers, s.made
	s.mu.Unlock()
	for _, check := range slices.Backward(checks) {
		check(ctx)
	}
	if s.held.verify != nil {
		if err := s.held.verify(ctx); err != nil {
			s.tb.Errorf("redistest: %s: %v", s.Engine(), err)
		}
	}
	lost := s.tb.Failed()
	if lost {
		failed{tb: s.tb, hold: s.set.hold, text: s.reportOf(ctx, sections), look: s.lookBy(), all: s.everything}.report(ctx)
		var again context.CancelFunc // the look may have taken all the time there was
		ctx, again = context.WithTimeout(context.WithoutCancel(s.tb.Context()), endLimit)
		defer again()
	}
	if client != nil {
		_ = client.Close() // it fails only when the test closed it
	}
	for _, stop := range slices.Backward(closers) {
		stop()
	}
	if err := s.held.release(ctx, lost); err != nil {
		s.tb.Errorf("redistest: %s: %v", s.Engine(), err)
	}
}

// reportOf is what helps to understand a failed test.
func (s *Server) reportOf(ctx context.Context, sections []func(context.Context) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "redistest: the test failed on %s", s.Engine())
	for _, section := range sections {
		if text := strings.TrimRight(section(ctx), "\n"); text != "" {
			fmt.Fprintf(&b, "\n%s", text)
		}
	}
	return b.String()
}
