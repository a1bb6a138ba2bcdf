package mutant

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"github.com/redkit-dev/redkit/conformance/layertest"
)

// publishing holds bugs of layers that store nothing.
func publishing() []Mutant {
	return []Mutant{
		{Name: "one-listener-gets-it", Break: second(func(_, l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				for {
					m, err := l.Receive(ctx, channel)
					if channel != "news" || m["type"] != "t" {
						return m, err
					}
				}
			}
		})},
		{Name: "sending-to-nobody-fails", Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				if n, err := l.Do(ctx, 0, "PUBSUB", "CHANNELS", channel); err == nil && m["type"] == "t" && len(n.([]any)) == 0 {
					return errors.New("nobody listens")
				}
				return l.Send(ctx, channel, m)
			}
		}},
		{Name: "the-last-message-is-kept-for-those-who-come", Break: func(l Full, h *bug) {
			var mu sync.Mutex
			kept := map[string]message{}
			h.send = func(ctx context.Context, channel string, m message) error {
				if m["type"] == "t" {
					mu.Lock()
					kept[channel] = m
					mu.Unlock()
				}
				return l.Send(ctx, channel, m)
			}
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				mu.Lock()
				defer mu.Unlock()
				if before := kept[channel]; channel == "news" && before != nil {
					delete(kept, channel)
					_ = l.Send(ctx, channel, before) // a bug does not look
				}
				return m, err
			}
		}},
		{Name: "what-a-new-channel-is-sent-at-once-is-lost", Break: func(l Full, h *bug) {
			var mu sync.Mutex
			heard := map[string]bool{}
			h.receive = func(ctx context.Context, channel string) (message, error) {
				for {
					m, err := l.Receive(ctx, channel)
					mu.Lock()
					first := err == nil && !heard[channel]
					heard[channel] = true
					mu.Unlock()
					if !first {
						return m, err
					}
				}
			}
		}},
		{Name: "a-new-member-listens-late", Break: func(l Full, h *bug) {
			var mu sync.Mutex
			var owed [][2]string
			h.add = func(_ context.Context, group, channel string) error {
				mu.Lock()
				defer mu.Unlock()
				owed = append(owed, [2]string{group, channel})
				return nil
			}
			h.receive = func(ctx context.Context, channel string) (message, error) {
				mu.Lock()
				for _, o := range owed {
					_ = l.GroupAdd(ctx, o[0], o[1]) // a bug does not look
				}
				owed = nil
				mu.Unlock()
				return l.Receive(ctx, channel)
			}
		}},
		{Name: "cancelling-a-receiver-ends-its-channel", Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				if errors.Is(err, context.Canceled) {
					_ = l.CloseChannel(context.WithoutCancel(ctx), channel)
				}
				return m, err
			}
		}},
		{Name: "senders-are-told-of-readers", Break: func(l Full, h *bug) {
			sent := map[string]int{}
			h.send = func(ctx context.Context, channel string, m message) error {
				if m["type"] == "t" {
					sent[channel]++
				}
				if sent[channel] > 2*l.Limits().Capacity {
					return layertest.ErrFull
				}
				return l.Send(ctx, channel, m)
			}
		}},
		{Name: "keeps-all-that-nobody-reads", Break: func(l Full, h *bug) {
			set := l.Limits()
			set.Capacity *= 10
			h.use(l.With(set))
		}},
		{Name: "memberships-end-by-themselves", Break: func(l Full, h *bug) {
			h.add = func(ctx context.Context, group, channel string) error {
				_, err := l.Do(ctx, 0, "SET", "member:"+group, "1", "PX", strconv.FormatInt(l.Limits().GroupExpiry.Milliseconds(), 10))
				return errors.Join(err, l.GroupAdd(ctx, group, channel))
			}
			h.groupSend = func(ctx context.Context, group string, m message) error {
				if there, err := l.Do(ctx, 0, "EXISTS", "member:"+group); err == nil && there == int64(0) {
					return nil
				}
				return l.GroupSend(ctx, group, m)
			}
		}},
		{Name: "a-flush-does-nothing", Break: func(l Full, h *bug) {
			h.flush = func(context.Context) error { return nil }
		}},
		{Name: "a-closed-channel-stays", Break: func(l Full, h *bug) {
			var once sync.Once
			h.release = func(ctx context.Context, channel string) (err error) {
				first := false
				once.Do(func() { first = true })
				if first {
					return nil
				}
				return l.CloseChannel(ctx, channel)
			}
		}},
		{Name: "anybodys-channel-is-a-member", Break: func(l Full, h *bug) {
			h.add = func(ctx context.Context, group, channel string) error {
				return ignoring(l.GroupAdd(ctx, group, channel), layertest.ErrInvalid)
			}
		}},
	}
}

// ignoring drops an error of this kind.
func ignoring(err, kind error) error {
	if errors.Is(err, kind) {
		return nil
	}
	return err
}
