package fake

import (
	"encoding/binary"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// The errors of unpacking.
const (
	errMsgpackShort = "Missing bytes in input."
	errMsgpackBad   = "Bad data format in input."
	errMsgpackDeep  = "stack overflow"
)

// msgpackNesting is how deep tables are packed: what is deeper is nil.
// msgpackDepth is how deep values are unpacked.
const (
	msgpackNesting = 16
	msgpackDepth   = 4000
)

// cmsgpackLibrary is the table cmsgpack of scripts: values as MessagePack, in
// the forms lua_cmsgpack chooses.
func cmsgpackLibrary() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"pack": msgpackPack, "unpack": msgpackUnpack, "unpack_one": msgpackUnpackOne, "unpack_limit": msgpackUnpackLimit,
	}
}

// msgpackPack packs its arguments one behind the other.
func msgpackPack(l *lua.LState) int {
	if l.GetTop() == 0 {
		l.RaiseError("bad argument #0 to 'pack' (MessagePack pack needs input.)")
	}
	var b []byte
	for i := 1; i <= l.GetTop(); i++ {
		b = appendMsgpack(b, l.Get(i), 0)
	}
	l.Push(lua.LString(b))
	return 1
}

// msgpackUnpack returns all the values of a string.
func msgpackUnpack(l *lua.LState) int { return unpackMsgpack(l, math.MaxInt32, 0, false) }

// msgpackUnpackOne returns the place of the next value, -1 at the end, and the
// value at an offset.
func msgpackUnpackOne(l *lua.LState) int { return unpackMsgpack(l, 1, l.OptInt(2, 0), true) }

// msgpackUnpackLimit is the same for some values.
func msgpackUnpackLimit(l *lua.LState) int {
	limit, offset := l.CheckInt(2), l.OptInt(3, 0)
	if limit == 0 && offset == 0 {
		return msgpackUnpack(l)
	}
	return unpackMsgpack(l, limit, offset, true)
}

func unpackMsgpack(l *lua.LState, limit, offset int, place bool) int {
	s := l.CheckString(1)
	if offset < 0 || limit < 0 {
		l.RaiseError("Invalid request to unpack with offset of %d and limit of %d.", offset, len(s))
	}
	if offset > len(s) {
		l.RaiseError("Start offset %d greater than input length %d.", offset, len(s))
	}
	r := &msgpackReader{l: l, b: s[offset:]}
	var values []lua.LValue
	for len(r.b) > 0 && len(values) < limit {
		values = append(values, r.value())
		if r.why != "" {
			l.RaiseError("%s", r.why)
		}
	}
	n := len(values)
	if place {
		next := -1
		if len(r.b) > 0 {
			next = len(s) - len(r.b)
		}
		l.Push(lua.LNumber(next))
		n++
	}
	for _, v := range values {
		l.Push(v)
	}
	return n
}

func appendMsgpack(b []byte, v lua.LValue, depth int) []byte {
	switch v := v.(type) {
	case lua.LBool:
		if v {
			return append(b, 0xc3)
		}
		return append(b, 0xc2)
	case lua.LNumber:
		return appendMsgpackNumber(b, float64(v))
	case lua.LString:
		b = msgpackHead(b, len(v), 0xa0, 32, 0xd9, 0xda)
		return append(b, v...)
	case *lua.LTable:
		if depth < msgpackNesting {
			return appendMsgpackTable(b, v, depth)
		}
	}
	return append(b, 0xc0)
}

// msgpackHead writes a length: in the head itself below few, else behind the
// head for 8 bits (0: there is none) or that for 16 bits and its next for 32.
func msgpackHead(b []byte, n int, fix byte, few int, head8, head16 byte) []byte {
	switch {
	case n < few:
		return append(b, fix|byte(n))
	case head8 != 0 && n <= math.MaxUint8:
		return append(b, head8, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, head16), uint16(n))
	default:
		return binary.BigEndian.AppendUint32(append(b, head16+1), uint32(n))
	}
}

// appendMsgpackNumber writes whole numbers as such, and others with 4 bytes if
// these hold them.
func appendMsgpackNumber(b []byte, f float64) []byte {
	n := int64(f)
	whole := f >= -1<<63 && f < 1<<63 && float64(n) == f
	switch {
	case !whole && float64(float32(f)) == f:
		return binary.BigEndian.AppendUint32(append(b, 0xca), math.Float32bits(float32(f)))
	case !whole:
		return binary.BigEndian.AppendUint64(append(b, 0xcb), math.Float64bits(f))
	case n >= 0 && n <= math.MaxInt8, n < 0 && n >= -32:
		return append(b, byte(n))
	case n >= 0 && n <= math.MaxUint8:
		return append(b, 0xcc, byte(n))
	case n >= 0 && n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, 0xcd), uint16(n))
	case n >= 0 && n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, 0xce), uint32(n))
	case n >= 0:
		return binary.BigEndian.AppendUint64(append(b, 0xcf), uint64(n))
	case n >= math.MinInt8:
		return append(b, 0xd0, byte(n))
	case n >= math.MinInt16:
		return binary.BigEndian.AppendUint16(append(b, 0xd1), uint16(n))
	case n >= math.MinInt32:
		return binary.BigEndian.AppendUint32(append(b, 0xd2), uint32(n))
	default:
		return binary.BigEndian.AppendUint64(append(b, 0xd3), uint64(n))
	}
}

// appendMsgpackTable writes a table whose keys are 1 to n as an array, which
// an empty one is, too, and any other as a map.
func appendMsgpackTable(b []byte, t *lua.LTable, depth int) []byte {
	count, greatest, array := 0, 0.0, true
	t.ForEach(func(k, _ lua.LValue) {
		n, isNumber := k.(lua.LNumber)
		array = array && isNumber && n > 0 && float64(int64(n)) == float64(n)
		greatest = max(greatest, float64(n))
		count++
	})
	if array && greatest == float64(count) {
		b = msgpackHead(b, count, 0x90, 16, 0, 0xdc)
		for i := 1; i <= count; i++ {
			b = appendMsgpack(b, t.RawGetInt(i), depth+1)
		}
		return b
	}
	b = msgpackHead(b, count, 0x80, 16, 0, 0xde)
	t.ForEach(func(k, v lua.LValue) { b = appendMsgpack(appendMsgpack(b, k, depth+1), v, depth+1) })
	return b
}

// msgpackReader reads values; why is the error it has come to.
type msgpackReader struct {
	l     *lua.LState
	b     string
	depth int
	why   string
}

// take is the next n bytes.
func (r *msgpackReader) take(n uint64) string {
	if r.why == "" && n > uint64(len(r.b)) {
		r.why = errMsgpackShort
	}
	if r.why != "" {
		return ""
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

// unsigned is the number in the next n bytes.
func (r *msgpackReader) unsigned(n uint64) (v uint64) {
	for _, c := range []byte(r.take(n)) {
		v = v<<8 | uint64(c)
	}
	return v
}

// signed is the number in the next 1<<size bytes.
func (r *msgpackReader) signed(size byte) lua.LNumber {
	n := uint64(1) << size
	shift := 64 - 8*n
	return lua.LNumber(int64(r.unsigned(n)<<shift) >> shift)
}

func (r *msgpackReader) value() lua.LValue {
	if r.depth++; r.depth > msgpackDepth {
		r.why = errMsgpackDeep
	}
	defer func() { r.depth-- }()
	head := byte(r.unsigned(1))
	switch {
	case r.why != "":
		return lua.LNil
	case head < 0x80:
		return lua.LNumber(head)
	case head < 0x90:
		return r.pairs(uint64(head & 0x0f))
	case head < 0xa0:
		return r.array(uint64(head & 0x0f))
	case head < 0xc0:
		return lua.LString(r.take(uint64(head & 0x1f)))
	case head >= 0xe0:
		return lua.LNumber(int8(head))
	}
	switch head {
	case 0xc0:
		return lua.LNil
	case 0xc2, 0xc3:
		return lua.LBool(head == 0xc3)
	case 0xca:
		return lua.LNumber(math.Float32frombits(uint32(r.unsigned(4))))
	case 0xcb:
		return lua.LNumber(math.Float64frombits(r.unsigned(8)))
	case 0xcc, 0xcd, 0xce, 0xcf:
		return lua.LNumber(r.unsigned(1 << (head - 0xcc)))
	case 0xd0, 0xd1, 0xd2, 0xd3:
		return r.signed(head - 0xd0)
	case 0xd9, 0xda, 0xdb:
		return lua.LString(r.take(r.unsigned(1 << (head - 0xd9))))
	case 0xdc, 0xdd:
		return r.array(r.unsigned(2 << (head - 0xdc)))
	case 0xde, 0xdf:
		return r.pairs(r.unsigned(2 << (head - 0xde)))
	}
	r.why = errMsgpackBad
	return lua.LNil
}

func (r *msgpackReader) array(n uint64) lua.LValue {
	t := r.l.NewTable()
	for i := 1; r.why == "" && uint64(i) <= n; i++ {
		t.RawSetInt(i, r.value())
	}
	return t
}

func (r *msgpackReader) pairs(n uint64) lua.LValue {
	t := r.l.NewTable()
	for i := uint64(0); r.why == "" && i < n; i++ {
		k, v := r.value(), r.value()
		if r.why == "" && k != lua.LNil {
			t.RawSet(k, v)
		}
	}
	return t
}
