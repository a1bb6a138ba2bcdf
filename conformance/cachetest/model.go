package cachetest

import (
	"fmt"
	"math"
	"time"

	"pgregory.net/rapid"

	"github.com/redkit-dev/redkit/conformance/internal/walk"
)

func modelRows() []row {
	return []row{
		{ID: "CACHE-MDL-001", Needs: needs{adding, touching, counting}, Says: "Any sequence of calls MUST do what a map with expiries does.",
			Why: "what no example thought of; found by random walks, shrunk", Check: check(func(k *kit) {
				if !k.Still() {
					k.Unproven("the clock runs by itself")
				}
				walk.Walks[step]{Count: 40, Length: 25, Step: drawn, Text: step.text,
					Follow: func(prefix string, walk []step) string { return follow(k, prefix, walk) }}.Try(k.Probe)
			})},
	}
}

// A step is one call of a random walk, as plain data, so that walks shrink.
type step struct {
	Op      string
	Key     int // of three
	Value   any
	Timeout Timeout
	Delta   int64
	Advance time.Duration
}

// drawn is a random step.
func drawn(t *rapid.T) step {
	return step{
		Op:      rapid.SampledFrom([]string{"get", "set", "set", "add", "delete", "touch", "incr", "advance"}).Draw(t, "op"),
		Key:     rapid.IntRange(0, 2).Draw(t, "key"),
		Value:   rapid.SampledFrom([]any{"v", "5", nil, int64(1), int64(-3), true, 1.5, []any{"x"}}).Draw(t, "value"),
		Timeout: rapid.SampledFrom([]Timeout{Default(), Forever(), For(10 * time.Second), For(20 * time.Second), For(0), For(-time.Second)}).Draw(t, "timeout"),
		Delta:   rapid.Int64Range(-2, 2).Draw(t, "delta"),
		Advance: rapid.SampledFrom([]time.Duration{time.Second, 9999 * time.Millisecond, 10001 * time.Millisecond, 300 * time.Second}).Draw(t, "advance"),
	}
}

// modelled is what the model keeps of an entry.
type modelled struct {
	value any
	dies  time.Duration // math.MaxInt64 for never
}

// follow makes a walk on the cache and on the model and returns the first
// difference, or "".
func follow(k *kit, prefix string, walk []step) string {
	model := map[string]modelled{}
	now := time.Duration(0)
	for _, s := range walk {
		key := fmt.Sprintf("%s-%d", prefix, s.Key)
		want := s.on(model, &now, key)
		got := s.call(k, key)
		if got != want {
			return fmt.Sprintf("%s = %s, the model says %s", s.text(), got, want)
		}
	}
	for i := range 3 {
		key := fmt.Sprintf("%s-%d", prefix, i)
		last := step{Op: "get", Key: i}
		if want, got := last.on(model, &now, key), last.call(k, key); got != want {
			return fmt.Sprintf("%s at the end = %s, the model says %s", last.text(), got, want)
		}
	}
	return ""
}

func (s step) text() string {
	switch s.Op {
	case "set", "add":
		return fmt.Sprintf("%s(k%d, %s, %v)", s.Op, s.Key, show(s.Value), s.Timeout)
	case "touch":
		return fmt.Sprintf("touch(k%d, %v)", s.Key, s.Timeout)
	case "incr":
		return fmt.Sprintf("incr(k%d, %d)", s.Key, s.Delta)
	case "advance":
		return fmt.Sprintf("advance(%v)", s.Advance)
	}
	return fmt.Sprintf("%s(k%d)", s.Op, s.Key)
}

// call makes the step on the cache and tells the outcome in words.
func (s step) call(k *kit, key string) string {
	var o outcome
	switch s.Op {
	case "get":
		o = k.get(key)
	case "set":
		o = k.try(key, s.Value, s.Timeout)
	case "add":
		o = k.add(key, s.Value, s.Timeout)
	case "delete":
		o = k.del(key)
	case "touch":
		o = k.touch(key, s.Timeout)
	case "incr":
		if o = k.incr(key, s.Delta); o.err != nil {
			return "an error"
		}
	case "advance":
		k.Advance(s.Advance)
		return ""
	}
	switch {
	case o.err != nil:
		return "failed: " + o.err.Error()
	case o.missing:
		return "nothing"
	case s.Op == "set":
		return ""
	}
	return show(plain(o.value))
}

// on makes the step on the model.
func (s step) on(model map[string]modelled, now *time.Duration, key string) string {
	e, there := model[key]
	if there && e.dies <= *now {
		delete(model, key)
		there = false
	}
	dies := *now + s.Timeout.D
	switch s.Timeout.Kind {
	case Standard:
		dies = *now + djangoDefault
	case Endless:
		dies = math.MaxInt64
	}
	gone := dies <= *now
	store := func(value any) {
		if delete(model, key); !gone {
			model[key] = modelled{value, dies}
		}
	}
	switch s.Op {
	case "get":
		if !there {
			return "nothing"
		}
		return show(e.value)
	case "set":
		store(s.Value)
		return ""
	case "add":
		if !there {
			store(s.Value)
		}
		return show(!there)
	case "delete":
		delete(model, key)
		return show(there)
	case "touch":
		if there {
			store(e.value)
		}
		return show(there)
	case "incr":
		n, isInt := e.value.(int64)
		if !there || !isInt {
			return "an error"
		}
		model[key] = modelled{n + s.Delta, e.dies}
		return show(n + s.Delta)
	default:
		*now += s.Advance
		return ""
	}
}
