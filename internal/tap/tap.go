package tap

import (
	"cmp"
	"context"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Command is one request and what became of it. Args are whole (up to 64 KiB
// each) while an observer or judge is registered, else shortened.
type Command struct {
	Seq   uint64   // order of writing, over all connections of the tap
	Conn  int      // number of the connection, from 1, in order of dialing
	Trip  uint64   // commands that share a round trip share this number
	Args  []string // the name first, as the client wrote it
	More  int      // arguments that were not kept
	Setup bool     // the client's own business: HELLO, AUTH, SELECT, CLIENT SETINFO, CLUSTER SLOTS, ...
	Sent  time.Time
	Took  time.Duration // until the whole reply was read; 0 if none came
	Reply Reply         // Type 0 if none came
	Fault string        // what a judge ordered, empty for nothing
}

// A Verdict is what a judge orders for one command. The zero Verdict lets it pass.
type Verdict struct {
	Lose   bool            // the request never leaves and the connection breaks
	Answer []byte          // reply with this instead of asking the server
	Hide   bool            // the server answers, the client does not hear it: the connection breaks
	Cut    bool            // the connection breaks after the first After bytes of the reply
	After  int             // for Cut, 0 or more
	Delay  time.Duration   // how long the reply is held back
	Free   <-chan struct{} // if not nil, ends the delay when closed
	Name   string          // for Command.Fault
}

// Forever is a delay that only Verdict.Free ends.
const Forever time.Duration = 1 << 62

// A Judge orders what happens to commands and dials. It is asked from the
// goroutines of the client and must be safe for concurrent use.
type Judge interface {
	// Judge is asked about each command before any of it is sent; Args are valid.
	Judge(*Command) Verdict
	// Dial is asked before a connection is made; an error refuses it.
	Dial(addr string) error
}

// Dialer is the shape of redis.Options.Dialer.
type Dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// A Tap watches connections. The zero Tap is ready; it must not be copied.
// All methods are safe for concurrent use.
type Tap struct {
	seq, trip atomic.Uint64
	ring      ring

	watch atomic.Pointer[watchers] // nil while nobody watches

	mu    sync.Mutex
	conns map[int]*Conn
	last  int
}

// watchers is replaced as a whole, so that connections read it without a lock.
type watchers struct {
	judges    []*Judge
	observers []*func(*Command)
}

func (t *Tap) change(f func(*watchers)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	next := &watchers{}
	if w := t.watch.Load(); w != nil {
		next.judges, next.observers = slices.Clone(w.judges), slices.Clone(w.observers)
	}
	f(next)
	if len(next.judges)+len(next.observers) == 0 {
		next = nil
	}
	t.watch.Store(next)
}

// Appoint has j judge every command and dial from now on, after the judges
// before it; the first verdict that orders something counts.
func (t *Tap) Appoint(j Judge) (dismiss func()) {
	p := &j
	t.change(func(w *watchers) { w.judges = append(w.judges, p) })
	return func() {
		t.change(func(w *watchers) {
			w.judges = slices.DeleteFunc(w.judges, func(q *Judge) bool { return q == p })
		})
	}
}

// Observe calls f with every command that finishes from now on: its reply has
// been read, or its connection has ended. f is called on the client's
// goroutines, several at a time, and must not use the connections.
func (t *Tap) Observe(f func(*Command)) (stop func()) {
	p := &f
	t.change(func(w *watchers) { w.observers = append(w.observers, p) })
	return func() {
		t.change(func(w *watchers) {
			w.observers = slices.DeleteFunc(w.observers, func(q *func(*Command)) bool { return q == p })
		})
	}
}

// Seq returns the number of the last command written.
func (t *Tap) Seq() uint64 { return t.seq.Load() }

// Recent returns the last commands that finished, oldest first.
func (t *Tap) Recent() []Command { return t.ring.commands() }

// Wrap returns a dialer whose connections are watched.
func (t *Tap) Wrap(dial Dialer) Dialer { return t.wrap(dial, false) }

// WrapUpkeep is Wrap for the connections that a client uses on its own account
// only, as those to sentinels: all their commands are Setup.
func (t *Tap) WrapUpkeep(dial Dialer) Dialer { return t.wrap(dial, true) }

func (t *Tap) wrap(dial Dialer, upkeep bool) Dialer {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if w := t.watch.Load(); w != nil {
			for _, j := range w.judges {
				if err := (*j).Dial(addr); err != nil {
					return nil, err
				}
			}
		}
		inner, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return t.attach(inner, addr, upkeep), nil
	}
}

func (t *Tap) attach(inner net.Conn, addr string, upkeep bool) net.Conn {
	c := &Conn{
		Conn: inner, tap: t, addr: addr, opened: time.Now(), upkeep: upkeep, setup: true,
		closed: make(chan struct{}), kick: make(chan struct{}, 1),
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conns == nil {
		t.conns = map[int]*Conn{}
	}
	t.last++
	c.id = t.last
	t.conns[c.id] = c
	return c.outer()
}

// Conns returns the connections that are open, in order of dialing.
func (t *Tap) Conns() []*Conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	open := make([]*Conn, 0, len(t.conns))
	for _, c := range t.conns {
		open = append(open, c)
	}
	slices.SortFunc(open, func(a, b *Conn) int { return cmp.Compare(a.id, b.id) })
	return open
}

// Dialed returns how many connections were made so far.
func (t *Tap) Dialed() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

func (t *Tap) detach(c *Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.conns, c.id)
}
