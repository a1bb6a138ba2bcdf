package mutant

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/layertest"
)

func grouping() []Mutant {
	return []Mutant{
		{Name: "groups-hold-no-general-channels", Break: func(l Full, h *bug) {
			h.add = func(ctx context.Context, group, channel string) error {
				if channel == "jobs" && group == "g" {
					return nil
				}
				return l.GroupAdd(ctx, group, channel)
			}
		}},
		{Name: "has-one-group-for-all", Break: func(l Full, h *bug) {
			h.add = func(ctx context.Context, group, channel string) error {
				return errors.Join(l.GroupAdd(ctx, group, channel), l.GroupAdd(ctx, "g", channel))
			}
		}},
		{Name: "discards-nobody", Break: func(l Full, h *bug) {
			h.discard = func(ctx context.Context, group, channel string) error {
				return l.GroupDiscard(ctx, group, channel+".")
			}
		}},
		{Name: "members-are-a-list", Break: func(l Full, h *bug) {
			var mu sync.Mutex
			extra := map[string]string{}
			h.add = func(ctx context.Context, group, channel string) error {
				mu.Lock()
				defer mu.Unlock()
				if _, twice := extra[group+"/"+channel]; twice {
					extra[group] = channel
				}
				extra[group+"/"+channel] = ""
				return l.GroupAdd(ctx, group, channel)
			}
			h.groupSend = func(ctx context.Context, group string, m message) error {
				mu.Lock()
				defer mu.Unlock()
				if again := extra[group]; again != "" {
					_ = l.Send(ctx, again, m) // a bug does not look
				}
				return l.GroupSend(ctx, group, m)
			}
		}},
		{Name: "fails-for-a-group-without-members", Break: func(l Full, h *bug) {
			h.groupSend = func(ctx context.Context, group string, m message) error {
				if group == "none" {
					return errors.New("no such group")
				}
				return l.GroupSend(ctx, group, m)
			}
		}},
		{Name: "fails-to-discard-who-is-no-member", Break: func(l Full, h *bug) {
			h.discard = func(ctx context.Context, group, channel string) error {
				if group == "none" {
					return errors.New("no such group")
				}
				return l.GroupDiscard(ctx, group, channel)
			}
		}},
		{Name: "members-share-a-list", Break: func(l Full, h *bug) {
			var list any
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				if v, is := m["list"]; is && strings.Contains(channel, "!") {
					if list == nil {
						list = v
					}
					m["list"] = list
				}
				return m, err
			}
		}},
		{Name: "a-channel-has-one-group", Break: func(l Full, h *bug) {
			var mu sync.Mutex
			of := map[string]string{}
			h.add = func(ctx context.Context, group, channel string) error {
				mu.Lock()
				defer mu.Unlock()
				if before := of[channel]; before != "" && before != group {
					_ = l.GroupDiscard(ctx, before, channel) // a bug does not look
				}
				of[channel] = group
				return l.GroupAdd(ctx, group, channel)
			}
		}},
		{Name: "sends-to-groups-what-can-be-written", Break: func(l Full, h *bug) { h.groupSend = lenient(l.GroupSend, reflect.Chan) }},
	}
}

func limited() []Mutant {
	with := func(name string, change func(*limits)) Mutant {
		return Mutant{Name: name, Break: func(l Full, h *bug) {
			set := l.Limits()
			change(&set)
			h.use(l.With(set))
		}}
	}
	return []Mutant{
		with("has-room-for-one-less", func(s *limits) { s.Capacity-- }),
		with("has-room-for-one-more", func(s *limits) { s.Capacity++ }),
		with("lets-messages-expire-early", func(s *limits) { s.Expiry /= 2 }),
		with("lets-messages-expire-late", func(s *limits) { s.Expiry *= 3 }),
		with("lets-members-expire-early", func(s *limits) { s.GroupExpiry /= 2 }),
		with("lets-members-expire-late", func(s *limits) { s.GroupExpiry *= 3 }),
		{Name: "counts-what-was-received", Break: func(l Full, h *bug) {
			var mu sync.Mutex
			sent := 0
			h.send = func(ctx context.Context, channel string, m message) error {
				mu.Lock()
				defer mu.Unlock()
				if sent >= l.Limits().Capacity && channel == "jobs" {
					return layertest.ErrFull
				}
				sent++
				return l.Send(ctx, channel, m)
			}
		}},
		{Name: "counts-all-channels-together", Break: func(l Full, h *bug) {
			var mu sync.Mutex
			sent := map[string]int{}
			h.send = func(ctx context.Context, channel string, m message) error {
				mu.Lock()
				defer mu.Unlock()
				if channel == "other" && sent["jobs"] >= l.Limits().Capacity {
					return layertest.ErrFull
				}
				sent[channel]++
				return l.Send(ctx, channel, m)
			}
		}},
		{Name: "group-messages-replace-the-oldest", By: []string{"CAP"}, Break: func(l Full, h *bug) {
			var mu sync.Mutex
			sent := 0
			h.send = func(ctx context.Context, channel string, m message) error {
				mu.Lock()
				defer mu.Unlock()
				sent++
				return l.Send(ctx, channel, m)
			}
			h.groupSend = func(ctx context.Context, group string, m message) error {
				mu.Lock()
				defer mu.Unlock()
				if sent >= l.Limits().Capacity {
					_, _ = l.Receive(ctx, "jobs") // a bug does not look
				}
				return l.GroupSend(ctx, group, m)
			}
		}},
		{Name: "does-not-renew-memberships", Break: func(l Full, h *bug) {
			var mu sync.Mutex
			known := map[string]bool{}
			h.add = func(ctx context.Context, group, channel string) error {
				mu.Lock()
				defer mu.Unlock()
				if known[group+"/"+channel] {
					return nil
				}
				known[group+"/"+channel] = true
				return l.GroupAdd(ctx, group, channel)
			}
		}},
	}
}

func cancelling() []Mutant {
	return []Mutant{
		{Name: "returns-nothing-when-cancelled", Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				if errors.Is(err, context.Canceled) {
					return nil, nil
				}
				return m, err
			}
		}},
		{Name: "a-cancelled-receiver-takes-a-message-along", Must: []conformance.ID{"LAYER-CTX-002", "LAYER-CON-004"}, Break: func(l Full, h *bug) {
			var mu sync.Mutex
			owed := map[string]bool{}
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, context.Canceled) {
					owed[channel] = true
				}
				return m, err
			}
			h.send = func(ctx context.Context, channel string, m message) error {
				mu.Lock()
				defer mu.Unlock()
				if owed[channel] && m["type"] == "t" {
					delete(owed, channel)
					return nil
				}
				return l.Send(ctx, channel, m)
			}
		}},
		{Name: "does-not-look-at-an-ended-context", Break: func(l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				if ctx.Err() != nil {
					once, cancel := context.WithCancel(context.WithoutCancel(ctx))
					done := make(chan struct{})
					go func() { // ends with the receive below
						defer close(done)
						_ = l.Send(once, channel, message{"type": "nothing"}) // wakes it if there is none
					}()
					m, err := l.Receive(once, channel)
					<-done
					cancel()
					return m, err
				}
				return l.Receive(ctx, channel)
			}
		}},
	}
}
