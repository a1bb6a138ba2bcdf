package cachetest

import (
	"slices"

	"github.com/redkit-dev/redkit/conformance/internal/value"
)

// same reports whether two values of the port are equal, as value.Same does
// for plain ones.
func same(a, b any) bool {
	switch a := a.(type) {
	case Timeout:
		return a == b
	case []Scored:
		b, ok := b.([]Scored)
		return ok && slices.EqualFunc(a, b, func(x, y Scored) bool { return same(x.Member, y.Member) && x.Score == y.Score })
	}
	return value.Same(a, b)
}

// plain turns what checks write for brevity into what the port carries.
func plain(v any) any { return value.Plain(v) }

func plainMap(m map[string]any) map[string]any { return plain(m).(map[string]any) }

// show renders a value for messages.
func show(v any) string {
	if scored, ok := v.([]Scored); ok {
		return "[" + value.List(scored, func(s Scored) string { return show(s.Member) + ":" + show(s.Score) }) + "]"
	}
	return value.Show(v)
}
