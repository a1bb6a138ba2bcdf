package tasktest

import (
	"context"
	"errors"
	"time"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// An App sends tasks and runs them.
type App interface {
	// Define gives a task a handler that does what act says.
	Define(task string, act Act) error
	// Send makes a call.
	Send(ctx context.Context, c Call) (Sent, error)
	// Work runs tasks until none is ready; what waits for a later time is left.
	Work(ctx context.Context) error
	// Outcome is what is stored for a task.
	Outcome(ctx context.Context, id string) (Outcome, error)
	// Runs are the runs so far, in the order they began.
	Runs(ctx context.Context) ([]Run, error)
}

// An Outcome is the stored result of a task.
type Outcome = resulttest.Document

// A Doing is what a handler does.
type Doing string

// What handlers do.
const (
	Echo    Doing = "echo"    // returns its positional arguments as a list
	Sum     Doing = "sum"     // adds its arguments, and those in lists
	Give    Doing = "give"    // returns Act.Value
	Odd     Doing = "odd"     // returns something that cannot be serialized
	Fail    Doing = "fail"    // fails with ValueError("bad", 42)
	Panic   Doing = "panic"   // ends as nobody expects
	Again   Doing = "again"   // retries itself Act.Times times, then returns how often it was retried
	Reject  Doing = "reject"  // rejects its message for good
	Requeue Doing = "requeue" // gives its message back Act.Times times, then returns how often it was run
	Ignore  Doing = "ignore"  // ends without a result
	Change  Doing = "change"  // changes the arguments it was given, then returns them
	Send    Doing = "send"    // sends Act.Then
	Take    Doing = "take"    // takes Act.Takes, heeds its limits and returns "done"
)

// An Act is what the handler of a task does, and how the task is run.
type Act struct {
	Do    Doing
	Value any
	Times int
	Takes time.Duration
	Then  *Call
	// Cause makes Again retry because of ValueError("bad", 42) and not of nothing.
	Cause bool

	MaxRetries   int           // of Again; 0 is Celery's 3, negative without limit
	Backoff      time.Duration // of Again: the first delay, doubled each time; 0 is at once
	AcksLate     bool
	IgnoreResult bool
	Soft, Hard   time.Duration
}

// A Kind is how a call joins others.
type Kind string

// The kinds of calls.
const (
	Single Kind = ""
	Chain  Kind = "chain"
	Group  Kind = "group"
	Chord  Kind = "chord"
)

// A Call is a call that has not been made: of one task, or of several.
type Call struct {
	Kind   Kind
	Tasks  []Call // of a chain or group; the header of a chord
	Body   *Call  // of a chord
	Task   string
	Args   []any
	Kwargs map[string]any
	// Immutable calls do not get the result of the task before them.
	Immutable bool

	ID              string // instead of a random one
	Countdown       time.Duration
	ETA             time.Duration // from now, as a moment
	Expires         time.Duration
	Priority        *int
	Queue           string
	Exchange        string
	Soft, Hard      time.Duration
	IgnoreResult    bool
	Compression     string
	Link, LinkError []Call
}

// A Sent is a call that was made.
type Sent struct {
	ID      string   // of the task that ends the call
	Members []string // of a group, or of the group that ends the call
}

// A Run is one run of a task, as its handler saw it.
type Run struct {
	Task, ID     string
	Args         []any
	Kwargs       map[string]any
	Retries      int
	Redelivered  bool
	Queue        string
	Root, Parent string
	At           time.Time // of the app's clock
}

// A Revoker tells workers not to run a task.
type Revoker interface {
	Revoke(ctx context.Context, id string) error
}

// A Queues looks at what waits to be run.
type Queues interface {
	// Messages are the messages of a queue as they lie there, the next first.
	Messages(ctx context.Context, queue string) ([]string, error)
	// Put puts a message into a queue, as another producer would.
	Put(ctx context.Context, queue, message string) error
	// Dead says why messages were put aside for good.
	Dead(ctx context.Context) ([]string, error)
}

// A Disturber makes deliveries as unreliable as they really are.
type Disturber interface {
	// Disturb delivers each message twice, or loses each acknowledgement of a
	// finished task once, from now on.
	Disturb(twice, loseAcks bool)
}

// An Opener opens another app with settings of its own and nothing in common.
type Opener interface {
	Open(ctx context.Context, set Settings) (App, error)
}

// Settings of an app. The zero value is Celery's default.
type Settings struct {
	Routes       map[string]string // task to queue
	KnownQueues  []string          // sending to another is an error
	IgnoreResult bool
	TrackStarted bool
	Extended     bool // result_extended
	Propagate    bool // task_eager_propagates
}

// The kinds of failure a caller may branch on. An implementation's errors wrap
// them.
var (
	ErrSerialize    = errors.New("cannot serialize")
	ErrUnknownQueue = errors.New("unknown queue")
	ErrUnroutable   = errors.New("unroutable")
	// ErrTask is the error of a task, where Send runs it and propagates.
	ErrTask = errors.New("the task failed")
)
