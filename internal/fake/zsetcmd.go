package fake

import (
	"math"
	"strings"
)

func zsetCommands() map[string]handler {
	pop := func(low bool) handler { return func(x *call) { x.zpop(low) } }
	bpop := func(low bool) handler { return func(x *call) { x.bzpop(low) } }
	rank := func(reverse bool) handler { return func(x *call) { x.zrank(reverse) } }
	return map[string]handler{
		"zadd": (*call).zadd, "zincrby": (*call).zincrby, "zscore": (*call).zscore, "zmscore": (*call).zmscore, "zcard": (*call).zcard,
		"zrank": rank(false), "zrevrank": rank(true), "zrem": (*call).zrem, "zrandmember": (*call).zrandmember,
		"zpopmin": pop(true), "zpopmax": pop(false), "bzpopmin": bpop(true), "bzpopmax": bpop(false),
		"zmpop": (*call).zmpop, "bzmpop": (*call).bzmpop,
	}
}

// zset is the sorted set at a key; ok is false, and the error written, if the
// key holds something else.
func (x *call) zset(key string) (z *zset, ok bool) {
	if z, ok = x.data().zset(key); !ok {
		x.err(errWrongType)
	}
	return z, ok
}

// zrange are all members of the sorted set at a key, in order.
func (db *database) zrange(key string) []entry {
	z, _ := db.zset(key)
	if z == nil {
		return nil
	}
	return z.slice(0, z.len())
}

// zaddFlags are the options of ZADD.
type zaddFlags struct{ nx, xx, gt, lt, ch, incr bool }

func (x *call) zadd() {
	var f zaddFlags
	i := 2
	for ; i < len(x.args); i++ {
		flag := map[string]*bool{"nx": &f.nx, "xx": &f.xx, "gt": &f.gt, "lt": &f.lt, "ch": &f.ch, "incr": &f.incr}[strings.ToLower(x.args[i])]
		if flag == nil {
			break
		}
		*flag = true
	}
	pairs := x.args[i:]
	switch {
	case len(pairs) == 0 || len(pairs)%2 != 0:
		x.err(errSyntax)
		return
	case f.nx && f.xx:
		x.err("ERR XX and NX options at the same time are not compatible")
		return
	case f.gt && f.nx || f.lt && f.nx || f.gt && f.lt:
		x.err("ERR GT, LT, and/or NX options at the same time are not compatible")
		return
	case f.incr && len(pairs) > 2:
		x.err("ERR INCR option supports a single increment-element pair")
		return
	}
	entries := make([]entry, len(pairs)/2)
	for i := range entries {
		score, ok := float(pairs[2*i])
		if !ok {
			x.err(errNotFloat)
			return
		}
		entries[i] = entry{pairs[2*i+1], score}
	}
	x.addScores(f, entries)
}

func (x *call) zincrby() {
	by, ok := float(x.args[2])
	if !ok {
		x.err(errNotFloat)
		return
	}
	x.addScores(zaddFlags{incr: true}, []entry{{x.args[3], by}})
}

// addScores is ZADD and ZINCRBY once their arguments are read.
func (x *call) addScores(f zaddFlags, entries []entry) {
	key := x.args[1]
	z, ok := x.zset(key)
	if !ok {
		return
	}
	if z == nil {
		if f.xx {
			x.answerAdd(f, 0, 0, false, 0)
			return
		}
		z = x.data().makeZset(key)
	}
	added, changed, done, result := 0, 0, false, 0.0
	for _, e := range entries {
		old, exists := z.scores[e.member]
		if f.nx && exists || f.xx && !exists {
			continue
		}
		score := e.score
		if f.incr && exists {
			if score += old; math.IsNaN(score) {
				x.err("ERR resulting score is not a number (NaN)")
				return
			}
		}
		if exists && (f.gt && score <= old || f.lt && score >= old) {
			continue
		}
		done, result = true, score
		if z.set(e.member, score) {
			added++
		} else if score != old {
			changed++
		}
	}
	if z.len() == 0 {
		x.data().remove(key)
	}
	if added+changed > 0 {
		event := "zadd"
		if f.incr {
			event = "zincr"
		}
		x.s.notify('z', event, dbKey{*x.db, key})
		x.data().slotChanged(key, z)
	}
	x.answerAdd(f, added, changed, done, result)
}

func (x *call) answerAdd(f zaddFlags, added, changed int, done bool, result float64) {
	switch {
	case f.incr && done:
		x.w.Double(result)
	case f.incr:
		x.w.Null()
	case f.ch:
		x.w.Int(int64(added + changed))
	default:
		x.w.Int(int64(added))
	}
}

func (x *call) zscore() {
	z, ok := x.zset(x.args[1])
	if !ok {
		return
	}
	x.writeScore(z, x.args[2])
}

func (x *call) writeScore(z *zset, member string) {
	if z != nil {
		if score, ok := z.scores[member]; ok {
			x.w.Double(score)
			return
		}
	}
	x.w.Null()
}

func (x *call) zmscore() {
	z, ok := x.zset(x.args[1])
	if !ok {
		return
	}
	x.w.Array(len(x.args) - 2)
	for _, m := range x.args[2:] {
		x.writeScore(z, m)
	}
}

func (x *call) zcard() {
	if z, ok := x.zset(x.args[1]); ok {
		n := 0
		if z != nil {
			n = z.len()
		}
		x.w.Int(int64(n))
	}
}

func (x *call) zrank(reverse bool) {
	withScore := len(x.args) == 4 && strings.EqualFold(x.args[3], "withscore")
	if len(x.args) > 4 {
		x.err(errArity(x.cmd))
		return
	}
	if len(x.args) == 4 && !withScore {
		x.err(errSyntax)
		return
	}
	z, ok := x.zset(x.args[1])
	if !ok {
		return
	}
	var score float64
	if z != nil {
		score, ok = z.scores[x.args[2]]
	}
	if z == nil || !ok {
		if withScore {
			x.w.NullArray()
		} else {
			x.w.Null()
		}
		return
	}
	rank := z.rank(x.args[2])
	if reverse {
		rank = z.len() - 1 - rank
	}
	if withScore {
		x.w.Array(2)
	}
	x.w.Int(int64(rank))
	if withScore {
		x.w.Double(score)
	}
}

func (x *call) zrem() {
	z, ok := x.zset(x.args[1])
	if !ok {
		return
	}
	n := 0
	if z != nil {
		for _, m := range x.args[2:] {
			if z.remove(m) {
				n++
			}
		}
	}
	if n > 0 {
		x.s.notify('z', "zrem", dbKey{*x.db, x.args[1]})
		x.data().slotChanged(x.args[1], z)
	}
	x.w.Int(int64(n))
}

// writeEntries writes members with scores: pairs in RESP3 if nested.
func (x *call) writeEntries(entries []entry, scores, nested bool) {
	pairs := scores && nested
	n := len(entries)
	if scores && !pairs {
		n *= 2
	}
	x.w.Array(n)
	for _, e := range entries {
		if pairs {
			x.w.Array(2)
		}
		x.w.Bulk(e.member)
		if scores {
			x.w.Double(e.score)
		}
	}
}
