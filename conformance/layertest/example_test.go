package layertest_test

import (
	"context"
	"fmt"
	"regexp"
	"sync"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
)

// chanLayer is a channel layer in one process: a Go channel for each channel.
// It claims Queues and Bounded, and has no expiry.
type chanLayer struct {
	mu       sync.Mutex
	channels map[string]chan layertest.Message
	groups   map[string]map[string]bool
	made     int
}

const capacity = 5

// names are those that Channels allows.
var names = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,99}$`)

func (*chanLayer) Limits() layertest.Limits { return layertest.Limits{Capacity: capacity} }

// queue is that of a channel, made when it is first needed.
func (l *chanLayer) queue(channel string) (chan layertest.Message, error) {
	if !names.MatchString(channel) {
		return nil, fmt.Errorf("channel %q: %w", channel, layertest.ErrInvalid)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	q := l.channels[channel]
	if q == nil {
		q = make(chan layertest.Message, capacity)
		l.channels[channel] = q
	}
	return q, nil
}

func (l *chanLayer) Send(ctx context.Context, channel string, msg layertest.Message) error {
	q, err := l.queue(channel)
	if err != nil {
		return err
	}
	own, err := copied(msg)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case q <- own.(layertest.Message):
		return nil
	default:
		return fmt.Errorf("channel %q: %w", channel, layertest.ErrFull)
	}
}

func (l *chanLayer) Receive(ctx context.Context, channel string) (layertest.Message, error) {
	q, err := l.queue(channel)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	select {
	case msg := <-q:
		return msg, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *chanLayer) NewChannel(ctx context.Context) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made++
	return fmt.Sprintf("specific.%d", l.made), ctx.Err()
}

func (l *chanLayer) GroupAdd(ctx context.Context, group, channel string) error {
	return l.member(ctx, group, channel, true)
}

func (l *chanLayer) GroupDiscard(ctx context.Context, group, channel string) error {
	return l.member(ctx, group, channel, false)
}

func (l *chanLayer) member(ctx context.Context, group, channel string, is bool) error {
	if !names.MatchString(group) || !names.MatchString(channel) {
		return fmt.Errorf("group %q, channel %q: %w", group, channel, layertest.ErrInvalid)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case ctx.Err() != nil:
	case is && l.groups[group] == nil:
		l.groups[group] = map[string]bool{channel: true}
	case is:
		l.groups[group][channel] = true
	default:
		delete(l.groups[group], channel)
	}
	return ctx.Err()
}

// GroupSend gives the message to every member whose channel has room.
func (l *chanLayer) GroupSend(ctx context.Context, group string, msg layertest.Message) error {
	if !names.MatchString(group) {
		return fmt.Errorf("group %q: %w", group, layertest.ErrInvalid)
	}
	if _, err := copied(msg); err != nil {
		return err // with or without members
	}
	l.mu.Lock()
	var members []string
	for channel := range l.groups[group] {
		members = append(members, channel)
	}
	l.mu.Unlock()
	for _, channel := range members {
		_ = l.Send(ctx, channel, msg) // one that is full misses it
	}
	return ctx.Err()
}

func (l *chanLayer) Flush(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() == nil {
		clear(l.groups)
		for _, q := range l.channels {
			for empty := false; !empty; {
				select {
				case <-q:
				default:
					empty = true
				}
			}
		}
	}
	return ctx.Err()
}

// copied is a deep copy of plain data: what the sender changes later is not the
// message's.
func copied(v any) (_ any, err error) {
	switch v := v.(type) {
	case nil, bool, int64, float64, string:
		return v, nil
	case []byte:
		return append([]byte{}, v...), nil
	case []any:
		list := make([]any, len(v))
		for i := range v {
			if list[i], err = copied(v[i]); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		m := make(map[string]any, len(v))
		for k := range v {
			if k == "__asgi_channel__" {
				return nil, fmt.Errorf("key %s: %w", k, layertest.ErrInvalid)
			}
			if m[k], err = copied(v[k]); err != nil {
				return nil, err
			}
		}
		return m, nil
	}
	return nil, fmt.Errorf("%T: %w", v, layertest.ErrInvalid)
}

func chanSubject() layertest.Subject {
	return layertest.Subject{
		Name: "Go channels",
		New: func(conformance.TB) layertest.Layer {
			return &chanLayer{channels: map[string]chan layertest.Message{}, groups: map[string]map[string]bool{}}
		},
		Claims:    []conformance.Capability{layertest.Queues, layertest.Bounded, layertest.AnyMember},
		Equipment: conformance.Equipment{Clock: &conformance.Manual{}}, // nothing here has a time
	}
}

// A layer of Go channels, judged. In a test
//
//	func TestChanLayer(t *testing.T) { layertest.Test(t, chanSubject()) }
//
// does the same in a subtest per requirement. What needs a server to be broken
// is unproven, what needs a capability that the layer lacks is skipped.
func ExampleCheck() {
	report := layertest.Check(context.Background(), chanSubject())
	fmt.Println(report.Err())
	for _, r := range report.Results {
		switch r.ID {
		case "LAYER-SND-001", "LAYER-EXP-001":
			fmt.Println(r.ID, r.Status)
		}
	}
	// Output:
	// <nil>
	// LAYER-SND-001 pass
	// LAYER-EXP-001 skip
}
