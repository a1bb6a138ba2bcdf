package mutant

import (
	"context"
	"strings"
)

// processes holds bugs of layers that share their servers with others.
func processes() []Mutant {
	return []Mutant{
		{Name: "what-others-send-to-local-channels-is-lost", Break: second(func(_, l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				if strings.Contains(channel, "!") && m["type"] == "t" {
					return nil
				}
				return l.Send(ctx, channel, m)
			}
		})},
		{Name: "groups-belong-to-a-process", Break: second(func(_, l Full, h *bug) {
			h.add = func(ctx context.Context, group, channel string) error { return l.GroupAdd(ctx, group+"2", channel) }
			h.groupSend = func(ctx context.Context, group string, m message) error { return l.GroupSend(ctx, group+"2", m) }
		})},
		{Name: "general-channels-belong-to-a-process", By: []string{"PRC-003"}, Break: second(func(_, l Full, h *bug) {
			h.receive = func(ctx context.Context, channel string) (message, error) {
				for {
					m, err := l.Receive(ctx, channel)
					if channel != "jobs" || m["type"] != "t" {
						return m, err
					}
				}
			}
		})},
		{Name: "each-process-gets-a-copy", By: []string{"PRC-004"}, Break: func(l Full, h *bug) {
			h.send = func(ctx context.Context, channel string, m message) error {
				if channel == "jobs" {
					_ = l.Send(ctx, "jobs.2", m) // a bug does not look
				}
				return l.Send(ctx, channel, m)
			}
			second(func(_, l Full, h *bug) {
				h.receive = func(ctx context.Context, channel string) (message, error) {
					if channel == "jobs" {
						channel = "jobs.2"
					}
					return l.Receive(ctx, channel)
				}
			})(l, h)
		}},
		{Name: "discards-its-own-channels-only", Break: second(func(_, l Full, h *bug) {
			h.discard = func(context.Context, string, string) error { return nil }
		})},
		{Name: "all-processes-have-one-client-part", Break: second(func(first, l Full, h *bug) {
			h.newChannel = first.NewChannel
		})},
		{Name: "each-process-counts-for-itself", Break: second(func(_, l Full, h *bug) {
			set := l.Limits()
			set.Capacity *= 2
			h.use(l.With(set))
		})},
		{Name: "a-flush-forgets-its-own-alone", Break: second(func(_, l Full, h *bug) {
			h.flush = func(context.Context) error { return nil }
		})},
		{Name: "prefixes-are-ignored", Break: settling(func(s *settings) { s.Prefix = "" })},
		{Name: "a-flush-takes-all-prefixes", Break: second(func(_, l Full, h *bug) {
			h.flush = func(ctx context.Context) error {
				_, err := l.Do(ctx, 0, "FLUSHDB")
				return err
			}
		})},
	}
}

// local holds bugs with the channels of one layer.
func local() []Mutant {
	return []Mutant{
		{Name: "a-receiver-drops-what-is-not-its-own", By: []string{"LOC-001"}, Break: func(l Full, h *bug) {
			var order []string // of local channels that were sent to
			h.send = func(ctx context.Context, channel string, m message) error {
				if strings.Contains(channel, "!") && m["type"] == "t" {
					order = append(order, channel)
				}
				return l.Send(ctx, channel, m)
			}
			h.receive = func(ctx context.Context, channel string) (message, error) {
				for len(order) > 0 && order[0] != channel && strings.Contains(channel, "!") {
					_, _ = l.Receive(ctx, order[0]) // a bug does not look
					order = order[1:]
				}
				if len(order) > 0 && order[0] == channel {
					order = order[1:]
				}
				return l.Receive(ctx, channel)
			}
		}},
		{Name: "unread-channels-grow", Break: func(l Full, h *bug) {
			set := l.Limits()
			set.Capacity *= 2
			h.use(l.With(set))
		}},
	}
}
