package fake

import (
	"math/bits"
	"strings"
)

func bitCommands() map[string]handler {
	return map[string]handler{
		"bitcount": (*call).bitcount, "bitpos": (*call).bitpos,
		"bitfield": func(x *call) { x.bitfield(false) }, "bitfield_ro": func(x *call) { x.bitfield(true) },
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

// bitRange reads start, end and BYTE or BIT, and returns the range in bits.
func (x *call) bitRange(args []string, size int) (from, to int, ok bool) {
	unit := 8
	if len(args) == 3 {
		switch strings.ToLower(args[2]) {
		case "byte":
		case "bit":
			unit = 1
		default:
			x.err(errSyntax)
			return 0, 0, false
		}
	}
	start, errStart := atoi(args[0])
	end, errEnd := -1, error(nil)
	if len(args) > 1 {
		end, errEnd = atoi(args[1])
	}
	if errStart != nil || errEnd != nil {
		x.err(errNotInteger)
		return 0, 0, false
	}
	from, to = span(start, end, size*8/unit)
	return from * unit, to * unit, true
}

func bitAt(s string, i int) byte { return s[i/8] >> (7 - i%8) & 1 }

func (x *call) bitcount() {
	if n := len(x.args); n == 3 || n > 5 {
		x.err(errSyntax)
		return
	}
	s, ok := x.text(x.args[1])
	if !ok {
		return
	}
	from, to := 0, len(s)*8
	if len(x.args) > 2 {
		if from, to, ok = x.bitRange(x.args[2:], len(s)); !ok {
			return
		}
	}
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
	s, ok := x.text(x.args[1])
	if !ok {
		return
	}
	from, to := 0, len(s)*8
	if len(x.args) > 3 {
		if from, to, ok = x.bitRange(x.args[3:], len(s)); !ok {
			return
		}
	}
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
