package fake

import (
	"math"
	"time"
)

func blockingCommands() map[string]handler {
	return map[string]handler{
		"blpop": func(x *call) { x.bpop(true) }, "brpop": func(x *call) { x.bpop(false) },
		"blmove": (*call).blmove, "brpoplpush": (*call).brpoplpush, "blmpop": (*call).blmpop,
	}
}

// timeout reads a timeout in seconds; 0 is for ever.
func (x *call) timeout(text string) (time.Duration, bool) {
	d, ok := decimal(text)
	f := 0.0
	if ok {
		f, _ = d.Float64()
	}
	switch {
	case !ok:
		x.err("ERR timeout is not a float or out of range")
	case f*1000 > math.MaxInt64:
		x.err("ERR timeout is out of range")
	case f < 0:
		x.err("ERR timeout is negative")
	case f > math.MaxInt64/float64(time.Second):
		x.err("ERR timeout is out of range")
	default:
		return time.Duration(math.Ceil(f*1000)) * time.Millisecond, true
	}
	return 0, false
}

func (x *call) bpop(left bool) {
	timeout, ok := x.timeout(x.args[len(x.args)-1])
	if !ok {
		return
	}
	keys := x.args[1 : len(x.args)-1]
	for _, key := range keys {
		l, ok := x.list(key)
		if !ok {
			return
		}
		if l != nil {
			x.answerPop(key, l, left)
			return
		}
	}
	x.block(keys, timeout, func(string) bool {
		for _, key := range keys { // in the order of the request, whichever changed
			if l, ok := x.data().list(key); ok && l != nil {
				x.answerPop(key, l, left)
				return true
			}
		}
		return false // a key of another type is waited out
	}, x.w.NullArray)
}

func (x *call) answerPop(key string, l *list, left bool) {
	v := x.take(key, l, left, 1)[0]
	x.w.Bulks(key, v)
}

func (x *call) blmove() {
	from, okFrom := readSide(x.args[3])
	to, okTo := readSide(x.args[4])
	if !okFrom || !okTo {
		x.err(errSyntax)
		return
	}
	x.blockMove(x.args[5], from, to)
}

func (x *call) brpoplpush() { x.blockMove(x.args[3], false, true) }

func (x *call) blockMove(timeoutText string, popLeft, pushLeft bool) {
	timeout, ok := x.timeout(timeoutText)
	if !ok {
		return
	}
	src, dst := x.args[1], x.args[2]
	if ok, done := x.tryMove(src, dst, popLeft, pushLeft); !ok || done {
		return
	}
	expire := x.w.NullArray
	if x.mustNotBlock() {
		expire = x.w.Null
	}
	x.block([]string{src}, timeout, func(key string) bool {
		if _, ok := x.data().list(key); !ok {
			return false
		}
		ok, done := x.tryMove(src, dst, popLeft, pushLeft)
		return done || !ok
	}, expire)
}

func (x *call) blmpop() {
	p, ok := x.readMPop(2, readSide)
	if !ok {
		return
	}
	timeout, ok := x.timeout(x.args[1])
	if !ok {
		return
	}
	if ok, done := x.tryMPop(p); !ok || done {
		return
	}
	x.block(p.keys, timeout, func(string) bool {
		for _, key := range p.keys {
			if l, ok := x.data().list(key); ok && l != nil {
				_, done := x.tryMPop(mpop{[]string{key}, p.left, p.count})
				return done
			}
		}
		return false
	}, x.w.NullArray)
}
