package resulttest

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/redkit-dev/redkit/conformance/internal/walk"
)

func modelRows() []row {
	return []row{
		{ID: "RESULT-MDL-001", Needs: needs{forgetting}, Says: "Any sequence of calls MUST do what a map does in which successes stay.",
			Why: "what no example thought of; found by random walks, shrunk", Check: check(func(k *kit) {
				if !k.Still() {
					k.Unproven("the clock runs by itself")
				}
				walk.Walks[step]{Count: 30, Length: 20, Step: drawn, Text: step.text,
					Follow: func(prefix string, walk []step) string { return follow(k, prefix, walk) }}.Try(k.Probe)
			})},
	}
}

// A step is one call of a random walk, as plain data, so that walks shrink.
type step struct {
	Op      string
	Task    int // of three
	Status  string
	Value   int64
	Advance time.Duration
}

// drawn is a random step.
func drawn(t *rapid.T) step {
	return step{
		Op:      rapid.SampledFrom([]string{"get", "store", "store", "store", "forget", "advance"}).Draw(t, "op"),
		Task:    rapid.IntRange(0, 2).Draw(t, "task"),
		Status:  rapid.SampledFrom([]string{Success, Failed, Retry, Started, Revoked, "PROGRESS"}).Draw(t, "status"),
		Value:   rapid.Int64Range(0, 9).Draw(t, "value"),
		Advance: rapid.SampledFrom([]time.Duration{time.Hour, day/2 + time.Minute, day + time.Minute}).Draw(t, "advance"),
	}
}

func (s step) text() string {
	switch s.Op {
	case "store":
		return fmt.Sprintf("store(t%d, %s, %d)", s.Task, s.Status, s.Value)
	case "advance":
		return fmt.Sprintf("advance(%v)", s.Advance)
	}
	return fmt.Sprintf("%s(t%d)", s.Op, s.Task)
}

// document is what a step stores.
func (s step) document(id string) Document {
	d := Document{TaskID: id, Status: s.Status}
	if s.Status == Failed || s.Status == Retry || s.Status == Revoked {
		d.Error = raised("ValueError", s.Value)
	} else {
		d.Value = s.Value
	}
	if ready(s.Status) {
		d.Done = done
	}
	return d
}

// modelled is what the model keeps of a task.
type modelled struct {
	d    Document
	dies time.Duration
}

// follow makes a walk on the backend and on the model and returns the first
// difference, or "".
func follow(k *kit, prefix string, walk []step) string {
	model := map[string]modelled{}
	now := time.Duration(0)
	for _, s := range append(slices.Clone(walk), step{Op: "get"}, step{Op: "get", Task: 1}, step{Op: "get", Task: 2}) {
		id := fmt.Sprintf("%s-%d", prefix, s.Task)
		have, there := model[id]
		if there && have.dies <= now {
			delete(model, id)
			there = false
		}
		switch s.Op {
		case "get":
			want := Document{TaskID: id, Status: Pending}
			if there {
				want = have.d
			}
			if f := k.get(id); differ(want, f.d) != "" {
				return fmt.Sprintf("get(t%d) = %s, the model says %s", s.Task, shown(f.d), shown(want))
			}
		case "store":
			k.store(s.document(id))
			if !there || have.d.Status != Success {
				model[id] = modelled{s.document(id), now + day}
			}
		case "forget":
			k.forget(id)
			delete(model, id)
		case "advance":
			k.Advance(s.Advance)
			now += s.Advance
		}
	}
	return ""
}
