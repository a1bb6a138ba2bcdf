package fake

import (
	"slices"
	"strings"
)

func zrangeCommands() map[string]handler {
	old := func(by rangeBy, reverse bool) handler { return func(x *call) { x.oldRange(by, reverse) } }
	remove := func(by rangeBy) handler { return func(x *call) { x.zremrange(by) } }
	count := func(by rangeBy) handler { return func(x *call) { x.zcount(by) } }
	return map[string]handler{
		"zrange":      func(x *call) { x.newRange("", x.args[1], 2) },
		"zrangestore": func(x *call) { x.newRange(x.args[1], x.args[2], 3) },
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
	reverse, scores bool
	start, stop     string
	limited         bool
	offset, count   int
	rank0, rank1    int
	low, high       func(entry) bool // is before the first, is not behind the last
}

// newRange is ZRANGE, and ZRANGESTORE if dst is given.
func (x *call) newRange(dst, src string, i int) {
	r := zrangeSpec{start: x.args[i], stop: x.args[i+1], count: -1}
	for i += 2; i < len(x.args); i++ {
		switch option := strings.ToLower(x.args[i]); {
		case option == "byscore":
			r.by = byScore
		case option == "bylex":
			r.by = byLex
		case option == "rev":
			r.reverse = true
		case option == "withscores" && dst == "":
			r.scores = true
		case option == "limit" && i+2 < len(x.args):
			if !x.readLimit(&r, i) {
				return
			}
			i += 2
		default:
			x.err(errSyntax)
			return
		}
	}
	if r.limited && r.by == byRank {
		x.err("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX")
		return
	}
	if r.scores && r.by == byLex {
		x.err("ERR syntax error, WITHSCORES not supported in combination with BYLEX")
		return
	}
	x.answerRange(dst, src, r)
}

func (x *call) readLimit(r *zrangeSpec, i int) bool {
	var errOffset, errCount error
	r.offset, errOffset = atoi(x.args[i+1])
	r.count, errCount = atoi(x.args[i+2])
	if errOffset != nil || errCount != nil {
		x.err(errNotInteger)
		return false
	}
	r.limited = true
	return true
}

// oldRange is ZREVRANGE, ZRANGEBYSCORE and their kin.
func (x *call) oldRange(by rangeBy, reverse bool) {
	r := zrangeSpec{by: by, reverse: reverse, start: x.args[2], stop: x.args[3], count: -1}
	for i := 4; i < len(x.args); i++ {
		switch option := strings.ToLower(x.args[i]); {
		case option == "withscores" && by != byLex:
			r.scores = true
		case option == "limit" && by != byRank && i+2 < len(x.args):
			if !x.readLimit(&r, i) {
				return
			}
			i += 2
		default:
			x.err(errSyntax)
			return
		}
	}
	x.answerRange("", x.args[1], r)
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
		if errStart != nil || errStop != nil {
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
	if dst != "" {
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
