package fake

import (
	"encoding/binary"
	"errors"
	"strconv"
)

// listpack reads the elements of Redis' compact encoding of small values.
func (r *rdbReader) listpack() []string {
	in := &rdbReader{b: []byte(r.text())}
	in.take(6) // its size in bytes and in elements
	var all []string
	for in.err == nil {
		first := in.take(1)[0]
		if first == 0xff || in.err != nil {
			break
		}
		before := len(in.b) + 1
		all = append(all, in.packed(first))
		in.take(backLength(before - len(in.b)))
	}
	r.err = errors.Join(r.err, in.err)
	return all
}

// packed reads one element that starts with a byte.
func (r *rdbReader) packed(first byte) string {
	signed := func(v uint64, bits uint) string { return strconv.FormatInt(int64(v<<(64-bits))>>(64-bits), 10) }
	switch {
	case first < 0x80:
		return strconv.Itoa(int(first))
	case first < 0xc0:
		return string(r.take(int(first & 0x3f)))
	case first < 0xe0:
		return signed(uint64(first&0x1f)<<8|uint64(r.take(1)[0]), 13)
	case first < 0xf0:
		return string(r.take(int(first&0x0f)<<8 | int(r.take(1)[0])))
	}
	switch first {
	case 0xf0:
		return string(r.take(int(binary.LittleEndian.Uint32(r.take(4)))))
	case 0xf1:
		return signed(uint64(binary.LittleEndian.Uint16(r.take(2))), 16)
	case 0xf2:
		b := r.take(3)
		return signed(uint64(b[0])|uint64(b[1])<<8|uint64(b[2])<<16, 24)
	case 0xf3:
		return signed(uint64(binary.LittleEndian.Uint32(r.take(4))), 32)
	case 0xf4:
		return signed(binary.LittleEndian.Uint64(r.take(8)), 64)
	}
	r.err = errors.Join(r.err, errRDB)
	return ""
}

// backLength is the size of the number behind an element of n bytes, by which
// the element before is found.
func backLength(n int) int {
	switch {
	case n < 1<<7:
		return 1
	case n < 1<<14:
		return 2
	case n < 1<<21:
		return 3
	case n < 1<<28:
		return 4
	default:
		return 5
	}
}
