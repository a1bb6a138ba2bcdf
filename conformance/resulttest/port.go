package resulttest

import (
	"context"
	"errors"
	"time"
)

// A Backend is the least an implementation has. Every method is safe for
// concurrent use.
type Backend interface {
	// Store keeps what is known of a task, replacing what was, unless the task
	// has succeeded before.
	Store(ctx context.Context, d Document) error
	// Get returns what is stored; of an unknown task a document in state
	// PENDING.
	Get(ctx context.Context, id string) (Document, error)
}

// The states of Celery that checks name. Others are an application's own.
const (
	Pending = "PENDING"
	Started = "STARTED"
	Retry   = "RETRY"
	Success = "SUCCESS"
	Failed  = "FAILURE"
	Revoked = "REVOKED"
)

// A Document is what is stored for a task. Values are plain data: nil, bool,
// int64, *big.Int for integers beyond 64 bits, float64, string, []any and
// map[string]any of these.
type Document struct {
	TaskID, Status string
	Value          any      // of a task that succeeded; the meta of STARTED and of custom states
	Error          *Failure // of RETRY, FAILURE and REVOKED
	Traceback      string
	Children       []Child
	Done           time.Time // zero unless the state is final
	GroupID        string
	ParentID       string
	// Extended is what result_extended adds: name, args, kwargs, worker,
	// retries, queue. nil is without.
	Extended map[string]any
}

// A Failure is a stored exception: its class, its module and its arguments.
type Failure struct {
	Type, Module string
	Args         []any
	Text         string // in place of Args, which is then nil
}

// A Child is a task that a task started, or a group with its members.
type Child struct {
	ID    string
	Group []Child // nil for a task
}

// A Waiter calls each once for every task as it becomes ready, until all are,
// each returns false or ctx ends.
type Waiter interface {
	Wait(ctx context.Context, ids []string, each func(Document) bool) error
}

// A Forgetter removes results.
type Forgetter interface {
	Forget(ctx context.Context, ids ...string) error
}

// A Chords counts the parts of chords.
type Chords interface {
	// SetChordSize says how many parts complete a chord.
	SetChordSize(ctx context.Context, group string, size int) error
	// AddPart counts what a task of a header came to. When that completes the
	// chord it returns all parts in the order of the header, else nil.
	AddPart(ctx context.Context, group string, part Part) ([]Part, error)
	// EndChord forgets a chord whose body was sent.
	EndChord(ctx context.Context, group string) error
}

// A Part is what one task of a header came to.
type Part struct {
	TaskID string
	Index  int // its place in the header; NoIndex if unknown
	Status string
	Value  any
	Error  *Failure
}

// NoIndex as Part.Index: the message did not say.
const NoIndex = -1

// A Groups keeps which tasks are members of a group.
type Groups interface {
	SaveGroup(ctx context.Context, group Child) error
	// Group returns a saved group, and whether there is one.
	Group(ctx context.Context, id string) (Child, bool, error)
}

// An Opener opens another backend on the same store.
type Opener interface {
	Open(ctx context.Context, set Settings) (Backend, error)
}

// Settings configure a backend. The zero value is Celery's default.
type Settings struct {
	// Prefix is result_backend_transport_options.global_keyprefix.
	Prefix string
	// Expires is result_expires: 0 is Celery's one day, negative for good.
	Expires time.Duration
}

// An Inspector looks into the store itself, below documents.
type Inspector interface {
	// Stored returns what is kept under a key. Its kind is that of Redis or ""
	// for none.
	Stored(ctx context.Context, key string) (Entry, error)
	// StoreRaw puts a text under a key, without expiry and without telling anybody.
	StoreRaw(ctx context.Context, key, text string) error
	// PushRaw appends a text to the list under a key.
	PushRaw(ctx context.Context, key, text string) error
	// StoredKeys lists every key.
	StoredKeys(ctx context.Context) ([]string, error)
	// Heard returns what is published on a channel while run runs, in order.
	Heard(ctx context.Context, channel string, run func()) ([]string, error)
	// Listeners counts the subscribers of a channel.
	Listeners(ctx context.Context, channel string) (int, error)
}

// An Entry is what the store keeps under one key.
type Entry struct {
	Kind    string
	Text    string             // of a string
	Members map[string]float64 // of a sorted set, with their scores
	Items   []string           // of a list
	Left    time.Duration      // Endless without an expiry
}

// Endless as Entry.Left: the entry never expires.
const Endless time.Duration = -1

// The kinds of failure a caller may branch on. An implementation's errors wrap
// them.
var (
	ErrSerialize   = errors.New("cannot serialize")
	ErrDeserialize = errors.New("cannot deserialize")
	ErrUnavailable = errors.New("unavailable")
	ErrInvalid     = errors.New("invalid argument")
)
