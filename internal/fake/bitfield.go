package fake

import (
	"math"
	"strings"
)

// bitOp is one operation of BITFIELD.
type bitOp struct {
	verb     string // get, set, incrby
	signed   bool
	width    uint
	offset   int
	value    int64
	overflow string // wrap, sat, fail
}

func (x *call) bitfield(readOnly bool) {
	ops, why := readBitOps(x.args[2:], x.maxString()*8)
	if why != "" {
		x.err(why)
		return
	}
	writes, end := false, 0
	for _, op := range ops {
		if op.verb != "get" {
			writes, end = true, max(end, op.offset+int(op.width))
		}
	}
	if writes && readOnly {
		x.err("ERR BITFIELD_RO only supports the GET subcommand")
		return
	}
	s, ok := x.text(x.args[1])
	if !ok {
		return
	}
	b := []byte(s)
	if grow := (end+7)/8 - len(b); writes && grow > 0 {
		b = append(b, make([]byte, grow)...)
	}
	x.w.Array(len(ops))
	for _, op := range ops {
		if v, ok := op.apply(b); ok {
			x.w.Int(v)
		} else {
			x.w.Null()
		}
	}
	if writes {
		x.data().replace(x.args[1], string(b))
		x.s.notify('$', "setbit", dbKey{*x.db, x.args[1]})
	}
}

func readBitOps(args []string, size int) (ops []bitOp, why string) {
	overflow := "wrap"
	for len(args) > 0 {
		verb := strings.ToLower(args[0])
		switch {
		case verb == "overflow" && len(args) > 1:
			overflow = strings.ToLower(args[1])
			if overflow != "wrap" && overflow != "sat" && overflow != "fail" {
				return nil, "ERR Invalid OVERFLOW type specified"
			}
			args = args[2:]
			continue
		case verb == "get" && len(args) > 2:
		case (verb == "set" || verb == "incrby") && len(args) > 3:
		default:
			return nil, errSyntax
		}
		op := bitOp{verb: verb, overflow: overflow}
		if why := op.place(args[1], args[2], size); why != "" {
			return nil, why
		}
		args = args[3:]
		if verb != "get" {
			n, err := parseInt(args[0])
			if err != nil {
				return nil, errNotInteger
			}
			op.value, args = n, args[1:]
		}
		ops = append(ops, op)
	}
	return ops, ""
}

// place reads the type and the offset: "u8" and "#1".
func (op *bitOp) place(typ, offset string, size int) (why string) {
	const badType = "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is."
	if len(typ) < 2 || typ[0] != 'i' && typ[0] != 'u' {
		return badType
	}
	width, err := atoi(typ[1:])
	op.signed = typ[0] == 'i'
	if err != nil || width < 1 || width > 64 || width == 64 && !op.signed {
		return badType
	}
	op.width = uint(width)
	digits, relative := strings.CutPrefix(offset, "#")
	n, err := atoi(digits)
	if relative && n < size {
		n *= width
	}
	if err != nil || n < 0 || n > size-width {
		return "ERR bit offset is not an integer or out of range"
	}
	op.offset = n
	return ""
}

// apply runs the operation; ok is false where OVERFLOW FAIL stops it.
func (op bitOp) apply(b []byte) (result int64, ok bool) {
	old := op.read(b)
	switch op.verb {
	case "get":
		return old, true
	case "set":
		v, ok := op.fit(op.value, 0)
		if ok {
			op.write(b, v)
		}
		return old, ok
	default:
		v, ok := op.fit(old, op.value)
		if ok {
			op.write(b, v)
		}
		return v, ok
	}
}

func (op bitOp) read(b []byte) int64 {
	var v uint64
	for i := range int(op.width) {
		v <<= 1
		if p := op.offset + i; p/8 < len(b) {
			v |= uint64(b[p/8] >> (7 - p%8) & 1)
		}
	}
	if op.signed {
		return int64(v<<(64-op.width)) >> (64 - op.width)
	}
	return int64(v)
}

func (op bitOp) write(b []byte, v int64) {
	for i := range int(op.width) {
		p := op.offset + i
		mask := byte(1) << (7 - p%8)
		if v>>(int(op.width)-1-i)&1 == 1 {
			b[p/8] |= mask
		} else {
			b[p/8] &^= mask
		}
	}
}

// fit is v + by in the type's range, by the rule of overflow; v itself may
// lie outside.
func (op bitOp) fit(v, by int64) (fitted int64, ok bool) {
	over, under := op.beyond(v, by)
	low, high := op.limits()
	switch {
	case !over && !under:
		return v + by, true
	case op.overflow == "fail":
		return 0, false
	case op.overflow == "sat" && over:
		return high, true
	case op.overflow == "sat":
		return low, true
	}
	bits := (v + by) << (64 - op.width)
	if op.signed {
		return bits >> (64 - op.width), true
	}
	return int64(uint64(bits) >> (64 - op.width)), true
}

// limits are the least and the greatest number of the type.
func (op bitOp) limits() (low, high int64) {
	if op.signed {
		return math.MinInt64 >> (64 - op.width), math.MaxInt64 >> (64 - op.width)
	}
	return 0, 1<<op.width - 1
}

// beyond reports whether v + by lies above or below the type. It computes as
// Redis does, which shows: a negative number is above every unsigned type, and
// one far below a signed type may count as above it.
func (op bitOp) beyond(v, by int64) (over, under bool) {
	low, high := op.limits()
	if !op.signed {
		over = uint64(v) > uint64(high) || by > 0 && by > high-v
		return over, !over && by < 0 && by < -v
	}
	most, least := high-v, low-v // these wrap around
	over = v > high || op.width != 64 && by > most || v >= 0 && by > 0 && by > most
	under = v < low || op.width != 64 && by < least || v < 0 && by < 0 && by < least
	return over, !over && under
}
