package mutant

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

func routing() []Mutant {
	return []Mutant{
		sent("the-queue-of-a-call-is-ignored", func(c *Call) { c.Queue = "" }),
		opened("routes-are-not-read", func(s *Settings) { s.Routes = nil }),
		opened("any-queue-will-do", func(s *Settings) { s.KnownQueues = nil }),
		sent("an-exchange-is-ignored", func(c *Call) { c.Exchange = "" }),
		sent("nine-is-the-most-urgent", func(c *Call) {
			if c.Priority != nil {
				p := 9 - *c.Priority
				c.Priority = &p
			}
		}),
		{Name: "tasks-run-when-they-are-sent", Break: func(a Full, h *Hooks) {
			h.send = func(ctx context.Context, c Call) (Sent, error) {
				s, err := a.Send(ctx, c)
				if err == nil {
					err = a.Work(ctx)
				}
				return s, err
			}
		}},
		{Name: "claims-to-run-inline-and-does-not", Claims: []conformance.Capability{tasktest.Inline}},
		{Name: "propagates-is-not-read", Inline: true, Break: func(a Full, h *Hooks) {
			h.open = func(ctx context.Context, set Settings) (tasktest.App, error) {
				set.Propagate = false
				return a.Open(ctx, set)
			}
		}},
		{Name: "a-task-for-later-stays-in-its-queue", Break: func(a Full, h *Hooks) {
			later := false
			h.send = func(ctx context.Context, c Call) (Sent, error) {
				later = later || c.Countdown > 0
				return a.Send(ctx, c)
			}
			h.messages = func(ctx context.Context, queue string) ([]string, error) {
				all, err := a.Messages(ctx, queue)
				if later && len(all) == 0 {
					all = append(all, "a task for later")
				}
				return all, err
			}
		}},
	}
}

// written is a bug in how messages are written.
func written(name string, change func(string) string) Mutant {
	return Mutant{Name: name, Break: func(a Full, h *Hooks) {
		h.messages = func(ctx context.Context, queue string) ([]string, error) {
			all, err := a.Messages(ctx, queue)
			for i := range all {
				all[i] = change(all[i])
			}
			return all, err
		}
	}}
}

// read is a bug in how messages of others are read: those it drops are lost.
func read(name string, drops func(string) bool) Mutant {
	return Mutant{Name: name, Break: func(a Full, h *Hooks) {
		h.put = func(ctx context.Context, queue, message string) error {
			if drops(message) {
				return nil
			}
			return a.Put(ctx, queue, message)
		}
	}}
}

var times = regexp.MustCompile(`"(eta|expires)": "[^"]+"`)

func enveloped() []Mutant {
	return []Mutant{
		written("the-headers-come-in-another-order", func(m string) string {
			return strings.Replace(m, `"shadow": null, "eta": null`, `"eta": null, "shadow": null`, 1)
		}),
		written("times-are-written-as-seconds", func(m string) string { return times.ReplaceAllString(m, `"$1": "1764000000"`) }),
		written("limits-are-written-the-soft-one-first", func(m string) string {
			return strings.Replace(m, `"timelimit": [20, 10]`, `"timelimit": [10, 20]`, 1)
		}),
		whole("a-chain-is-written-the-next-first", func(c *Call) {
			if c.Kind == tasktest.Chain && len(c.Tasks) > 2 {
				c.Tasks = slices.Clone(c.Tasks)
				slices.Reverse(c.Tasks[1:])
			}
		}),
		written("the-place-in-a-header-is-not-written", func(m string) string {
			return strings.Replace(m, `"group_index": 1`, `"group_index": null`, 1)
		}),
		read("a-message-without-a-root-is-dropped", func(m string) bool {
			return strings.Contains(m, `"headers": {"task"`) && !strings.Contains(m, "root_id")
		}),
		read("protocol-1-is-dropped", func(m string) bool { return strings.Contains(m, `"headers": {}`) }),
		{Name: "any-serialization-is-decoded", Break: func(a Full, h *Hooks) {
			h.put = func(ctx context.Context, queue, message string) error {
				return a.Put(ctx, queue, strings.ReplaceAll(message, "application/x-python-serialize", "application/json"))
			}
		}},
		sent("compression-is-ignored", func(c *Call) { c.Compression = "" }),
	}
}

func quirks() []Mutant {
	return []Mutant{
		{Name: "claims-to-drop-what-is-rejected-and-keeps-it", Claims: []conformance.Capability{tasktest.QuirkDropsRejected}},
		{Name: "claims-to-ignore-time-and-does-not", Inline: true, Claims: []conformance.Capability{tasktest.QuirkAlwaysEager}},
	}
}
