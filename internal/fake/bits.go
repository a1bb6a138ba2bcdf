package fake

import (
	"math/bits"
	"strings"
)

func bitCommands() map[string]handler {
	return map[string]handler{
		"setbit": (*call).setbit, "getbit": (*call).getbit, "bitop": (*call).bitop,
		"bitcount": (*call).bitcount, "bitpos": (*call).bitpos,
		"bitfield": func(x *call) { x.bitfield(false) }, "bitfield_ro": func(x *call) { x.bitfield(true) },
	}
}

// bitOffset reads the place of a bit.
func (x *call) bitOffset() bool {
	n, ok := number(x.args[2])
	if !ok || n < 0 || n >= int64(x.maxString())*8 {
		x.err("ERR bit offset is not an integer or out of range")
		return false
	}
	return true
}

func (x *call) setbit() {
	if !x.bitOffset() {
		return
	}
	if x.args[3] != "0" && x.args[3] != "1" {
		x.err("ERR bit is not an integer or out of range")
		return
	}
	x.native()
}

func (x *call) getbit() {
	if x.bitOffset() {
		x.native()
	}
}

// bitop leaves no end to what it stores, and none to a key that is gone:
// miniredis leaves both.
func (x *call) bitop() {
	start := x.w.Len()
	x.native()
	db, key := x.data(), x.args[2]
	switch {
	case x.w.Bytes()[start] == '-' || db.end(key) == 0:
	case db.exists(key):
		db.persist(key)
	default:
		db.set(key, "")
		db.remove(key)
	}
}

// text is the string at a key; ok is false, and the error written, if the key
// is of another type.
func (x *call) text(key string) (value string, ok bool) {
	value, ok = x.data().get(key)
	if !ok && x.data().exists(key) {
		x.err(errWrongType)
		return "", false
	}
	return value, true
}

// bitRange is what BITCOUNT and BITPOS look at; the zero value is all.
type bitRange struct {
	given      bool
	start, end int
	unit       int  // bits
	search     bool // of BITPOS
}

// readBits reads start, end and BYTE or BIT; a search reads the last before
// the end.
func (x *call) readBits(args []string, search bool) (r bitRange, ok bool) {
	if len(args) == 0 {
		return r, true
	}
	r = bitRange{given: true, end: -1, unit: 8, search: search}
	var errStart, errEnd error
	r.start, errStart = atoi(args[0])
	if len(args) > 1 {
		r.end, errEnd = atoi(args[1])
	}
	known := true
	if len(args) == 3 {
		if strings.EqualFold(args[2], "bit") {
			r.unit = 1
		}
		known = r.unit == 1 || strings.EqualFold(args[2], "byte")
	}
	switch {
	case errStart != nil, errEnd != nil && (known || !search):
		x.err(errNotInteger)
	case !known:
		x.err(errSyntax)
	default:
		return r, true
	}
	return r, false
}

// of is the range in the bits of so many bytes.
func (r bitRange) of(size int) (from, to int) {
	if !r.given {
		return 0, size * 8
	}
	n := size * 8 / r.unit
	if r.search && r.end < 0 {
		r.end = max(r.end+n, 0) // however the ends lie
	}
	from, to = stringSpan(r.start, r.end, n)
	return from * r.unit, to * r.unit
}

func bitAt(s string, i int) byte { return s[i/8] >> (7 - i%8) & 1 }

func (x *call) bitcount() {
	if n := len(x.args); n == 3 || n > 5 {
		x.err(errSyntax)
		return
	}
	r, ok := x.readBits(x.args[2:], false)
	if !ok {
		return
	}
	s, ok := x.text(x.args[1])
	if !ok {
		return
	}
	from, to := r.of(len(s))
	n := 0
	for from < to {
		if from%8 == 0 && to-from >= 8 {
			n += bits.OnesCount8(s[from/8])
			from += 8
			continue
		}
		n += int(bitAt(s, from))
		from++
	}
	x.w.Int(int64(n))
}

func (x *call) bitpos() {
	bit, err := atoi(x.args[2])
	switch {
	case err != nil:
		x.err(errNotInteger)
		return
	case bit != 0 && bit != 1:
		x.err("ERR The bit argument must be 1 or 0.")
		return
	case len(x.args) > 6:
		x.err(errSyntax)
		return
	}
	r, ok := x.readBits(x.args[3:], true)
	if !ok {
		return
	}
	s, ok := x.text(x.args[1])
	if !ok {
		return
	}
	from, to := r.of(len(s))
	if !x.data().exists(x.args[1]) {
		x.w.Int(int64(-bit))
		return
	}
	for i := from; i < to; i++ {
		if bitAt(s, i) == byte(bit) {
			x.w.Int(int64(i))
			return
		}
	}
	if bit == 0 && len(x.args) < 5 && from < to {
		x.w.Int(int64(to)) // the string is taken to go on with zeros
		return
	}
	x.w.Int(-1)
}
