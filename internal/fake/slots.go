package fake

import (
	"strconv"
)

// slots holds values of a type that the fake implements itself, because
// miniredis' own is too slow or wrong. The key lives in miniredis all the
// same, with the right type and one element, the number of the slot: so
// TYPE, EXISTS, RENAME, EXPIRE, WATCH, SCAN and WRONGTYPE need no second
// implementation. A slot whose key is gone is found and freed by a sweep.
type slots[T any] struct {
	values map[string]T
	last   int64
	sweep  int // number of slots at which a sweep is due
}

const slotMark = "\x00slot:"

// add stores a value and returns its number.
func (s *slots[T]) add(v T) string {
	if s.values == nil {
		s.values = map[string]T{}
	}
	s.last++
	id := slotMark + strconv.FormatInt(s.last, 36)
	s.values[id] = v
	return id
}

// due reports whether the slots have grown enough to look for dead ones.
func (s *slots[T]) due() bool { return len(s.values) > max(s.sweep, 256) }

// keep frees all slots but those in live.
func (s *slots[T]) keep(live map[string]T) {
	s.values = live
	s.sweep = 2 * len(live)
}
