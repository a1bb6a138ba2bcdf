package fake

import (
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/glob"
	"github.com/redkit-dev/redkit/internal/resp"
)

func scanCommands() map[string]handler {
	return map[string]handler{
		"scan":  (*call).scan,
		"hscan": func(x *call) { x.scanMembers("hash") },
		"sscan": func(x *call) { x.scanMembers("set") },
		"zscan": func(x *call) { x.scanMembers("zset") },
	}
}

// scanOptions are the options of SCAN and its kin.
type scanOptions struct {
	cursor   uint64
	count    int
	pattern  string
	typ      string
	noValues bool
}

// cursor reads the cursor at args[i].
func (x *call) cursor(i int) (uint64, bool) {
	cursor, ok := unsigned(x.args[i])
	if !ok {
		x.err("ERR invalid cursor")
	}
	return cursor, ok
}

// readScan reads the options from args[i] on.
func (x *call) readScan(i int, cursor uint64) (o scanOptions, ok bool) {
	o = scanOptions{cursor: cursor, count: 10, pattern: "*"}
	for ; i < len(x.args); i++ {
		option := strings.ToLower(x.args[i])
		if option == "novalues" && x.cmd.name == "hscan" {
			o.noValues = true
			continue
		}
		if option == "novalues" {
			x.err("ERR NOVALUES option can only be used in HSCAN")
			return o, false
		}
		if i+1 == len(x.args) {
			x.err(errSyntax)
			return o, false
		}
		value := x.args[i+1]
		i++
		switch {
		case option == "count":
			if o.count, ok = x.integer(i); !ok {
				return o, false
			}
			if o.count < 1 {
				x.err(errSyntax)
				return o, false
			}
		case option == "match":
			o.pattern = value
		case option == "type" && x.cmd.name == "scan":
			o.typ = strings.ToLower(value)
		default:
			x.err(errSyntax)
			return o, false
		}
	}
	return o, true
}

// page returns the names of one call: those that follow the cursor in the
// order of a hash of their text, at most count of them. The cursor is the
// hash of the next: so a name that is there from the first call to the last
// is returned, once, whatever is added and removed meanwhile.
func (s *Server) page(names []string, o scanOptions) (page []string, next uint64) {
	type place struct {
		hash uint64
		name string
	}
	places := make([]place, 0, len(names))
	for _, n := range names {
		h := maphash.String(s.seed, n)>>16 | 1 // 0 is the end
		if h >= o.cursor {
			places = append(places, place{h, n})
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.hash != b.hash {
			if a.hash < b.hash {
				return -1
			}
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	n := min(o.count, len(places))
	for n > 0 && n < len(places) && places[n].hash == places[n-1].hash {
		n++ // a cursor cannot part equal hashes
	}
	for _, p := range places[:n] {
		page = append(page, p.name)
	}
	if n < len(places) {
		next = places[n].hash
	}
	return page, next
}

func (x *call) scan() {
	cursor, ok := x.cursor(1)
	if !ok {
		return
	}
	o, ok := x.readScan(2, cursor)
	if !ok {
		return
	}
	db := x.data()
	page, next := x.s.page(db.keys.Keys(), o)
	page = slices.DeleteFunc(page, func(key string) bool {
		return !glob.Match(o.pattern, key) || o.typ != "" && db.typ(key) != o.typ
	})
	x.w.Array(2)
	x.w.Bulk(strconv.FormatUint(next, 10))
	x.w.Bulks(page...)
}

// scanMembers is HSCAN, SSCAN and ZSCAN. As Redis does with its compact
// encodings, a small value comes in one page whatever the count.
func (x *call) scanMembers(typ string) {
	db, key := x.data(), x.args[1]
	cursor, ok := x.cursor(2)
	if !ok {
		return
	}
	switch db.typ(key) {
	case typ:
	case "":
		x.w.Array(2)
		x.w.Bulk("0")
		x.w.Array(0)
		return
	default:
		x.err(errWrongType)
		return
	}
	o, ok := x.readScan(3, cursor)
	if !ok {
		return
	}
	page, next := x.members(typ, key), uint64(0)
	if len(page) > x.compact(typ) {
		page, next = x.s.page(page, o)
	}
	page = slices.DeleteFunc(page, func(m string) bool { return !glob.Match(o.pattern, m) })
	width := 2
	if typ == "set" || o.noValues {
		width = 1
	}
	x.w.Array(2)
	x.w.Bulk(strconv.FormatUint(next, 10))
	x.w.Array(width * len(page))
	for _, m := range page {
		x.w.Bulk(m)
		if width == 1 {
			continue
		}
		if typ == "hash" {
			x.w.Bulk(db.keys.HGet(key, m))
		} else {
			z, _ := db.zset(key)
			x.w.Bulk(resp.FormatDouble(z.scores[m])) // in RESP3, too
		}
	}
}

func (x *call) members(typ, key string) []string {
	var all []string
	switch typ {
	case "hash":
		all, _ = x.data().keys.HKeys(key)
	case "set":
		all, _ = x.data().keys.Members(key)
	default:
		for _, e := range x.data().zrange(key) {
			all = append(all, e.member)
		}
	}
	return all
}

// compact is the number of members up to which a value is encoded compactly.
func (x *call) compact(typ string) int {
	return x.s.settings.number(typ + "-max-listpack-entries")
}
