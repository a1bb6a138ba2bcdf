package fake

import (
	"math"
	"slices"
	"strings"
)

func (x *call) ints(n int, of func(i int) int64) {
	x.w.Array(n)
	for i := range n {
		x.w.Int(of(i))
	}
}

// fieldEndMax is the greatest end of a field, in Unix milliseconds.
const fieldEndMax = 1<<46 - 1

// fieldTime reads when a field ends; why is an error.
func (x *call) fieldTime(text string, unit int64, absolute bool) (at int64, why string) {
	n, err := parseInt(text)
	base := x.s.expiry.now
	if absolute {
		base = 0
	}
	switch {
	case err != nil:
		return 0, errNotInteger
	case n < 0:
		return 0, "ERR invalid expire time, must be >= 0"
	case n > fieldEndMax/unit, n*unit > fieldEndMax-base:
		return 0, "ERR invalid expire time in '" + x.cmd.name + "' command"
	}
	return n*unit + base, ""
}

func (x *call) hexpire(unit int64, absolute bool) {
	if _, ok := x.hash(x.args[1]); !ok {
		return
	}
	at, why := x.fieldTime(x.args[2], unit, absolute)
	if why != "" {
		x.err(why)
		return
	}
	i, condition := 3, ""
	if slices.Contains([]string{"nx", "xx", "gt", "lt"}, strings.ToLower(x.args[3])) {
		i, condition = 4, strings.ToLower(x.args[3])
	}
	fields, ok := x.readFields(i, 1)
	if !ok {
		return
	}
	db, key := x.data(), x.args[1]
	x.ints(len(fields), func(i int) int64 {
		if !db.hasField(key, fields[i]) {
			return -2
		}
		old := db.fieldEnd(key, fields[i])
		if condition == "nx" && old != 0 || condition == "xx" && old == 0 ||
			condition == "gt" && (old == 0 || at <= old) || condition == "lt" && old != 0 && at >= old {
			return 0
		}
		if x.over(at) {
			db.removeField(key, fields[i])
			x.s.notify('h', "hdel", dbKey{*x.db, key})
			return 2
		}
		db.setFieldEnd(key, fields[i], at)
		x.s.notify('h', "hexpire", dbKey{*x.db, key})
		return 1
	})
}

func (x *call) httl(unit int64, absolute bool) {
	if _, ok := x.hash(x.args[1]); !ok {
		return
	}
	fields, ok := x.readFields(2, 1)
	if !ok {
		return
	}
	db, key := x.data(), x.args[1]
	x.ints(len(fields), func(i int) int64 {
		at := db.fieldEnd(key, fields[i])
		switch {
		case !db.hasField(key, fields[i]):
			return -2
		case at == 0:
			return -1
		case absolute:
			return (at + unit - 1) / unit
		default:
			return (max(at-x.s.expiry.now, 0) + unit - 1) / unit
		}
	})
}

func (x *call) hpersist() {
	if _, ok := x.hash(x.args[1]); !ok {
		return
	}
	fields, ok := x.readFields(2, 1)
	if !ok {
		return
	}
	db, key := x.data(), x.args[1]
	x.ints(len(fields), func(i int) int64 {
		switch {
		case !db.hasField(key, fields[i]):
			return -2
		case db.fieldEnd(key, fields[i]) == 0:
			return -1
		}
		db.keys.HPersist(key, fields[i])
		x.s.notify('h', "hpersist", dbKey{*x.db, key})
		return 1
	})
}

// fieldExpiry reads the time behind EX, PX, EXAT or PXAT at args[i].
func (x *call) fieldExpiry(i int) (at int64, why string) {
	option, unit := strings.ToLower(x.args[i]), int64(1000)
	if option[0] == 'p' {
		unit = 1
	}
	return x.fieldTime(x.args[i+1], unit, strings.HasSuffix(option, "at"))
}

func (x *call) hgetex() {
	if _, ok := x.hash(x.args[1]); !ok {
		return
	}
	at, persist, i := int64(0), false, 2
	switch option := strings.ToLower(x.args[2]); {
	case option == "persist":
		persist, i = true, 3
	case slices.Contains(expiryWords, option):
		var why string
		if at, why = x.fieldExpiry(2); why != "" {
			x.err(why)
			return
		}
		i = 4
	}
	fields, ok := x.readFields(i, 1)
	if !ok {
		return
	}
	db, key := x.data(), x.args[1]
	x.w.Array(len(fields))
	for _, f := range fields { // one by one: a field named again may be gone
		if !db.hasField(key, f) {
			x.w.Null()
			continue
		}
		x.w.Bulk(db.keys.HGet(key, f))
		switch {
		case persist:
			db.keys.HPersist(key, f)
		case at != 0 && x.over(at):
			db.removeField(key, f)
		case at != 0:
			db.setFieldEnd(key, f, at)
		}
	}
}

// hsetex is what HSETEX is asked for.
type hsetex struct {
	condition string // fnx, fxx
	end       string // ex and the like, keepttl
	at        int64
	pairs     []string
}

func (x *call) readHSetEx() (q hsetex, ok bool) {
	for i := 2; i < len(x.args); i++ {
		option := strings.ToLower(x.args[i])
		switch {
		case option == "fields":
			return q, x.readPairs(&q, i)
		case option == "fnx" || option == "fxx":
			if q.condition != "" {
				x.err("ERR Only one of FXX or FNX arguments can be specified")
				return q, false
			}
			q.condition = option
		case option == "keepttl" || slices.Contains(expiryWords, option):
			if q.end != "" {
				x.err("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified")
				return q, false
			}
			if q.end = option; option == "keepttl" {
				continue
			}
			if i+1 == len(x.args) {
				x.err("ERR missing expire time")
				return q, false
			}
			var why string
			if q.at, why = x.fieldExpiry(i); why != "" {
				x.err(why)
				return q, false
			}
			i++
		default:
			x.err("ERR unknown argument: " + x.args[i])
			return q, false
		}
	}
	x.err(errArity(x.cmd))
	return q, false
}

// readPairs reads FIELDS n (field value)... at args[i].
func (x *call) readPairs(q *hsetex, i int) bool {
	if i >= len(x.args)-3 {
		x.err(errArity(x.cmd))
		return false
	}
	n, ok := x.atLeast(i+1, 1, "ERR invalid number of fields")
	if !ok {
		return false
	}
	if n > math.MaxInt32 {
		x.err("ERR invalid number of fields")
		return false
	}
	if q.pairs = x.args[i+2:]; len(q.pairs)%2 != 0 || n != len(q.pairs)/2 {
		x.err(errArity(x.cmd))
		return false
	}
	return true
}

func (x *call) hsetex() {
	q, ok := x.readHSetEx()
	if !ok {
		return
	}
	condition, at, keep, pairs := q.condition, q.at, q.end == "keepttl", q.pairs
	if _, ok := x.hash(x.args[1]); !ok {
		return
	}
	db, key := x.data(), x.args[1]
	for pair := range slices.Chunk(pairs, 2) {
		if has := db.hasField(key, pair[0]); condition == "fnx" && has || condition == "fxx" && !has {
			x.w.Int(0)
			return
		}
	}
	for pair := range slices.Chunk(pairs, 2) {
		end := at
		if keep {
			end = db.fieldEnd(key, pair[0])
		}
		db.keys.HPersist(key, pair[0])
		db.run(nil, "HSET", key, pair[0], pair[1])
		if end != 0 {
			db.setFieldEnd(key, pair[0], end)
		}
	}
	x.s.notify('h', "hset", dbKey{*x.db, key})
	x.w.Int(1)
}
