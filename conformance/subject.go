package conformance

import (
	"context"
	"time"
)

// A Subject is what is judged. Only Name and New are needed.
type Subject[P any] struct {
	Name string
	// New builds a fresh, empty instance. It is called once per requirement,
	// with a TB that ends with it: register the instance's end with Cleanup.
	// What fails in New is an Error of the harness, never a Fail.
	New func(TB) P
	// Claims lists behaviours the subject has; what is a method of the port
	// needs no claim. A claim that does not hold fails its requirements.
	Claims []Capability
	// Profiles lists Wire, Strict or both if the subject means to keep them.
	Profiles []Profile
	// Equipment is shared by all instances. An instance that has a clock or
	// faults of its own hands them to TB.Equip in New.
	Equipment
	// Waive names known deviations with the reason for each. A waived
	// requirement that does not fail is a Fail: the waiver is out of date.
	Waive map[ID]string
	// Keeps lists parts of function names whose goroutines may outlive an
	// instance, such as a pool shared by the process. All others are leaks.
	Keeps []string
}

// Equipment is what lets a run decide more: each part that is nil leaves
// requirements Unproven.
type Equipment struct {
	Clock  Clock  // nil means the zero Wall
	Faults Faults // breaks the way between the instance and its server
	Trace  Tracer // records what the instance sends to its server
}

// over returns e with what is missing taken from base.
func (e Equipment) over(base Equipment) Equipment {
	if e.Clock == nil {
		e.Clock = base.Clock
	}
	if e.Faults == nil {
		e.Faults = base.Faults
	}
	if e.Trace == nil {
		e.Trace = base.Trace
	}
	return e
}

// TB is what a constructor gets: the part of testing.TB that helpers such as
// redistest.Start need, and Equip. A constructor is called on a goroutine of
// its own, and Fatalf and Skipf end that goroutine.
type TB interface {
	Helper()
	Name() string
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Skipf(format string, args ...any)
	Failed() bool
	Cleanup(func())
	Context() context.Context
	// Equip hands over the equipment of the instance being built; parts that
	// are nil are taken from the subject.
	Equip(Equipment)
}

// Faults breaks the way between an instance and its server. A method takes
// hold at once and until Heal, for connections open and to come.
type Faults interface {
	// Cut closes every open connection; new ones may be opened.
	Cut()
	// Refuse closes every open connection and lets no new one be opened.
	Refuse()
	// DropReply lets the next command reach the server and closes its
	// connection before the reply arrives.
	DropReply()
	// Reply answers every command with an error such as "READONLY …"
	// instead of handing it to the server.
	Reply(line string)
	// Stall lets commands reach the server and holds back the replies.
	Stall()
	// Heal ends all faults.
	Heal()
}

// A Restarter is a Faults that can also restart the server.
type Restarter interface {
	// Restart ends the server and starts it again at the same address, with
	// its data or without.
	Restart(ctx context.Context) error
}

// A Presser is a Faults that can put the server under memory pressure.
type Presser interface {
	// Press gives the server this maxmemory-policy of Redis, and little memory
	// beyond what it uses, until the instance ends.
	Press(ctx context.Context, policy string) error
}

// A Promoter is a Faults that can make a replica the master.
type Promoter interface {
	// Promote returns when a replica that has all data is the master.
	Promote(ctx context.Context) error
}

// A Stepper is a Faults that can strike at any command of a call.
type Stepper interface {
	// At lets n commands pass and spoils the next one until Heal, in one of the
	// ways below. Any other text is the error that answers it.
	At(n int, how string)
	// Struck is how many commands At has spoiled since the last Heal.
	Struck() int
}

// The ways in which a command is spoiled.
const (
	LoseRequest = "request" // it never reaches the server
	LoseReply   = "reply"   // it is executed, and not heard of
	TearReply   = "torn"    // it is executed, and heard of in part
	Stall       = "stall"   // it is executed, and heard of after Heal
	Kill        = "kill"    // it never reaches the server, nor does any after it
)

// A Tracer records what run makes the instance send to its server.
type Tracer interface {
	Trace(run func()) []Exchange
}

// An Exchange is one round trip: the commands sent together, in order, and
// the time from the first byte out to the last byte in.
type Exchange struct {
	Commands [][]string // name and arguments of each
	Took     time.Duration
}
