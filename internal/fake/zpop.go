package fake

import (
	"slices"
	"strings"
)

// takeScores pops n members from an end of a sorted set.
func (x *call) takeScores(key string, z *zset, low bool, n int) []entry {
	n = min(n, z.len())
	taken := z.slice(0, n)
	event := "zpopmin"
	if !low {
		event = "zpopmax"
		taken = z.slice(z.len()-n, z.len())
		slices.Reverse(taken)
	}
	for _, e := range taken {
		z.remove(e.member)
	}
	if n > 0 {
		x.s.notify('z', event, dbKey{*x.db, key})
		x.data().slotChanged(key, z)
	}
	return taken
}

func (x *call) zpop(low bool) {
	count, counted := 1, len(x.args) == 3
	if len(x.args) > 3 {
		x.err(errSyntax)
		return
	}
	if counted {
		n, err := atoi(x.args[2])
		if err != nil || n < 0 {
			x.err(errPositive)
			return
		}
		count = n
	}
	z, ok := x.zset(x.args[1])
	if !ok {
		return
	}
	var taken []entry
	if z != nil {
		taken = x.takeScores(x.args[1], z, low, count)
	}
	x.writeEntries(taken, true, counted && x.w.RESP3)
}

func (x *call) bzpop(low bool) {
	timeout, ok := x.timeout(x.args[len(x.args)-1])
	if !ok {
		return
	}
	keys := x.args[1 : len(x.args)-1]
	answer := func(key string, z *zset) {
		e := x.takeScores(key, z, low, 1)[0]
		x.w.Array(3)
		x.w.Bulk(key)
		x.w.Bulk(e.member)
		x.w.Double(e.score)
	}
	for _, key := range keys {
		z, ok := x.zset(key)
		if !ok {
			return
		}
		if z != nil {
			answer(key, z)
			return
		}
	}
	x.block(keys, timeout, func(string) bool {
		for _, key := range keys {
			if z, ok := x.data().zset(key); ok && z != nil {
				answer(key, z)
				return true
			}
		}
		return false
	}, x.w.NullArray)
}

// readZMPop reads numkeys key... MIN|MAX [COUNT n] from args[i] on.
func (x *call) readZMPop(i int) (p mpop, ok bool) {
	return x.readMPop(i, func(s string) (low, ok bool) {
		low = strings.EqualFold(s, "min")
		return low, low || strings.EqualFold(s, "max")
	})
}

// tryZMPop pops from the first key that has members; ok is false after an
// error.
func (x *call) tryZMPop(p mpop, blocked bool) (ok, done bool) {
	for _, key := range p.keys {
		z, ok := x.data().zset(key)
		if !ok && !blocked {
			x.err(errWrongType)
			return false, false
		}
		if z != nil {
			taken := x.takeScores(key, z, p.left, p.count)
			x.w.Array(2)
			x.w.Bulk(key)
			x.writeEntries(taken, true, true)
			return true, true
		}
	}
	return true, false
}

func (x *call) zmpop() {
	if p, ok := x.readZMPop(1); ok {
		if ok, done := x.tryZMPop(p, false); ok && !done {
			x.w.NullArray()
		}
	}
}

func (x *call) bzmpop() {
	p, ok := x.readZMPop(2)
	if !ok {
		return
	}
	timeout, ok := x.timeout(x.args[1])
	if !ok {
		return
	}
	if ok, done := x.tryZMPop(p, false); !ok || done {
		return
	}
	x.block(p.keys, timeout, func(string) bool {
		_, done := x.tryZMPop(p, true)
		return done
	}, x.w.NullArray)
}
