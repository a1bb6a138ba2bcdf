package celery

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// A plan collects the messages of one call, so that they are published in one
// step and none when the call cannot be made.
type plan struct {
	app      *App
	parent   *Task
	prepend  []any  // arguments before those of the first tasks: the result of the task before
	once     string // names the plan: what it sends is taken once, whoever makes it again
	seed     string // what ids are made from, in a plan that may be made again
	made     int    // ids so far
	messages []broker.Message
	ids      []string        // in an app that runs them
	sent     []*message.Task // in an app that tells monitors
	names    []string        // of the tasks, without repetitions
	sizes    map[string]int  // of chords
	sheet    *[]byte         // the messages are written on it
}

func (a *App) plan(ctx context.Context) *plan {
	return &plan{app: a, parent: TaskFrom(ctx)}
}

// id is for a task or group that has none. Made from a seed it is the same
// when the plan is made again: what was sent the first time, and what the
// second time, then belong together.
func (p *plan) id() string {
	if p.seed == "" {
		return newID()
	}
	p.made++
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(p.seed+"."+strconv.Itoa(p.made))).String()
}

// sheets are what the messages of a plan are written on. A broker keeps none
// of it, and memory would be most of the cost of sending.
var sheets = sync.Pool{New: func() any { s := make([]byte, 0, 2048); return &s }}

// largestSheet is the size in bytes up to which a sheet serves again.
const largestSheet = 1 << 18

// encode makes a message of a task, which is good until the plan is published.
func (p *plan) encode(t *message.Task, o *Options) (broker.Message, error) {
	if p.sheet == nil {
		p.sheet, _ = sheets.Get().(*[]byte)
		*p.sheet = (*p.sheet)[:0]
	}
	from := len(*p.sheet)
	m, out, err := p.app.encode(*p.sheet, t, o)
	if *p.sheet = out; err == nil { // messages before it stay where they are when the sheet moves
		m.Raw = out[from:len(out):len(out)]
	}
	return m, err
}

func (p *plan) release() {
	if p.sheet != nil && cap(*p.sheet) <= largestSheet {
		sheets.Put(p.sheet)
	}
	p.sheet = nil
}

// place is where a call stands in a larger one.
type place struct {
	chain []any // signatures that follow, the last first
	chord any   // body of the chord whose header it is part of
	group string
	index any
}

// next are the calls that follow, the first first.
func (at place) next() []*Signature {
	next := readSignatures(at.chain)
	slices.Reverse(next)
	return next
}

// add plans a call and returns its result's node.
func (p *plan) add(s *Signature, at place) (result.Child, error) {
	switch s.kind {
	case kindChain:
		return p.chain(s, at)
	case kindGroup:
		if len(at.chain) > 0 { // what follows a group makes it a chord
			body := chainOf(Chain(at.next()...).steps())
			at.chain = nil
			return p.chord(Chord(members(s), body), at)
		}
		return p.group(s, at)
	case kindChord:
		return p.chord(s, at)
	}
	return p.task(s, at)
}

func (p *plan) task(s *Signature, at place) (result.Child, error) {
	o := &s.Options
	t := message.Task{ID: o.TaskID, Name: s.Task, Args: s.Args, Kwargs: s.Kwargs, Shadow: o.Shadow, Group: at.group, GroupIndex: at.index,
		Retries: o.Retries, Soft: o.Soft, Hard: o.Hard, IgnoreResult: o.IgnoreResult || p.app.set.IgnoreResult, Chain: at.chain, Chord: at.chord, Headers: o.Headers, Stamps: o.Stamps}
	if len(p.prepend) > 0 && !s.Immutable {
		t.Args = append(slices.Clone(p.prepend), s.Args...)
	}
	// What ends a call inside a header carries its place itself.
	if chord := o.extra["chord"]; at.chord == nil && chord != nil {
		t.Chord, t.GroupIndex = chord, plain(o.extra["group_index"])
		t.Group, _ = o.extra["group_id"].(string)
	}
	if t.ID == "" {
		t.ID = p.id()
	}
	t.Root = t.ID
	if p.parent != nil {
		t.Root, t.Parent = p.parent.Root, p.parent.ID
	}
	if o.timed() {
		now := p.app.now()
		t.ETA, t.Expires = o.times(now)
		if !t.Expires.IsZero() {
			t.Expiration = t.Expires.Sub(now)
		}
	}
	if len(o.Link) > 0 {
		t.Callbacks = wires(o.Link)
	}
	if len(o.LinkError) > 0 {
		t.Errbacks = wires(o.LinkError)
	}
	if h := p.app.handler(s.Task); h != nil && h.ignoreResult {
		t.IgnoreResult = true
	}
	m, err := p.encode(&t, o)
	if err != nil {
		return result.Child{}, err
	}
	if m.Once = p.once; p.once != "" && len(p.messages) > 0 { // each message is taken by itself
		m.Once += "." + strconv.Itoa(len(p.messages))
	}
	p.messages = append(p.messages, m)
	if len(p.names) == 0 || p.names[len(p.names)-1] != t.Name {
		p.names = append(p.names, t.Name)
	}
	if p.app.eager != nil {
		p.ids = append(p.ids, t.ID)
	}
	if p.app.set.SentEvents {
		sent := t
		p.sent = append(p.sent, &sent)
	}
	return result.Child{ID: t.ID}, nil
}

// publish sets the sizes of chords, before any part can be done, and sends
// the messages. It ends the plan.
func (p *plan) publish(ctx context.Context) error {
	defer p.release()
	for group, size := range p.sizes {
		if err := p.app.set.Results.SetChordSize(ctx, group, size); err != nil {
			return err
		}
	}
	if err := p.app.set.Broker.Publish(ctx, p.messages...); err != nil {
		return fmt.Errorf("send %s: %w", strings.Join(p.names, ", "), err)
	}
	if p.app.set.SentEvents {
		p.app.sentEvents(ctx, p)
	}
	return nil
}
