package celery

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// newID is a random UUID. It is drawn from the runtime's generator: unique,
// which is all that ids are for, and without a system call for each.
func newID() string {
	var id uuid.UUID
	binary.NativeEndian.PutUint64(id[:8], rand.Uint64())
	binary.NativeEndian.PutUint64(id[8:], rand.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}

// ErrUnknownQueue reports a queue that is not among Settings.KnownQueues.
var ErrUnknownQueue = errors.New("unknown queue")

// Send sends a task. It returns once the broker has accepted it; if it fails
// the task is either in the queue once or not at all. Called with the context
// of a handler, the new task becomes a child of the one that runs.
func (a *App) Send(ctx context.Context, name string, args []any, options ...Option) (*AsyncResult, error) {
	return a.Apply(ctx, Sig(name, args...).Set(options...))
}

// Apply makes a call. The result of a chain is that of its last task, of a
// chord that of its body, and of a group, or a call that ends in one, that of
// its members.
func (a *App) Apply(ctx context.Context, s *Signature) (*AsyncResult, error) {
	sent, err := a.apply(ctx, s, false)
	if sent == nil {
		return nil, err
	}
	return a.asyncResult(*sent), err
}

// ApplyGroup makes the calls of a group, or a call that ends in one.
func (a *App) ApplyGroup(ctx context.Context, s *Signature) (*GroupResult, error) {
	sent, err := a.apply(ctx, s, true)
	if sent == nil {
		return nil, err
	}
	return &GroupResult{ID: sent.ID, Results: a.asyncResult(*sent).Children, app: a}, err
}

// SendMany sends tasks in one round trip, 500 at a time. They are accepted
// together, and are no group: their results know nothing of each other. Called
// with the context of a handler, the tasks become children of the one that runs.
func (a *App) SendMany(ctx context.Context, tasks ...*Signature) ([]*AsyncResult, error) {
	p := a.plan(ctx)
	p.messages = make([]broker.Message, 0, len(tasks))
	var children []result.Child // of the task that runs, if one does
	parent := TaskFrom(ctx)
	results := make([]*AsyncResult, len(tasks))
	for i, s := range tasks {
		sent, err := p.add(s, place{})
		if err != nil {
			return nil, err
		}
		results[i] = a.asyncResult(sent)
		if parent != nil && parent.app == a {
			children = append(children, sent)
		}
	}
	if len(children) > 0 {
		parent.sent(children...)
	}
	return results, a.carryOut(ctx, p)
}

func (a *App) apply(ctx context.Context, s *Signature, group bool) (*result.Child, error) {
	p := a.plan(ctx)
	n, err := p.add(s, place{})
	if err == nil && group && n.Group == nil {
		err = fmt.Errorf("send group: the call ends in the task %s: use Apply", n.ID)
	}
	if err != nil {
		return nil, err
	}
	if t := TaskFrom(ctx); t != nil && t.app == a {
		t.sent(n)
	}
	return &n, a.carryOut(ctx, p)
}

// carryOut publishes what was planned and, in an eager app, runs it.
func (a *App) carryOut(ctx context.Context, p *plan) error {
	if a.eager != nil {
		if err := a.eager.beforeSend(ctx); err != nil {
			return err
		}
	}
	if err := p.publish(ctx); err != nil {
		return err
	}
	if a.eager != nil {
		return a.eager.afterSend(ctx, p.ids)
	}
	return nil
}

// route says where a task goes.
func (a *App) route(task string, o *Options) (m broker.Message, priority any, err error) {
	priority = o.Priority
	m.Exchange, m.RoutingKey = o.Exchange, o.RoutingKey
	if m.Exchange == "" {
		m.RoutingKey = o.Queue
	}
	for _, r := range a.set.Routes {
		if ok, _ := path.Match(r.Pattern, task); !ok {
			continue
		}
		if m.Exchange == "" && m.RoutingKey == "" {
			m.Exchange, m.RoutingKey = r.Exchange, r.RoutingKey
			if r.Queue != "" {
				m.Exchange, m.RoutingKey = "", r.Queue
			}
		}
		if priority == nil {
			priority = r.Priority
		}
		break
	}
	if m.Exchange == "" && m.RoutingKey == "" {
		m.RoutingKey = a.set.DefaultQueue
	}
	if m.Exchange == "" && len(a.set.KnownQueues) > 0 && !slices.Contains(a.set.KnownQueues, m.RoutingKey) {
		return m, nil, fmt.Errorf("send task %s to queue %q: %w, want one of %q", task, m.RoutingKey, ErrUnknownQueue, a.set.KnownQueues)
	}
	return m, priority, nil
}

// encode appends the message of a task to dst. The message it returns is
// without it.
func (a *App) encode(dst []byte, t *message.Task, o *Options) (broker.Message, []byte, error) {
	m, priority, err := a.route(t.Name, o)
	if err != nil {
		return m, dst, err
	}
	t.Priority, t.Typed = priority, a.set.Typed
	if t.Compression = o.Compression; t.Compression == "" {
		t.Compression = a.set.Compression
	}
	t.Origin, t.ReplyTo = a.origin, a.reply
	if a.set.Sending != nil {
		heard := *t // handing out t itself would put every task on the heap
		a.set.Sending(&heard)
	}
	m.Priority = message.Clamp(plain(priority))
	from := len(dst)
	if dst, err = t.AppendEncode(dst, m.Exchange, m.RoutingKey, newID()); err != nil {
		return m, dst, fmt.Errorf("send task %s: %w", t.Name, err)
	}
	if size := len(dst) - from; size > a.set.MaxMessage {
		return m, dst, fmt.Errorf("send task %s: the message has %d bytes, Settings.MaxMessage allows %d", t.Name, size, a.set.MaxMessage)
	}
	return m, dst, nil
}

func plain(v any) any {
	if n, ok := v.(int); ok {
		return int64(n)
	}
	return v
}

func (o *Options) timed() bool {
	return o.Countdown > 0 || o.ExpiresIn > 0 || !o.ETA.IsZero() || !o.Expires.IsZero()
}

// times are eta and expires of a call made now.
func (o *Options) times(now time.Time) (eta, expires time.Time) {
	eta, expires = o.ETA, o.Expires
	if o.Countdown > 0 {
		eta = now.Add(o.Countdown)
	}
	if o.ExpiresIn > 0 {
		expires = now.Add(o.ExpiresIn)
	}
	return eta, expires
}
