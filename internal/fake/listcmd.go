package fake

import (
	"math"
	"strings"
)

func listCommands() map[string]handler {
	push := func(left, only bool) handler { return func(x *call) { x.push(left, only) } }
	pop := func(left bool) handler { return func(x *call) { x.pop(left) } }
	return map[string]handler{
		"lpush": push(true, false), "rpush": push(false, false), "lpushx": push(true, true), "rpushx": push(false, true),
		"lpop": pop(true), "rpop": pop(false), "llen": (*call).llen, "lindex": (*call).lindex, "lrange": (*call).lrange,
		"lset": (*call).lset, "lrem": (*call).lrem, "ltrim": (*call).ltrim, "linsert": (*call).linsert, "lpos": (*call).lpos,
		"rpoplpush": func(x *call) { x.moveOne(x.args[1], x.args[2], false, true) },
		"lmove":     (*call).lmove, "lmpop": (*call).lmpop,
	}
}

// list is the list at a key; ok is false, and the error written, if the key
// holds something else.
func (x *call) list(key string) (l *list, ok bool) {
	if l, ok = x.data().list(key); !ok {
		x.err(errWrongType)
	}
	return l, ok
}

func side(left bool) string {
	if left {
		return "l"
	}
	return "r"
}

func (x *call) push(left, only bool) {
	key := x.args[1]
	l, ok := x.list(key)
	if !ok {
		return
	}
	if l == nil {
		if only {
			x.w.Int(0)
			return
		}
		l = x.data().makeList(key)
	}
	for _, v := range x.args[2:] {
		l.push(left, v)
	}
	x.w.Int(int64(l.len()))
	x.data().slotChanged(key, l)
	x.s.notify('l', side(left)+"push", dbKey{*x.db, key})
}

func (x *call) pop(left bool) {
	count, counted := 1, len(x.args) == 3
	if len(x.args) > 3 {
		x.err(errArity(x.cmd))
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
	l, ok := x.list(x.args[1])
	switch {
	case !ok:
	case l == nil && counted:
		x.w.NullArray()
	case l == nil:
		x.w.Null()
	case !counted:
		x.w.Bulk(x.take(x.args[1], l, left, 1)[0])
	default:
		x.w.Bulks(x.take(x.args[1], l, left, min(count, l.len()))...)
	}
}

// take pops n values of a list and does what follows from it.
func (x *call) take(key string, l *list, left bool, n int) []string {
	values := make([]string, n)
	for i := range values {
		values[i] = l.pop(left)
	}
	if n > 0 {
		x.s.notify('l', side(left)+"pop", dbKey{*x.db, key})
		x.data().slotChanged(key, l)
	}
	return values
}

func (x *call) llen() {
	if l, ok := x.list(x.args[1]); ok {
		n := 0
		if l != nil {
			n = l.len()
		}
		x.w.Int(int64(n))
	}
}

func (x *call) lindex() {
	l, ok := x.list(x.args[1])
	if !ok {
		return
	}
	i, ok := x.integer(2)
	if !ok {
		return
	}
	if l != nil && i < 0 {
		i += l.len()
	}
	if l == nil || i < 0 || i >= l.len() {
		x.w.Null()
		return
	}
	x.w.Bulk(l.at(i))
}

func (x *call) lrange() {
	start, stop, ok := x.bounds(2)
	if !ok {
		return
	}
	l, ok := x.list(x.args[1])
	if !ok {
		return
	}
	from, to := 0, 0
	if l != nil {
		from, to = span(start, stop, l.len())
	}
	x.w.Array(to - from)
	for i := from; i < to; i++ {
		x.w.Bulk(l.at(i))
	}
}

func (x *call) lset() {
	l, ok := x.list(x.args[1])
	if !ok {
		return
	}
	if l == nil {
		x.err(errNoSuchKey)
		return
	}
	i, ok := x.integer(2)
	if !ok {
		return
	}
	if i < 0 {
		i += l.len()
	}
	if i < 0 || i >= l.len() {
		x.err(errIndexRange)
		return
	}
	l.set(i, x.args[3])
	x.data().slotChanged(x.args[1], l)
	x.s.notify('l', "lset", dbKey{*x.db, x.args[1]})
	x.w.OK()
}

func (x *call) lrem() {
	count, ok := x.integerFrom(2, -math.MaxInt)
	if !ok {
		return
	}
	l, ok := x.list(x.args[1])
	if !ok {
		return
	}
	if l == nil {
		x.w.Int(0)
		return
	}
	matches := 0
	for v := range l.all() {
		if v == x.args[3] {
			matches++
		}
	}
	first, last := 0, matches // which of the matches go
	if count > 0 {
		last = min(count, matches)
	} else if count < 0 {
		first = max(matches+count, 0)
	}
	seen := -1
	l.filter(func(_ int, v string) bool {
		if v != x.args[3] {
			return true
		}
		seen++
		return seen < first || seen >= last
	})
	x.w.Int(int64(last - first))
	if last > first {
		x.s.notify('l', "lrem", dbKey{*x.db, x.args[1]})
		x.data().slotChanged(x.args[1], l)
	}
}

func (x *call) ltrim() {
	start, stop, ok := x.bounds(2)
	if !ok {
		return
	}
	l, ok := x.list(x.args[1])
	if !ok {
		return
	}
	if l != nil {
		from, to := span(start, stop, l.len())
		l.filter(func(i int, _ string) bool { return i >= from && i < to })
		x.s.notify('l', "ltrim", dbKey{*x.db, x.args[1]})
		x.data().slotChanged(x.args[1], l)
	}
	x.w.OK()
}

func (x *call) linsert() {
	where := strings.ToLower(x.args[2])
	if where != "before" && where != "after" {
		x.err(errSyntax)
		return
	}
	l, ok := x.list(x.args[1])
	if !ok {
		return
	}
	if l == nil {
		x.w.Int(0)
		return
	}
	i := 0
	for i < l.len() && l.at(i) != x.args[3] {
		i++
	}
	if i == l.len() {
		x.w.Int(-1)
		return
	}
	if where == "after" {
		i++
	}
	l.insert(i, x.args[4])
	x.data().slotChanged(x.args[1], l)
	x.s.notify('l', "linsert", dbKey{*x.db, x.args[1]})
	x.w.Int(int64(l.len()))
}
