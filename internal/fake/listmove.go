package fake

import (
	"strings"
)

func (x *call) lmove() {
	from, okFrom := readSide(x.args[3])
	to, okTo := readSide(x.args[4])
	if !okFrom || !okTo {
		x.err(errSyntax)
		return
	}
	x.moveOne(x.args[1], x.args[2], from, to)
}

// readSide reads LEFT or RIGHT.
func readSide(s string) (left, ok bool) {
	left = strings.EqualFold(s, "left")
	return left, left || strings.EqualFold(s, "right")
}

// moveOne is LMOVE and RPOPLPUSH. It answers with a null if there is nothing
// to move.
func (x *call) moveOne(from, to string, popLeft, pushLeft bool) {
	if ok, done := x.tryMove(from, to, popLeft, pushLeft); ok && !done {
		x.w.Null()
	}
}

// tryMove moves one value and answers with it; ok is false after an error,
// done if there was one to move.
func (x *call) tryMove(from, to string, popLeft, pushLeft bool) (ok, done bool) {
	src, ok := x.list(from)
	if !ok || src == nil {
		return ok, false
	}
	if _, ok := x.list(to); !ok {
		return false, false
	}
	db := x.data()
	v := src.pop(popLeft)
	dst := db.makeList(to)
	dst.push(pushLeft, v)
	x.s.notify('l', side(pushLeft)+"push", dbKey{*x.db, to})
	x.s.notify('l', side(popLeft)+"pop", dbKey{*x.db, from})
	if from != to {
		db.slotChanged(from, src)
	}
	db.slotChanged(to, dst)
	x.s.changed(dbKey{*x.db, to})
	x.w.Bulk(v)
	return true, true
}

// mpop are the arguments LMPOP and BLMPOP share.
type mpop struct {
	keys  []string
	left  bool
	count int
}

// readMPop reads numkeys key... end [COUNT n] from args[i] on.
func (x *call) readMPop(i int, end func(string) (first, ok bool)) (p mpop, ok bool) {
	n, err := atoi(x.args[i])
	if err != nil || n <= 0 {
		x.err("ERR numkeys should be greater than 0")
		return p, false
	}
	rest := x.args[i+1:]
	if n >= len(rest) {
		x.err(errSyntax)
		return p, false
	}
	p.keys, rest = rest[:n], rest[n:]
	if p.left, ok = end(rest[0]); !ok {
		x.err(errSyntax)
		return p, false
	}
	for rest = rest[1:]; len(rest) > 0; rest = rest[2:] {
		if p.count > 0 || len(rest) < 2 || !strings.EqualFold(rest[0], "count") {
			x.err(errSyntax)
			return p, false
		}
		if p.count, ok = x.atLeast(len(x.args)-len(rest)+1, 1, "ERR count should be greater than 0"); !ok {
			return p, false
		}
	}
	p.count = max(p.count, 1)
	return p, true
}

// tryMPop pops from the first key that has values.
func (x *call) tryMPop(p mpop) (ok, done bool) {
	for _, key := range p.keys {
		l, ok := x.list(key)
		if !ok {
			return false, false
		}
		if l != nil {
			x.w.Array(2)
			x.w.Bulk(key)
			x.w.Bulks(x.take(key, l, p.left, min(p.count, l.len()))...)
			return true, true
		}
	}
	return true, false
}

func (x *call) lmpop() {
	if p, ok := x.readMPop(1, readSide); ok {
		if ok, done := x.tryMPop(p); ok && !done {
			x.w.NullArray()
		}
	}
}
