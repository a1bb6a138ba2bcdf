package fake

import (
	"slices"
	"strings"
)

func zrangeCommands() map[string]handler {
	old := func(by rangeBy, reverse bool) handler {
		return func(x *call) { x.readRange(zrangeSpec{by: by, reverse: reverse, old: true}, "", x.args[1], 2) }
	}
	remove := func(by rangeBy) handler { return func(x *call) { x.zremrange(by) } }
	count := func(by rangeBy) handler { return func(x *call) { x.zcount(by) } }
	return map[string]handler{
		"zrange":      func(x *call) { x.readRange(zrangeSpec{}, "", x.args[1], 2) },
		"zrangestore": func(x *call) { x.readRange(zrangeSpec{stores: true}, x.args[1], x.args[2], 3) },
		"zrevrange":   old(byRank, true), "zrangebyscore": old(byScore, false), "zrevrangebyscore": old(byScore, true),
		"zrangebylex": old(byLex, false), "zrevrangebylex": old(byLex, true),
		"zcount": count(byScore), "zlexcount": count(byLex),
		"zremrangebyrank": remove(byRank), "zremrangebyscore": remove(byScore), "zremrangebylex": remove(byLex),
	}
}

// rangeBy says what the ends of a range are.
type rangeBy int

const (
	byRank rangeBy = iota
	byScore
	byLex
)

// zrangeSpec is a range of a sorted set.
type zrangeSpec struct {
	by              rangeBy
	old, stores     bool // a command before ZRANGE's options, ZRANGESTORE
	reverse, scores bool
	start, stop     string
	limited         bool
	offset, count   int
	rank0, rank1    int
	low, high       func(entry) bool // is before the first, is not behind the last
}

// readRange reads the ends at args[i] and the options of ZRANGE, ZREVRANGE,
// ZRANGEBYSCORE and their kin, and answers. The old commands come with what
// BYSCORE, BYLEX and REV say to the new one; the rest is the same to Redis.
func (x *call) readRange(r zrangeSpec, dst, src string, i int) {
	r.start, r.stop, r.count = x.args[i], x.args[i+1], -1
	for i += 2; i < len(x.args); i++ {
		switch option := strings.ToLower(x.args[i]); {
		case option == "withscores" && !r.stores:
			r.scores = true
		case option == "limit" && i+2 < len(x.args):
			var ok bool
			if r.offset, r.count, ok = x.bounds(i + 1); !ok {
				return
			}
			r.limited = true
			i += 2
		case option == "rev" && !r.old && !r.reverse:
			r.reverse = true
		case option == "bylex" && !r.old && r.by == byRank:
			r.by = byLex
		case option == "byscore" && !r.old && r.by == byRank:
			r.by = byScore
		default:
			x.err(errSyntax)
			return
		}
	}
	if r.count != -1 && r.by == byRank {
		x.err("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX")
		return
	}
	if r.scores && r.by == byLex {
		x.err("ERR syntax error, WITHSCORES not supported in combination with BYLEX")
		return
	}
	x.answerRange(dst, src, r)
}

// readEnds reads the ends of the range, or writes why not.
func (x *call) readEnds(r *zrangeSpec) bool {
	low, high := r.start, r.stop
	if r.reverse && r.by != byRank {
		low, high = high, low
	}
	switch r.by {
	case byRank:
		var errStart, errStop error
		r.rank0, errStart = atoi(r.start)
		r.rank1, errStop = atoi(r.stop)
		if r.limited = false; errStart != nil || errStop != nil {
			x.err(errNotInteger)
			return false
		}
	case byScore:
		min, minOpen, okMin := scoreEnd(low)
		max, maxOpen, okMax := scoreEnd(high)
		if !okMin || !okMax {
			x.err("ERR min or max is not a float")
			return false
		}
		r.low = func(e entry) bool { return e.score < min || minOpen && e.score == min }
		r.high = func(e entry) bool { return e.score < max || !maxOpen && e.score == max }
	case byLex:
		var okLow, okHigh bool
		r.low, okLow = lexEnd(low, false)
		r.high, okHigh = lexEnd(high, true)
		if !okLow || !okHigh {
			x.err("ERR min or max not valid string range item")
			return false
		}
	}
	return true
}

func scoreEnd(s string) (f float64, open, ok bool) {
	s, open = strings.CutPrefix(s, "(")
	f, ok = rangeFloat(s)
	return f, open, ok
}

// lexEnd reads "[a", "(a", "-" or "+" as the test that a member lies before
// the end; a closed upper end counts the end itself.
func lexEnd(s string, upper bool) (before func(entry) bool, ok bool) {
	switch {
	case s == "-":
		return func(entry) bool { return false }, true
	case s == "+":
		return func(entry) bool { return true }, true
	case strings.HasPrefix(s, "[") == upper && (strings.HasPrefix(s, "[") || strings.HasPrefix(s, "(")):
		return func(e entry) bool { return e.member <= s[1:] }, true
	case strings.HasPrefix(s, "[") || strings.HasPrefix(s, "("):
		return func(e entry) bool { return e.member < s[1:] }, true
	default:
		return nil, false
	}
}

// ranks are the ranks the range begins and ends before, in ascending order,
// LIMIT not applied.
func (r *zrangeSpec) ranks(z *zset) (from, to int) {
	if r.by == byLex && z.mixed() {
		return r.mixedRanks(z)
	}
	if r.by != byRank {
		from, to = z.before(r.low), z.before(r.high)
		return from, max(from, to)
	}
	from, to = span(r.rank0, r.rank1, z.len())
	if r.reverse {
		from, to = z.len()-to, z.len()-from
	}
	return from, to
}

// mixed reports whether the scores differ: then members are in no order, and
// a range of them is what Redis comes across.
func (z *zset) mixed() bool {
	n := z.len()
	return n > 1 && z.slice(0, 1)[0].score != z.slice(n-1, n)[0].score
}

// mixedRanks is ranks for a lexical range where scores differ: from the first
// member that is not before the range, or the last that is not behind it if
// reversed, to where the range ends.
func (r *zrangeSpec) mixedRanks(z *zset) (from, to int) {
	all := z.slice(0, z.len())
	if r.low(all[len(all)-1]) || !r.high(all[0]) {
		return 0, 0
	}
	if r.reverse {
		for to = len(all); to > 0 && !r.high(all[to-1]); to-- {
		}
		for from = to; from > 0 && !r.low(all[from-1]); from-- {
		}
		return from, to
	}
	for from < len(all) && r.low(all[from]) {
		from++
	}
	for to = from; to < len(all) && r.high(all[to]); to++ {
	}
	return from, to
}

// pick returns the members of the range.
func (r *zrangeSpec) pick(z *zset) []entry {
	if z == nil {
		return nil
	}
	from, to := r.ranks(z)
	if r.limited {
		if r.offset < 0 {
			return nil
		}
		n := to - from - r.offset
		if r.count >= 0 {
			n = min(n, r.count)
		}
		if n = max(n, 0); r.reverse {
			to -= r.offset
			from = to - n
		} else {
			from += r.offset
			to = from + n
		}
		if n == 0 {
			return nil
		}
	}
	entries := z.slice(from, to)
	if r.reverse {
		slices.Reverse(entries)
	}
	return entries
}

func (x *call) answerRange(dst, src string, r zrangeSpec) {
	if !x.readEnds(&r) {
		return
	}
	z, ok := x.zset(src)
	if !ok {
		return
	}
	entries := r.pick(z)
	if r.stores {
		x.storeEntries(dst, entries, "zrangestore")
		return
	}
	x.writeEntries(entries, r.scores, x.w.RESP3)
}

// storeEntries makes a key hold these members, or nothing.
func (x *call) storeEntries(key string, entries []entry, event string) {
	db, k := x.data(), dbKey{*x.db, key}
	existed := db.remove(key)
	if len(entries) == 0 {
		if existed {
			x.s.notify('g', "del", k)
		}
		x.w.Int(0)
		return
	}
	z := db.makeZset(key)
	for _, e := range entries {
		z.set(e.member, e.score)
	}
	x.s.notify('z', event, k)
	x.s.changed(k)
	x.w.Int(int64(len(entries)))
}

func (x *call) zcount(by rangeBy) {
	r := zrangeSpec{by: by, start: x.args[2], stop: x.args[3]}
	if !x.readEnds(&r) {
		return
	}
	z, ok := x.zset(x.args[1])
	if !ok {
		return
	}
	n := 0
	if z != nil {
		from, to := r.ranks(z)
		n = to - from
	}
	x.w.Int(int64(n))
}

func (x *call) zremrange(by rangeBy) {
	r := zrangeSpec{by: by, start: x.args[2], stop: x.args[3]}
	if !x.readEnds(&r) {
		return
	}
	z, ok := x.zset(x.args[1])
	if !ok {
		return
	}
	entries := r.pick(z)
	for _, e := range entries {
		z.remove(e.member)
	}
	if len(entries) > 0 {
		x.s.notify('z', x.cmd.name, dbKey{*x.db, x.args[1]})
		x.data().slotChanged(x.args[1], z)
	}
	x.w.Int(int64(len(entries)))
}
