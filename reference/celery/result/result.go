// Package result keeps what became of tasks, as Celery's Redis result backend
// does, so that AsyncResult.get() in Python and Get here read each other's.
//
// Redis keeps results in Redis, Memory in the process. They differ from
// Celery's in two places where Celery can go wrong: that SUCCESS stays is
// decided in one atomic step, and a chord's part counts once however often
// its task was delivered.
package result

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// The kinds of failure a caller may branch on; others are those of the context.
var (
	// ErrNoTask reports a document without the id of a task.
	ErrNoTask = errors.New("the task has no id")
	// ErrEncode reports a value that JSON cannot carry.
	ErrEncode = errors.New("cannot be written as JSON")
	// ErrDecode reports a stored text that is no result.
	ErrDecode = errors.New("is no result")
	// ErrUnavailable reports that the server could not be asked, or refused.
	ErrUnavailable = errors.New("the result backend is unavailable")
)

// A State is what is known of a task. Others than these are an application's own.
type State string

// The states of Celery (celery/states.py). Pending is also what nobody knows of.
const (
	Pending  State = "PENDING"
	Received State = "RECEIVED" // in events only
	Started  State = "STARTED"
	Retry    State = "RETRY"
	Success  State = "SUCCESS"
	Failure  State = "FAILURE"
	Revoked  State = "REVOKED"
	Rejected State = "REJECTED" // in events and eager runs only
	Ignored  State = "IGNORED"  // in eager runs only
)

// Ready reports whether the state is final.
func (s State) Ready() bool { return s == Success || s == Failure || s == Revoked }

// Failed reports whether a result in this state is an error.
func (s State) Failed() bool { return s == Retry || s == Failure || s == Revoked }

// A Document is what is stored for a task.
type Document struct {
	TaskID    string
	Status    State
	Value     any    // what the task returned, as JSON knows it; the meta of a custom state
	Error     *Error // for Retry, Failure and Revoked
	Traceback string
	Children  []Child
	DateDone  time.Time // zero unless the state is final
	GroupID   string
	ParentID  string
	Extended  pyjson.Object // name, args, kwargs, worker, retries, queue with result_extended
	Typed     message.Typed
}

// A Child is a task or group that a task started.
type Child struct {
	ID    string
	Group []Child // the members, if it is a group
}

func (c Child) tuple() any {
	if c.Group == nil {
		return []any{[]any{c.ID, nil}, nil}
	}
	members := make([]any, len(c.Group))
	for i, m := range c.Group {
		members[i] = m.tuple()
	}
	return []any{[]any{c.ID, nil}, members}
}

func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Encode writes the document in Celery's order. A document without the id of
// its task is refused: Celery's get() would raise on it.
func (d *Document) Encode() ([]byte, error) {
	if d.TaskID == "" {
		return nil, fmt.Errorf("encode result: %w", ErrNoTask)
	}
	b, err := d.append(make([]byte, 0, 256))
	if err != nil {
		return nil, fmt.Errorf("encode result of task %s: %w: %w", d.TaskID, ErrEncode, err)
	}
	return b, nil
}

// append writes member by member: a worker does it for every task.
func (d *Document) append(b []byte) ([]byte, error) {
	value := d.Typed.Wrap(d.Value)
	if d.Error != nil {
		value = d.Error.document(d.Typed)
	}
	var err error
	member := func(key string, v any) {
		if err == nil {
			b = append(append(append(b, ", \""...), key...), `": `...)
			b, err = pyjson.Append(b, v)
		}
	}
	b = append(b, `{"status": `...)
	if b, err = pyjson.AppendString(b, string(d.Status)); err != nil {
		return b, err
	}
	member("result", value)
	member("traceback", nullText(d.Traceback))
	b = append(b, `, "children": [`...)
	for i, c := range d.Children {
		if i > 0 {
			b = append(b, ", "...)
		}
		if err == nil {
			b, err = pyjson.Append(b, c.tuple())
		}
	}
	b = append(b, ']')
	if d.DateDone.IsZero() {
		member("date_done", nil)
	} else {
		member("date_done", message.ISO(d.DateDone))
	}
	if d.GroupID != "" {
		member("group_id", d.GroupID)
	}
	if d.ParentID != "" {
		member("parent_id", d.ParentID)
	}
	for _, m := range d.Extended {
		member(m.Key, d.Typed.Wrap(m.Value))
	}
	member("task_id", d.TaskID)
	return append(b, '}'), err
}

// Decode reads a stored document, whoever wrote it.
func Decode(raw []byte) (*Document, error) {
	v, err := pyjson.Decode(raw)
	if err != nil {
		return nil, fmt.Errorf("decode result: %w: %w", ErrDecode, err)
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("decode result: %w: not a JSON object", ErrDecode)
	}
	d := &Document{}
	status, ok := m["status"].(string)
	if !ok {
		return nil, fmt.Errorf("decode result: %w: status is missing", ErrDecode)
	}
	d.Status = State(status)
	d.TaskID, _ = m["task_id"].(string)
	d.Traceback, _ = m["traceback"].(string)
	d.GroupID, _ = m["group_id"].(string)
	d.ParentID, _ = m["parent_id"].(string)
	if at, ok := m["date_done"].(string); ok {
		d.DateDone, _ = message.ParseTime(at)
	}
	children, _ := m["children"].([]any)
	for _, c := range children {
		if child, ok := readChild(c, 0); ok {
			d.Children = append(d.Children, child)
		}
	}
	for _, key := range []string{"name", "args", "kwargs", "worker", "retries", "queue"} {
		if v, ok := m[key]; ok {
			d.Extended = append(d.Extended, pyjson.Member{Key: key, Value: message.Unwrap(v)})
		}
	}
	if d.Status.Failed() {
		d.Error = readError(m["result"])
		d.Error.Traceback, d.Error.TaskID = d.Traceback, d.TaskID
		return d, nil
	}
	d.Value = message.Unwrap(m["result"])
	return d, nil
}

func readChild(v any, depth int) (Child, bool) {
	pair, _ := v.([]any)
	if len(pair) != 2 || depth > 100 {
		return Child{}, false
	}
	head, _ := pair[0].([]any)
	if len(head) == 0 {
		return Child{}, false
	}
	c := Child{}
	var ok bool
	if c.ID, ok = head[0].(string); !ok {
		return c, false
	}
	members, isGroup := pair[1].([]any)
	if isGroup {
		c.Group = []Child{}
	}
	for _, m := range members {
		if child, ok := readChild(m, depth+1); ok {
			c.Group = append(c.Group, child)
		}
	}
	return c, true
}

// A Part is what one task of a chord's header came to.
type Part struct {
	TaskID string
	State  State
	Value  any
	Error  *Error
}

// A Chord is a header whose tasks are counted.
type Chord struct {
	Group string
	Index any // place of the task in the header, an int64, or nil if unknown
}

// A Backend stores results. Implementations are safe for concurrent use.
type Backend interface {
	// Store keeps a document unless the task has succeeded before, and tells waiters.
	Store(ctx context.Context, d *Document) error
	// Get returns what is stored, or a document in state Pending.
	Get(ctx context.Context, id string) (*Document, error)
	// Wait calls each once for each of the tasks as it becomes ready, until
	// all are, each returns false or ctx ends. Results that were stored
	// before, and while the connection was down, are not missed.
	Wait(ctx context.Context, ids []string, each func(*Document) bool) error
	// Forget removes the results of tasks.
	Forget(ctx context.Context, ids ...string) error

	// SetChordSize says how many parts complete a chord. It comes before the parts.
	SetChordSize(ctx context.Context, group string, size int) error
	// AddPart counts a part. When it completes the chord, it returns all parts
	// in the order of the header, else nil; and again if it is repeated, until EndChord.
	AddPart(ctx context.Context, chord Chord, part Part) ([]Part, error)
	// EndChord forgets a chord whose body was sent.
	EndChord(ctx context.Context, group string) error

	// SaveGroup keeps the members of a group, Group returns them; nil: unknown.
	SaveGroup(ctx context.Context, group Child) error
	Group(ctx context.Context, id string) (*Child, error)
}
