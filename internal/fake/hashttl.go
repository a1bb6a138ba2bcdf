package fake

import (
	"slices"
	"strings"
)

func (x *call) ints(n int, of func(i int) int64) {
	x.w.Array(n)
	for i := range n {
		x.w.Int(of(i))
	}
}

func (x *call) hexpire(unit int64, absolute bool) {
	i, condition := 3, ""
	if len(x.args) > 3 && slices.Contains([]string{"nx", "xx", "gt", "lt"}, strings.ToLower(x.args[3])) {
		i, condition = 4, strings.ToLower(x.args[3])
	}
	fields, ok := x.readFields(i, 1)
	if !ok {
		return
	}
	at, why := x.end(x.args[2], unit, absolute, false)
	if why == "" && (at < 0 || strings.HasPrefix(x.args[2], "-")) || at > 1<<46 {
		why = "ERR invalid expire time in '" + x.cmd.name + "' command"
		if strings.HasPrefix(x.args[2], "-") {
			why = "ERR invalid expire time, must be >= 0"
		}
	}
	if why != "" {
		x.err(why)
		return
	}
	if _, ok := x.hash(x.args[1]); !ok {
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
	fields, ok := x.readFields(2, 1)
	if !ok {
		return
	}
	if _, ok := x.hash(x.args[1]); !ok {
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
	fields, ok := x.readFields(2, 1)
	if !ok {
		return
	}
	if _, ok := x.hash(x.args[1]); !ok {
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

// fieldExpiry reads EX and the like, PERSIST or KEEPTTL at args[i].
func (x *call) fieldExpiry(i int, word string) (at int64, is bool, next int, ok bool) {
	if i >= len(x.args) {
		return 0, false, i, true
	}
	option := strings.ToLower(x.args[i])
	switch {
	case option == word:
		return 0, true, i + 1, true
	case slices.Contains(expiryWords, option):
		at, why := x.expiryOption(i)
		if why != "" {
			x.err(why)
			return 0, false, i, false
		}
		return at, false, i + 2, true
	}
	return 0, false, i, true
}

func (x *call) hgetex() {
	at, persist, i, ok := x.fieldExpiry(2, "persist")
	if !ok {
		return
	}
	fields, ok := x.readFields(i, 1)
	if !ok {
		return
	}
	if _, ok := x.hash(x.args[1]); !ok {
		return
	}
	db, key := x.data(), x.args[1]
	x.writeFields(key, fields)
	for _, f := range fields {
		switch {
		case !db.hasField(key, f):
		case persist:
			db.keys.HPersist(key, f)
		case at != 0 && x.over(at):
			db.removeField(key, f)
		case at != 0:
			db.setFieldEnd(key, f, at)
		}
	}
}

func (x *call) hsetex() {
	i, condition := 2, ""
	if option := strings.ToLower(x.args[2]); option == "fnx" || option == "fxx" {
		i, condition = 3, option
	}
	at, keep, i, ok := x.fieldExpiry(i, "keepttl")
	if !ok {
		return
	}
	pairs, ok := x.readFields(i, 2)
	if !ok {
		return
	}
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
