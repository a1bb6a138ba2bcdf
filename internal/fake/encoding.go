package fake

import (
	"slices"
	"strconv"
)

// encoding is OBJECT ENCODING: how Redis would store a value of that size.
func (x *call) encoding() {
	db, key := x.data(), x.args[2]
	switch t := db.typ(key); t {
	case "":
		x.w.Null()
	case "string":
		v, ok := db.get(key)
		if !ok { // a HyperLogLog
			x.w.Bulk("raw")
			return
		}
		x.w.Bulk(stringEncoding(v))
	case "list":
		l, _ := db.list(key)
		size := 0
		for v := range l.all() {
			size += len(v) + 3
		}
		x.w.Bulk(pick(size <= 8<<10, "listpack", "quicklist"))
	case "hash":
		fields, _ := db.keys.HKeys(key)
		x.w.Bulk(pick(x.fits("hash", fields) && !slices.ContainsFunc(fields, func(f string) bool {
			return len(db.keys.HGet(key, f)) > x.s.settings.number("hash-max-listpack-value")
		}), "listpack", "hashtable"))
	case "set":
		members, _ := db.keys.Members(key)
		ints := !slices.ContainsFunc(members, func(m string) bool { return stringEncoding(m) != "int" })
		switch {
		case ints && len(members) <= x.s.settings.number("set-max-intset-entries"):
			x.w.Bulk("intset")
		default:
			x.w.Bulk(pick(x.fits("set", members), "listpack", "hashtable"))
		}
	case "zset":
		members := x.members("zset", key)
		x.w.Bulk(pick(x.fits("zset", members), "listpack", "skiplist"))
	default:
		x.w.Bulk(t)
	}
}

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// fits reports whether members are few and short enough for a listpack.
func (x *call) fits(typ string, members []string) bool {
	longest := x.s.settings.number(typ + "-max-listpack-value")
	return len(members) <= x.compact(typ) && !slices.ContainsFunc(members, func(m string) bool { return len(m) > longest })
}

func stringEncoding(v string) string {
	if n, err := strconv.ParseInt(v, 10, 64); err == nil && strconv.FormatInt(n, 10) == v {
		return "int"
	}
	return pick(len(v) <= 44, "embstr", "raw")
}
