package redistest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/internal/tap"
)

// A Tracer records the commands of a test. *Server, *ClusterServer and
// *SentinelServer are tracers.
type Tracer interface {
	Trace(fn func()) Trace
}

// A Trace is what a piece of code asked of Redis, as seen on the connections
// of the test's clients.
type Trace struct {
	// Commands holds what was sent and answered while the code ran, in the
	// order of sending.
	Commands []Command
	// Waiting holds what was sent and not answered when it ended, such as a
	// blocked BLPOP.
	Waiting []Command
	// Setup holds what clients sent on their own account: to prepare new
	// connections (HELLO, AUTH, SELECT, CLIENT SETINFO), or to learn the
	// layout of a cluster. It does not count as round trips.
	Setup []Command
	// RoundTrips is how often the code had to wait for the network: commands
	// that one connection writes before it next reads (a pipeline, a
	// transaction) share one.
	RoundTrips int
	// Dials is how many connections were opened.
	Dials int
}

// A Command is one request and what came of it.
type Command struct {
	// Args is the name, as the client wrote it, and the arguments.
	Args []string
	// Conn numbers the connection, in the order the test opened them.
	Conn int
	// RoundTrip numbers the round trip within the trace, from 1; 0 for Setup.
	RoundTrip int
	// Sent is when the request was written, Took the time until the whole
	// reply was read; 0 if none came.
	Sent time.Time
	Took time.Duration
	// Reply says in a few words what came back: "OK", "3", "12 bytes", "nil",
	// "2 elements", "error WRONGTYPE …", "no reply".
	Reply string
	// Size is the length of the reply on the wire in bytes.
	Size int
	// Err is the error the server answered with, "" for none.
	Err string
	// Fault names the fault that struck the command, "" for none.
	Fault string

	line string
}

// Trace calls fn and returns what it asked of the server. It sees the
// connections made by the Dialer of Options and through Faults().Addr, of
// every goroutine, and nothing of other tests. Traces may overlap.
func (s *Server) Trace(fn func()) Trace { return traced(&s.watch.tap, fn) }

func traced(t *tap.Tap, fn func()) Trace {
	var mu sync.Mutex
	var done []tap.Command
	first, dialed := t.Seq(), t.Dialed()
	stop := t.Observe(func(c *tap.Command) {
		mu.Lock()
		defer mu.Unlock()
		done = append(done, *c)
	})
	func() {
		defer stop() // fn may end its goroutine by FailNow
		fn()
	}()
	var waiting []tap.Command
	for _, c := range t.Conns() {
		waiting = append(waiting, c.State().Waiting...)
	}
	early := func(c tap.Command) bool { return c.Seq <= first }
	order := func(a, b tap.Command) int { return cmp.Compare(a.Seq, b.Seq) }
	mu.Lock()
	defer mu.Unlock()
	done, waiting = slices.DeleteFunc(done, early), slices.DeleteFunc(waiting, early)
	slices.SortFunc(done, order)
	slices.SortFunc(waiting, order)
	return newTrace(done, waiting, t.Dialed()-dialed)
}

func newTrace(done, waiting []tap.Command, dials int) Trace {
	tr := Trace{Dials: dials}
	trips := map[uint64]int{}
	add := func(to *[]Command, c *tap.Command) {
		trip := trips[c.Trip]
		if trip == 0 && !c.Setup {
			tr.RoundTrips++
			trip = tr.RoundTrips
			trips[c.Trip] = trip
		}
		*to = append(*to, newCommand(c, trip))
	}
	for i := range done {
		if done[i].Setup {
			add(&tr.Setup, &done[i])
		} else {
			add(&tr.Commands, &done[i])
		}
	}
	for i := range waiting {
		add(&tr.Waiting, &waiting[i])
	}
	return tr
}

func newCommand(c *tap.Command, trip int) Command {
	reply := discreet(c)
	cmd := Command{
		Args: c.Args, Conn: c.Conn, RoundTrip: trip, Sent: c.Sent, Took: c.Took,
		Reply: outcome(reply), Size: reply.Size, Fault: c.Fault, line: line(c),
	}
	if reply.Type == '-' || reply.Type == '!' {
		cmd.Err = reply.Text
	}
	return cmd
}

// String returns the round trips with their commands and replies. It holds no
// times and is the same on every engine that gives the same replies, so that
// it can be kept as a golden file.
func (t Trace) String() string {
	return t.write(func(c Command) string { return c.line })
}

// Timings returns what String does, with the connection, the time and the
// size of each reply, and with the setting up of connections.
func (t Trace) Timings() string {
	detail := func(c Command) string {
		return fmt.Sprintf("%8s %6d B  conn %d  %s", brief(c.Took), c.Size, c.Conn, c.line)
	}
	var b strings.Builder
	b.WriteString(t.write(detail))
	if len(t.Setup) > 0 {
		fmt.Fprintf(&b, "setting up %s:\n", plural(t.Dials, "connection"))
		for _, c := range t.Setup {
			fmt.Fprintf(&b, "       %s\n", detail(c))
		}
	}
	return b.String()
}

func (t Trace) write(text func(Command) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n", plural(t.RoundTrips, "round trip"), plural(len(t.Commands)+len(t.Waiting), "command"))
	last := 0
	for _, c := range slices.Concat(t.Commands, t.Waiting) {
		number := ""
		if c.RoundTrip != last {
			number = fmt.Sprint(c.RoundTrip)
		}
		last = c.RoundTrip
		fmt.Fprintf(&b, "%5s  %s\n", number, text(c))
	}
	return b.String()
}

// Exchanges returns the commands of each round trip, in order.
func (t Trace) Exchanges() [][]Command {
	out := make([][]Command, t.RoundTrips)
	for _, c := range slices.Concat(t.Commands, t.Waiting) {
		out[c.RoundTrip-1] = append(out[c.RoundTrip-1], c)
	}
	return out
}
