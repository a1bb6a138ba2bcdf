package fake

import (
	"iter"
	"math/rand/v2"
)

// entry is a member of a sorted set with its score.
type entry struct {
	member string
	score  float64
}

func (a entry) less(b entry) bool {
	return a.score < b.score || a.score == b.score && a.member < b.member
}

// zset is a sorted set: a map for scores and a skip list, whose links know
// how many members they pass, for order and rank. Every change and every
// lookup takes time in the logarithm of its size.
type zset struct {
	scores map[string]float64
	head   *node
	levels int
}

type node struct {
	entry
	links []link2
}

type link2 struct {
	next *node
	span int // members from here to next, next included
}

const maxLevels = 24

func newZset() *zset {
	return &zset{scores: map[string]float64{}, head: &node{links: make([]link2, maxLevels)}, levels: 1}
}

func (z *zset) len() int { return len(z.scores) }

// path finds for each level the last node before e, and its rank.
func (z *zset) path(e entry) (before [maxLevels]*node, rank [maxLevels]int) {
	n, r := z.head, 0
	for i := z.levels - 1; i >= 0; i-- {
		for next := n.links[i].next; next != nil && next.less(e); next = n.links[i].next {
			r += n.links[i].span
			n = next
		}
		before[i], rank[i] = n, r
	}
	return before, rank
}

// set gives a member a score and reports whether it is new.
func (z *zset) set(member string, score float64) (isNew bool) {
	if score == 0 {
		score = 0 // and not -0, which Redis' compact form does not tell from it
	}
	old, ok := z.scores[member]
	if ok && old == score {
		return false
	}
	if ok {
		z.unlink(entry{member, old})
	}
	z.scores[member] = score
	z.insert(entry{member, score})
	return !ok
}

func (z *zset) insert(e entry) {
	before, rank := z.path(e)
	levels := 1
	for levels < maxLevels && rand.Uint32()&3 == 0 {
		levels++
	}
	for ; z.levels < levels; z.levels++ {
		before[z.levels] = z.head
		z.head.links[z.levels].span = len(z.scores) - 1
	}
	n := &node{entry: e, links: make([]link2, levels)}
	for i := range z.levels {
		if i >= levels {
			before[i].links[i].span++
			continue
		}
		passed := rank[0] - rank[i]
		n.links[i] = link2{before[i].links[i].next, before[i].links[i].span - passed}
		before[i].links[i] = link2{n, passed + 1}
	}
}

func (z *zset) unlink(e entry) {
	before, _ := z.path(e)
	n := before[0].links[0].next
	for i := range z.levels {
		if before[i].links[i].next == n {
			before[i].links[i].span += n.links[i].span - 1
			before[i].links[i].next = n.links[i].next
		} else {
			before[i].links[i].span--
		}
	}
}

// remove reports whether the member was there.
func (z *zset) remove(member string) bool {
	score, ok := z.scores[member]
	if ok {
		z.unlink(entry{member, score})
		delete(z.scores, member)
	}
	return ok
}

// rank is the number of members before one that is there.
func (z *zset) rank(member string) int {
	_, rank := z.path(entry{member, z.scores[member]})
	return rank[0]
}

// before counts the members for which f is true; it must be true for a first
// part of the order and false for the rest.
func (z *zset) before(f func(entry) bool) int {
	n, r := z.head, 0
	for i := z.levels - 1; i >= 0; i-- {
		for next := n.links[i].next; next != nil && f(next.entry); next = n.links[i].next {
			r += n.links[i].span
			n = next
		}
	}
	return r
}

// span yields the members of ranks from to to, to excluded.
func (z *zset) span(from, to int) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		n, r := z.head, -1
		for i := z.levels - 1; i >= 0; i-- {
			for n.links[i].next != nil && r+n.links[i].span <= from {
				r += n.links[i].span
				n = n.links[i].next
			}
		}
		for ; n != nil && r < to; n, r = n.links[0].next, r+1 {
			if r >= from && !yield(n.entry) {
				return
			}
		}
	}
}

// slice is the span as a slice, so that the set may be changed meanwhile.
func (z *zset) slice(from, to int) []entry {
	all := make([]entry, 0, max(to-from, 0))
	for e := range z.span(from, to) {
		all = append(all, e)
	}
	return all
}

func (z *zset) clone() *zset {
	c := newZset()
	for e := range z.span(0, z.len()) {
		c.set(e.member, e.score)
	}
	return c
}
