package fake

import "iter"

// list is a list value: a ring, so that both ends cost the same however long
// it is.
type list struct {
	ring []string
	head int
	n    int
}

func (l *list) len() int { return l.n }

func (l *list) slot(i int) *string {
	if i += l.head; i >= len(l.ring) {
		i -= len(l.ring)
	}
	return &l.ring[i]
}

func (l *list) at(i int) string     { return *l.slot(i) }
func (l *list) set(i int, v string) { *l.slot(i) = v }

func (l *list) grow() {
	if l.n < len(l.ring) {
		return
	}
	ring := make([]string, max(8, 2*l.n))
	for i := range l.n {
		ring[i] = l.at(i)
	}
	l.ring, l.head = ring, 0
}

// push adds a value at the left or the right end.
func (l *list) push(left bool, v string) {
	l.grow()
	l.n++
	if !left {
		l.set(l.n-1, v)
		return
	}
	l.head = (l.head + len(l.ring) - 1) % len(l.ring)
	l.ring[l.head] = v
}

// pop takes the value at the left or the right end of a list that has one.
func (l *list) pop(left bool) string {
	i := l.n - 1
	if left {
		i = 0
	}
	v := l.at(i)
	l.set(i, "") // let it be collected
	if left {
		l.head = (l.head + 1) % len(l.ring)
	}
	l.n--
	return v
}

// insert puts a value before the one at i; i may be the length.
func (l *list) insert(i int, v string) {
	l.push(false, "")
	for j := l.n - 1; j > i; j-- {
		l.set(j, l.at(j-1))
	}
	l.set(i, v)
}

// filter keeps the values for which keep is true.
func (l *list) filter(keep func(i int, v string) bool) {
	kept := 0
	for i := range l.n {
		if v := l.at(i); keep(i, v) {
			l.set(kept, v)
			kept++
		}
	}
	for i := kept; i < l.n; i++ {
		l.set(i, "")
	}
	l.n = kept
}

func (l *list) all() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range l.n {
			if !yield(l.at(i)) {
				return
			}
		}
	}
}

func (l *list) clone() *list {
	c := &list{}
	for v := range l.all() {
		c.push(false, v)
	}
	return c
}

// span turns Redis' start and stop, which may count from the end, into the
// half-open range of n values they name.
func span(start, stop, n int) (from, to int) {
	if start < 0 {
		start = max(start+n, 0)
	}
	if stop < 0 {
		stop += n
	}
	stop = min(stop, n-1)
	if start > stop {
		return 0, 0
	}
	return start, stop + 1
}

// stringSpan is span for the bytes of a string: unlike in a list, an end
// before the first is the first.
func stringSpan(start, stop, n int) (from, to int) {
	if stop < 0 && (start >= 0 || start <= stop) {
		stop = max(stop+n, 0)
	}
	return span(start, stop, n)
}
