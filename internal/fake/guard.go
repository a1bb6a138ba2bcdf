package fake

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// guardedCommands are miniredis' own behind a check of what it takes on
// trust: sizes it would try to allocate, and words it reads otherwise.
func guardedCommands() map[string]handler {
	return map[string]handler{
		"setrange": (*call).setrange, "append": (*call).appendTo, "mset": (*call).mset, "msetnx": (*call).mset, "srandmember": (*call).srandmember, "sintercard": (*call).sintercard,
		"incr": func(x *call) { x.incr(1) }, "decr": func(x *call) { x.incr(-1) },
		"incrby": func(x *call) { x.incrBy(1) }, "decrby": func(x *call) { x.incrBy(-1) },
		"incrbyfloat": (*call).incrByFloat, "hincrby": (*call).hincrby, "hincrbyfloat": (*call).hincrByFloat,
		"sadd": (*call).sadd, "spop": (*call).spop, "sinter": (*call).nativeSet, "sunion": (*call).nativeSet, "sdiff": (*call).nativeSet,
		"getrange": (*call).getrange, "substr": (*call).getrange,
	}
}

func (x *call) maxString() int { return x.s.settings.number("proto-max-bulk-len") }

func (x *call) setrange() {
	offset, err := atoi(x.args[2])
	switch {
	case err != nil:
		x.err(errNotInteger)
	case offset < 0:
		x.err("ERR offset is out of range")
	case x.args[3] == "":
		if s, ok := x.text(x.args[1]); ok {
			x.w.Int(int64(len(s)))
		}
	case offset > x.maxString()-len(x.args[3]):
		x.err(errTooLong)
	default:
		x.native()
	}
}

func (x *call) appendTo() {
	if v, _ := x.data().get(x.args[1]); len(v)+len(x.args[2]) > x.maxString() {
		x.err(errTooLong)
		return
	}
	x.native()
}

func (x *call) mset() {
	if len(x.args)%2 == 0 {
		x.err(errArity(x.cmd))
		return
	}
	x.native()
}

func wraps(a, b int64) bool { return b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b }

func (x *call) incrBy(sign int64) {
	by, ok := number(x.args[2])
	switch {
	case !ok:
		x.err(errNotInteger)
	case sign < 0 && by == math.MinInt64:
		x.err("ERR decrement would overflow")
	default:
		x.incr(sign * by)
	}
}

func (x *call) incr(by int64) {
	db, key := x.data(), x.args[1]
	old, isString := db.get(key)
	n := int64(0)
	if !isString {
		if db.exists(key) {
			x.err(errWrongType)
			return
		}
	} else if n, isString = number(old); !isString {
		x.err(errNotInteger)
		return
	}
	if wraps(n, by) {
		x.err(errOverflow)
		return
	}
	db.replace(key, strconv.FormatInt(n+by, 10))
	x.s.notify('$', "incrby", dbKey{*x.db, key})
	x.w.Int(n + by)
}

const errNotFinite = "ERR increment would produce NaN or Infinity"

// sum adds two decimals; why is an error.
func sum(old, by, badOld string) (text, why string) {
	b, ok := decimal(by)
	if !ok {
		return "", errNotFloat
	}
	a, ok := decimal(old)
	switch {
	case !ok:
		return "", badOld
	case a.IsInf() || b.IsInf():
		return "", errNotFinite
	}
	total := new(big.Float).SetPrec(64).Add(a, b)
	if total.MantExp(nil) > longDoubleMax {
		return "", errNotFinite
	}
	return decimalText(total), ""
}

func (x *call) incrByFloat() {
	db, key := x.data(), x.args[1]
	old, isString := db.get(key)
	if !isString {
		if db.exists(key) {
			x.err(errWrongType)
			return
		}
		old = "0"
	}
	text, why := sum(old, x.args[2], errNotFloat)
	if why != "" {
		x.err(why)
		return
	}
	db.replace(key, text)
	x.s.notify('$', "incrbyfloat", dbKey{*x.db, key})
	x.w.Bulk(text)
}

// field is a field of a hash; ok is false, and the error written, if the key
// is of another type.
func (x *call) field(key, field string) (value string, exists, ok bool) {
	v := x.data().ask("HGET", key, field)
	if v.IsError() {
		x.err(v.Str)
		return "", false, false
	}
	return v.Str, !v.Null, true
}

func (x *call) hincrby() {
	by, ok := number(x.args[3])
	if !ok {
		x.err(errNotInteger)
		return
	}
	old, exists, ok := x.field(x.args[1], x.args[2])
	if !ok {
		return
	}
	n := int64(0)
	if exists {
		if n, ok = number(old); !ok {
			x.err("ERR hash value is not an integer")
			return
		}
	}
	if wraps(n, by) {
		x.err(errOverflow)
		return
	}
	x.setField(strconv.FormatInt(n+by, 10))
	x.w.Int(n + by)
}

func (x *call) hincrByFloat() {
	by, ok := decimal(x.args[3])
	switch {
	case !ok:
		x.err(errNotFloat)
		return
	case by.IsInf():
		x.err("ERR value is NaN or Infinity")
		return
	}
	old, exists, ok := x.field(x.args[1], x.args[2])
	if !ok {
		return
	}
	if !exists {
		old = "0"
	}
	text, why := sum(old, x.args[3], "ERR hash value is not a float")
	if why != "" {
		x.err(why)
		return
	}
	x.setField(text)
	x.w.Bulk(text)
}

// setField gives the field the command names a value and leaves its end.
func (x *call) setField(value string) {
	key, field := x.args[1], x.args[2]
	at := x.data().fieldEnd(key, field)
	x.data().run(nil, "HSET", key, field, value)
	if at != 0 {
		x.data().setFieldEnd(key, field, at)
	}
	x.s.notify('h', x.cmd.name, dbKey{*x.db, key})
}

// sadd leaves a set alone that has all the members, so that nobody who
// watches it sees a change.
func (x *call) sadd() {
	if len(x.s.watchers) > 0 && x.data().typ(x.args[1]) == "set" {
		all := true
		for _, m := range x.args[2:] {
			in, _ := x.data().keys.IsMember(x.args[1], m)
			all = all && in
		}
		if all {
			x.w.Int(0)
			return
		}
	}
	x.native()
}

func (x *call) getrange() {
	start, stop, ok := x.bounds(2)
	if !ok {
		return
	}
	if s, ok := x.text(x.args[1]); ok {
		from, to := stringSpan(start, stop, len(s))
		x.w.Bulk(s[from:to])
	}
}

// srandmember checks its arguments before the type, which miniredis does not.
func (x *call) srandmember() {
	if len(x.args) > 3 {
		x.err(errSyntax)
		return
	}
	if len(x.args) > 2 {
		n, ok := x.integerFrom(2, -math.MaxInt)
		switch {
		case !ok:
			return
		case n < -100_000_000:
			x.err(errOutOfRange)
			return
		}
	}
	x.native()
}

// sintercard reads its arguments in Redis' order, which miniredis does not.
func (x *call) sintercard() {
	n, ok := x.atLeast(1, 1, "ERR numkeys should be greater than 0")
	if !ok {
		return
	}
	if n > len(x.args)-2 {
		x.err("ERR Number of keys can't be greater than number of args")
		return
	}
	limit := 0
	for i := n + 2; i < len(x.args); i += 2 {
		if i+1 == len(x.args) || !strings.EqualFold(x.args[i], "limit") {
			x.err(errSyntax)
			return
		}
		if limit, ok = x.positive(i+1, "ERR LIMIT can't be negative"); !ok {
			return
		}
	}
	x.args = append(slices.Clone(x.args[:n+2]), "LIMIT", itoa(limit))
	x.native()
}

func (x *call) spop() {
	if len(x.args) > 3 {
		x.err(errSyntax)
		return
	}
	if len(x.args) > 2 {
		if n, err := atoi(x.args[2]); err != nil || n < 0 {
			x.err(errPositive)
			return
		}
		x.nativeSet()
		return
	}
	x.native()
}
