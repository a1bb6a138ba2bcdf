// Package msgpack reads and writes MessagePack as Python's msgpack 1.x does
// with its defaults: the shortest integer form, floats always of 64 bits, text
// and bytes apart, nothing but plain data. Use a general library for formats
// that no Python process reads.
//
// Source: https://github.com/msgpack/msgpack/blob/master/spec.md
package msgpack

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"unicode/utf8"

	"github.com/redkit-dev/redkit/reference/plain"
)

var (
	// ErrUnencodable: MessagePack, or Python's library, has no form for it.
	ErrUnencodable = errors.New("cannot be packed")
	// ErrCorrupt: the bytes are no MessagePack, or are cut short.
	ErrCorrupt = errors.New("corrupt MessagePack")
	// ErrTooDeep: nested deeper than plain.MaxDepth.
	ErrTooDeep = errors.New("nested too deep")
)

// Marshal packs v. See [Append].
func Marshal(v any) ([]byte, error) { return Append(nil, v) }

// Append appends v to dst. Tuples become arrays; a map is written in the order
// of its keys, a plain.Dict in its own. As in Python, integers beyond 64 bits,
// sets, times, decimals and UUIDs are ErrUnencodable; dst is then returned as
// it was.
func Append(dst []byte, v any) ([]byte, error) {
	out, err := pack(dst, v, 0)
	if err != nil {
		return dst, err
	}
	return out, nil
}

func pack(b []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, 0xc0), nil
	case bool:
		if v {
			return append(b, 0xc3), nil
		}
		return append(b, 0xc2), nil
	case int64:
		return packInt(b, v), nil
	case int:
		return packInt(b, int64(v)), nil
	case float64:
		bits := math.Float64bits(v)
		if v != v {
			bits = 0x7ff8 << 48 // Python's NaN; Go's has another bit set
		}
		return binary.BigEndian.AppendUint64(append(b, 0xcb), bits), nil
	case string:
		if !utf8.ValidString(v) {
			return b, fmt.Errorf("%w: text %.40q is not UTF-8: use []byte", ErrUnencodable, v)
		}
		switch n := len(v); {
		case n < 32:
			b = append(b, 0xa0|byte(n))
		case n < 256:
			b = append(b, 0xd9, byte(n))
		default:
			b = sized(b, 0xda, n)
		}
		return append(b, v...), nil
	case []byte:
		if n := len(v); n < 256 {
			b = append(b, 0xc4, byte(n))
		} else {
			b = sized(b, 0xc5, n)
		}
		return append(b, v...), nil
	case *big.Int:
		return packBig(b, v)
	}
	if depth >= plain.MaxDepth {
		return b, fmt.Errorf("%w: %w: more than %d levels", ErrUnencodable, ErrTooDeep, plain.MaxDepth)
	}
	return packContainer(b, v, depth+1)
}

func packContainer(b []byte, v any, depth int) ([]byte, error) {
	var err error
	switch v := v.(type) {
	case []any:
		return packArray(b, v, depth)
	case plain.Tuple:
		return packArray(b, v, depth)
	case map[string]any:
		b = counted(b, 0x80, 0xde, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if b, err = pack(b, k, depth); err == nil {
				b, err = pack(b, v[k], depth)
			}
			if err != nil {
				return b, err
			}
		}
		return b, nil
	case plain.Dict:
		b = counted(b, 0x80, 0xde, len(v))
		for _, item := range v {
			if b, err = pack(b, item.Key, depth); err == nil {
				b, err = pack(b, item.Value, depth)
			}
			if err != nil {
				return b, err
			}
		}
		return b, nil
	}
	n, err := plain.Normalize(v)
	if err != nil {
		return b, fmt.Errorf("%w: %w", ErrUnencodable, err)
	}
	switch n.(type) {
	case bool, int64, *big.Int, float64, string, []byte, []any, map[string]any, plain.Dict:
		return pack(b, n, depth)
	}
	return b, fmt.Errorf("%w: %T: want nil, a boolean, number, text, []byte, slice or map", ErrUnencodable, v)
}

func packArray(b []byte, v []any, depth int) ([]byte, error) {
	b = counted(b, 0x90, 0xdc, len(v))
	for _, e := range v {
		var err error
		if b, err = pack(b, e, depth); err != nil {
			return b, err
		}
	}
	return b, nil
}

// sized writes a length of 16 or 32 bits after code or code+1.
func sized(b []byte, code byte, n int) []byte {
	if n < 1<<16 {
		return binary.BigEndian.AppendUint16(append(b, code), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(b, code+1), uint32(n))
}

// counted writes the head of an array or map: up to 15 items in the code.
func counted(b []byte, short, code byte, n int) []byte {
	if n < 16 {
		return append(b, short|byte(n))
	}
	return sized(b, code, n)
}

func packInt(b []byte, v int64) []byte {
	switch {
	case v >= 0:
		return packUint(b, uint64(v))
	case v >= -32:
		return append(b, byte(v))
	case v >= math.MinInt8:
		return append(b, 0xd0, byte(v))
	case v >= math.MinInt16:
		return binary.BigEndian.AppendUint16(append(b, 0xd1), uint16(v))
	case v >= math.MinInt32:
		return binary.BigEndian.AppendUint32(append(b, 0xd2), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(b, 0xd3), uint64(v))
}

func packUint(b []byte, v uint64) []byte {
	switch {
	case v < 1<<7:
		return append(b, byte(v))
	case v < 1<<8:
		return append(b, 0xcc, byte(v))
	case v < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, 0xcd), uint16(v))
	case v < 1<<32:
		return binary.BigEndian.AppendUint32(append(b, 0xce), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(b, 0xcf), v)
}

func packBig(b []byte, v *big.Int) ([]byte, error) {
	switch {
	case v == nil:
		return b, fmt.Errorf("%w: nil *big.Int", ErrUnencodable)
	case v.IsInt64():
		return packInt(b, v.Int64()), nil
	case v.IsUint64():
		return packUint(b, v.Uint64()), nil
	}
	return b, fmt.Errorf("%w: integer of %d bits: MessagePack has 64", ErrUnencodable, v.BitLen())
}
