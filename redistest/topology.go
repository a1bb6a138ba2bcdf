package redistest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// A topology is the servers of one test that belong together.
type topology struct {
	tb    TB
	name  string // "a cluster"
	set   *settings
	watch watch
	nodes []*node
	// masters returns the nodes that hold the data now.
	masters func(context.Context) ([]*node, error)
	// seed applies data by a client that passes by faults and traces, and
	// returns when the replicas have it.
	seed func(context.Context, Data) error

	mu      sync.Mutex
	clients []io.Closer
	checks  []func(context.Context)
}

// closes has c closed before the servers go.
func (t *topology) closes(c io.Closer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clients = append(t.clients, c)
}

// made returns the clients that were handed out.
func (t *topology) made() []io.Closer {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.clients)
}

// startTopology boots a topology under the rules of Start: a missing server
// binary skips the test, or fails it under REDISTEST_REQUIRE=1.
func startTopology(tb TB, name string, opts []Option, boot func(ctx context.Context, binary string, set *settings) ([]*node, error)) *topology {
	tb.Helper()
	t := &topology{tb: tb, name: name, set: newSettings(opts)}
	ctx, cancel := context.WithTimeout(tb.Context(), bootLimit)
	defer cancel()
	t.must(t.start(ctx, boot))
	return t
}

// must ends the test if err is not nil.
func (t *topology) must(err error) {
	t.tb.Helper()
	if err == nil {
		return
	}
	must, envErr := required()
	if errors.Is(err, ErrMissing) && envErr == nil && !must {
		t.tb.Skipf("redistest: %s: %v", t.name, err)
	}
	t.tb.Fatalf("redistest: %s: %v", t.name, errors.Join(err, envErr))
}

func (t *topology) start(ctx context.Context, boot func(context.Context, string, *settings) ([]*node, error)) error {
	set := t.set
	if set.engine == nil {
		Native()(set)
	}
	engine, native := set.engine.(nativeEngine)
	if !native {
		return fmt.Errorf("it runs on native servers, not on %s: use redistest.Native()", set.engine.Name())
	}
	if err := errors.Join(set.problems...); err != nil {
		return err
	}
	binary, err := engine.find()
	if err != nil {
		return err
	}
	if t.nodes, err = boot(ctx, binary, set); err != nil {
		return err
	}
	t.tb.Cleanup(t.close)
	if set.atLeast == "" {
		return nil
	}
	version, err := askVersion(ctx, t.nodes[0].Client())
	if err != nil {
		return err
	}
	got, err := parseVersion(version)
	if want, _ := parseVersion(set.atLeast); err != nil || slices.Compare(got[:], want[:]) < 0 {
		return fmt.Errorf("%w: %s serves Redis %s, the test needs %s: give a newer binary with %s=/path/to/redis-server", ErrMissing, binary, version, set.atLeast, envServer)
	}
	return nil
}

// furnish applies the seeds and sets the guards, once masters and seed are
// known.
func (t *topology) furnish() {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.tb.Context(), bootLimit)
	defer cancel()
	for _, data := range t.set.seeds {
		if err := t.seed(ctx, data); err != nil {
			t.must(fmt.Errorf("seed: %w", err))
		}
	}
	for _, guard := range t.set.guards {
		t.must(guard(ctx, &ward{tb: t.tb, tap: &t.watch.tap, atEnd: t.atEnd, eachKey: t.eachKey, hangUp: t.hangUp}))
	}
}

func (t *topology) atEnd(check func(context.Context)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.checks = append(t.checks, check)
}

// hangUp closes the clients that were handed out.
func (t *topology) hangUp() {
	for _, c := range t.made() {
		_ = c.Close() // fails only when it was closed before
	}
}

// dial is the Dialer of a topology's clients. Whatever host a server or a
// client names, the port tells which node is meant: no name is looked up.
func (t *topology) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	n, err := t.at(addr)
	if err != nil {
		return nil, err
	}
	wrap := t.watch.tap.Wrap
	if n.upkeep {
		wrap = t.watch.tap.WrapUpkeep
	}
	return wrap(t.bare)(ctx, network, n.end.Addr)
}

// bare opens a connection with no layer in between.
func (t *topology) bare(ctx context.Context, _, addr string) (net.Conn, error) {
	n, err := t.at(addr)
	if err != nil {
		return nil, err
	}
	return n.end.open(ctx)
}

// at returns the node that listens at addr.
func (t *topology) at(addr string) (*node, error) {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(t.nodes, func(n *node) bool { return n.port.String() == port })
	if i < 0 {
		return nil, fmt.Errorf("%s has no server at port %s", t.name, port)
	}
	return t.nodes[i], nil
}

// faults makes the Faults of t at the first call.
func (t *topology) faults() *Faults {
	t.watch.once.Do(func() {
		f := newFaults(t.tb, &t.watch.tap)
		f.listen = func() (*relay, error) {
			return nil, fmt.Errorf("%s has many addresses and tells them to its clients: use the Dialer of Options", t.name)
		}
		t.watch.faults = f
	})
	return t.watch.faults
}

// close runs when the test ends. The servers of a failed test stay until the
// process ends, so that their data can be looked at.
func (t *topology) close() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.tb.Context()), endLimit)
	defer cancel()
	t.mu.Lock()
	checks := t.checks
	t.mu.Unlock()
	for _, check := range slices.Backward(checks) {
		check(ctx)
	}
	lost := t.tb.Failed()
	t.hangUp()
	if !lost {
		if err := together(t.nodes, func(n *node) error { return n.stop(ctx) }); err != nil {
			t.tb.Errorf("redistest: stop %s: %v", t.name, err)
		}
		return
	}
	failed{tb: t.tb, hold: t.set.hold, text: t.reportOf(ctx), look: t.lookBy(), all: func(ctx context.Context) (Snapshot, error) {
		return t.snapshot(ctx, dumper{})
	}}.report(ctx)
	for _, n := range t.nodes {
		n.ctl.close()
	}
}

// reportOf is what helps to understand a failed test.
func (t *topology) reportOf(ctx context.Context) string {
	var b strings.Builder
	fmt.Fprintf(&b, "redistest: the test failed on %s", t.name)
	sections := []string{t.watch.recent(ctx), contents(t.snapshot(ctx, dumper{most: reportElements, keys: reportKeys})), t.processes()}
	if t.watch.faults != nil {
		sections = append(sections, t.watch.faults.section(ctx))
	}
	for _, text := range sections {
		if text != "" {
			b.WriteString("\n" + text)
		}
	}
	return b.String()
}

// lookBy is the command that reaches the first server that runs.
func (t *topology) lookBy() string {
	for _, n := range t.nodes {
		if n.Up() {
			return t.cli(n)
		}
	}
	return ""
}

// cli is the command that reaches n; with -c it goes where a cluster sends it.
func (t *topology) cli(n *node) string { return cli(n.end, t.set.conf.MutualTLS, n.dir) + " -c" }

// processes is the section of a failure report on the servers.
func (t *topology) processes() string {
	var b strings.Builder
	b.WriteString("its servers, which run until the tests of this package end:")
	for _, n := range t.nodes {
		state := ""
		if !n.Up() {
			state = "  killed"
		} else if words, dead := n.Ended(); dead {
			state = "  DIED" + words
		}
		fmt.Fprintf(&b, "\n  %s%s", t.cli(n), state)
	}
	return b.String()
}

// settle is how long a change to a running topology may take.
const settle = 30 * time.Second
