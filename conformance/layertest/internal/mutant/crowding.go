package mutant

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/redkit-dev/redkit/conformance"
)

// crowding holds bugs of layers whose callers are many. What they do does not
// depend on who comes first.
func crowding() []Mutant {
	return []Mutant{
		{Name: "a-crowd-finds-more-room", By: []string{"CON"}, Must: []conformance.ID{"LAYER-CON-001"}, Break: func(l Full, h *bug) {
			set := l.Limits()
			set.Capacity += 2
			h.use(l.With(set))
		}},
		{Name: "every-seventh-message-comes-twice", By: []string{"CON", "LIN"}, Must: []conformance.ID{"LAYER-CON-002", "LAYER-LIN-001"}, Break: func(l Full, h *bug) {
			var mu sync.Mutex
			var last message
			n := 0
			h.receive = func(ctx context.Context, channel string) (message, error) {
				m, err := l.Receive(ctx, channel)
				mu.Lock()
				defer mu.Unlock()
				if n++; n%7 == 0 && err == nil && m["type"] == "t" {
					m, last = last, m
				} else if err == nil {
					last = m
				}
				return m, err
			}
		}},
		{Name: "every-seventh-member-is-forgotten", By: []string{"CON"}, Must: []conformance.ID{"LAYER-CON-005"}, Break: func(l Full, h *bug) {
			var n atomic.Int64
			h.add = func(ctx context.Context, group, channel string) error {
				if n.Add(1)%7 == 0 {
					return nil
				}
				return l.GroupAdd(ctx, group, channel)
			}
		}},
		{Name: "every-fifth-group-message-is-lost", By: []string{"MDL-001"}, Break: fifth},
	}
}

// crowdingPublished holds the same of layers that store nothing.
func crowdingPublished() []Mutant {
	return []Mutant{{Name: "every-fifth-group-publication-is-lost", By: []string{"MDL-003"}, Break: fifth}}
}

// fifth loses every fifth group message.
func fifth(l Full, h *bug) {
	var n atomic.Int64
	h.groupSend = func(ctx context.Context, group string, m message) error {
		if n.Add(1)%5 == 0 {
			return nil
		}
		return l.GroupSend(ctx, group, m)
	}
}
