package redistest

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"

	"github.com/redkit-dev/redkit/internal/tap"
)

// Faults breaks the way between a test's clients and its server, in the
// middle of a reply if need be: on every engine, in a bubble too, and without
// touching the server. Faults hold for the connections that the Dialer of
// Options makes, and for those made to Addr; a client that dials the server
// itself is out of reach.
//
// Verbs called on Faults are for every command that users of a client send;
// those of the client itself (HELLO, AUTH, SELECT, CLIENT SETINFO to prepare a
// connection, CLUSTER SLOTS) pass unless On names them. On, Where, Skip, Times and Chance narrow them down:
//
//	srv.Faults().On("EVALSHA").Skip(2).DropReply() // the third one is executed, and not heard of
//
// A fault takes hold at once. It ends after the number of times it was made
// for, or with Heal. The same calls and the same commands give the same
// faults: what Chance decides follows from a seed. A test that fails prints
// the faults it has met. Faults are safe for concurrent use.
type Faults struct {
	Selection // of all commands

	tap     *tap.Tap
	process Process                // nil if the test may not kill the server
	listen  func() (*relay, error) // opens the way in for clients that dial themselves, once
	fatal   func(string, ...any)   // fails the test

	mu      sync.Mutex
	seed    uint64
	made    int // rules since the seed
	rules   []*rule
	refuse  bool
	healed  chan struct{} // closed by the next Heal
	dismiss func()        // ends judging; nil while there is nothing to judge
	log     []string
}

// newFaults makes the faults of tb's connections through t; the name of the
// test seeds them.
func newFaults(tb TB, t *tap.Tap) *Faults {
	h := fnv.New64a()
	_, _ = h.Write([]byte(tb.Name())) // never fails
	f := &Faults{tap: t, seed: h.Sum64(), healed: make(chan struct{}), fatal: tb.Fatalf}
	f.Selection = Selection{faults: f}
	return f
}

// Seed makes Chance draw from this seed for the faults that follow. Without
// it the seed follows from the name of the test, so that a rerun repeats it.
func (f *Faults) Seed(seed uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seed, f.made = seed, 0
}

// Cut breaks every open connection at once, as a reset by the peer does:
// reads and writes give syscall.ECONNRESET. New connections may be opened.
// A request under way may have been executed or not.
func (f *Faults) Cut() { f.cut("Cut") }

func (f *Faults) cut(fault string) {
	conns := f.tap.Conns()
	f.note("%s: %d open connections broken", fault, len(conns))
	for _, c := range conns {
		c.Cut(fault)
	}
}

// Refuse breaks every open connection and, until Heal, lets no new one be
// opened: dialing gives syscall.ECONNREFUSED. A connection to Addr is
// accepted and reset, as a load balancer without a backend does.
func (f *Faults) Refuse() {
	f.mu.Lock()
	f.refuse = true
	f.judge()
	f.mu.Unlock()
	f.cut("Refuse")
}

// Heal ends all faults. Replies that Delay and Stall hold back arrive;
// connections that are broken stay broken.
func (f *Faults) Heal() {
	f.mu.Lock()
	f.refuse, f.rules = false, nil
	close(f.healed)
	f.healed = make(chan struct{})
	dismiss := f.dismiss
	f.dismiss = nil
	f.mu.Unlock()
	if dismiss != nil {
		dismiss()
	}
	f.note("Heal")
}

// Kill ends the server itself with SIGKILL and returns when it is dead. It
// needs redistest.Exclusive and an engine that runs a process of its own;
// others give errors.ErrUnsupported.
func (f *Faults) Kill(ctx context.Context) error {
	if f.process == nil {
		return errNoProcess
	}
	f.note("Kill")
	return f.process.Kill(ctx)
}

// Restart starts the server again at the same address, after a Kill or not,
// and returns when it answers. An exclusive native server has all its data
// back, since it keeps an append-only file; another has what it persisted.
func (f *Faults) Restart(ctx context.Context) error {
	if f.process == nil {
		return errNoProcess
	}
	f.note("Restart")
	return f.process.Restart(ctx)
}

var errNoProcess = fmt.Errorf("kill the server: %w: it is shared, or no process of this test's: start it with redistest.Native() and redistest.Exclusive()", errors.ErrUnsupported)

// Addr is the host:port of a loopback proxy to the server, for clients that
// do not use the Dialer of Options, in this process or another. The proxy
// opens at the first call and ends with the test. What is said of URL holds
// for its clients: they have to authenticate and to select the database. Addr
// fails the test in a bubble, which no socket can enter.
func (f *Faults) Addr() string {
	r, err := f.listen()
	if err != nil {
		f.fatal("redistest: open a proxy: %v", err)
		return ""
	}
	return r.addr()
}

// Log returns what the faults have done so far, one line each.
func (f *Faults) Log() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.log)
}

// maxLog bounds the log of a test that meets faults in a loop.
const maxLog = 200

func (f *Faults) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.write(fmt.Sprintf(format, args...))
}

// write adds a line to the log; the caller holds f.mu.
func (f *Faults) write(line string) {
	switch len(f.log) {
	case maxLog + 1:
	case maxLog:
		f.log = append(f.log, "… and more")
	default:
		f.log = append(f.log, line)
	}
}

// section is the part of a failure report on faults.
func (f *Faults) section(context.Context) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var b strings.Builder
	for _, line := range f.log {
		fmt.Fprintf(&b, "\n  %s", line)
	}
	for _, r := range f.rules {
		if r.struck == 0 {
			fmt.Fprintf(&b, "\n  %s never struck", r)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return fmt.Sprintf("its faults (seed %d):%s", f.seed, b.String())
}
