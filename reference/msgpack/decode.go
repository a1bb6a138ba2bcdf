package msgpack

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"time"

	"github.com/redkit-dev/redkit/reference/plain"
)

// Unmarshal reads exactly one value as canonical plain data. A map whose keys
// are not all text becomes a plain.Dict; a timestamp a time.Time. Lengths are
// believed only as far as there are bytes for them.
func Unmarshal(data []byte) (any, error) {
	return unmarshal(decoder{data: data})
}

// UnmarshalOrdered is Unmarshal that makes a plain.Dict of every map, in the
// order of its bytes: Marshal gives the same again.
func UnmarshalOrdered(data []byte) (any, error) {
	return unmarshal(decoder{data: data, inOrder: true})
}

func unmarshal(d decoder) (any, error) {
	v, err := d.value(0)
	if err == nil && d.pos != len(d.data) {
		err = fmt.Errorf("%w: %d bytes after the value", ErrCorrupt, len(d.data)-d.pos)
	}
	if err != nil {
		return nil, fmt.Errorf("byte %d: %w", d.pos, err)
	}
	return v, nil
}

type decoder struct {
	data    []byte
	pos     int
	inOrder bool
}

func (d *decoder) take(n uint64) ([]byte, error) {
	if n > uint64(len(d.data)-d.pos) {
		return nil, fmt.Errorf("%w: %d bytes wanted, %d left", ErrCorrupt, n, len(d.data)-d.pos)
	}
	b := d.data[d.pos : d.pos+int(n)]
	d.pos += int(n)
	return b, nil
}

// uint reads a big-endian number of width bytes.
func (d *decoder) uint(width uint64) (uint64, error) {
	b, err := d.take(width)
	if err != nil {
		return 0, err
	}
	var be [8]byte
	copy(be[8-width:], b)
	return binary.BigEndian.Uint64(be[:]), nil
}

func (d *decoder) value(depth int) (any, error) {
	head, err := d.take(1)
	if err != nil {
		return nil, err
	}
	code := head[0]
	switch {
	case code < 0x80:
		return int64(code), nil
	case code >= 0xe0:
		return int64(int8(code)), nil
	case code < 0x90:
		return d.dict(uint64(code&0x0f), depth)
	case code < 0xa0:
		return d.array(uint64(code&0x0f), depth)
	case code < 0xc0:
		return d.text(uint64(code & 0x1f))
	}
	switch code {
	case 0xc0:
		return nil, nil
	case 0xc2, 0xc3:
		return code == 0xc3, nil
	case 0xca, 0xcb:
		return d.float(code)
	case 0xcc, 0xcd, 0xce, 0xcf:
		n, err := d.uint(1 << (code - 0xcc))
		if n > math.MaxInt64 {
			return new(big.Int).SetUint64(n), err
		}
		return int64(n), err
	case 0xd0, 0xd1, 0xd2, 0xd3:
		width := uint64(1) << (code - 0xd0)
		n, err := d.uint(width)
		shift := 64 - 8*width
		return int64(n<<shift) >> shift, err
	case 0xc4, 0xc5, 0xc6:
		n, err := d.uint(1 << (code - 0xc4))
		if err != nil {
			return nil, err
		}
		b, err := d.take(n)
		return append(make([]byte, 0, len(b)), b...), err
	case 0xd9, 0xda, 0xdb:
		return d.counted(1<<(code-0xd9), func(n uint64) (any, error) { return d.text(n) })
	case 0xdc, 0xdd:
		return d.counted(2<<(code-0xdc), func(n uint64) (any, error) { return d.array(n, depth) })
	case 0xde, 0xdf:
		return d.counted(2<<(code-0xde), func(n uint64) (any, error) { return d.dict(n, depth) })
	case 0xc7, 0xc8, 0xc9:
		return d.counted(1<<(code-0xc7), d.extension)
	case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8:
		return d.extension(1 << (code - 0xd4))
	}
	return nil, fmt.Errorf("%w: code %#x is never used", ErrCorrupt, code)
}

func (d *decoder) counted(width uint64, read func(uint64) (any, error)) (any, error) {
	n, err := d.uint(width)
	if err != nil {
		return nil, err
	}
	return read(n)
}

func (d *decoder) text(n uint64) (any, error) {
	b, err := d.take(n)
	return string(b), err
}

func (d *decoder) float(code byte) (any, error) {
	if code == 0xca {
		n, err := d.uint(4)
		return float64(math.Float32frombits(uint32(n))), err
	}
	n, err := d.uint(8)
	return math.Float64frombits(n), err
}

// items checks a count before anything is allocated for it: every item takes
// at least a byte.
func (d *decoder) items(n, each uint64, depth int) error {
	if depth >= plain.MaxDepth {
		return fmt.Errorf("%w: more than %d levels", ErrTooDeep, plain.MaxDepth)
	}
	if n*each > uint64(len(d.data)-d.pos) {
		return fmt.Errorf("%w: %d items in %d bytes", ErrCorrupt, n, len(d.data)-d.pos)
	}
	return nil
}

// foreseen is the most items that space is made for before they are there: a
// count is only a claim, and claims nest.
const foreseen = 256

func (d *decoder) array(n uint64, depth int) (any, error) {
	if err := d.items(n, 1, depth); err != nil {
		return nil, err
	}
	out := make([]any, 0, min(n, foreseen))
	for range n {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// dict reads a map: as a Go map as long as its keys are text, else in order.
func (d *decoder) dict(n uint64, depth int) (any, error) {
	if err := d.items(n, 2, depth); err != nil {
		return nil, err
	}
	if d.inOrder && n > 0 {
		k, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		return d.ordered(make(plain.Dict, 0, min(n, foreseen)), k, n, depth)
	}
	text := make(map[string]any, min(n, foreseen))
	var few [16]string
	order := few[:0]
	for i := range n {
		name, ok, err := d.name()
		if err != nil {
			return nil, err
		}
		if !ok {
			k, err := d.value(depth + 1)
			if err != nil {
				return nil, err
			}
			if name, ok = k.(string); !ok {
				dict := make(plain.Dict, 0, min(n, foreseen))
				for _, name := range order {
					dict = append(dict, plain.Item{Key: name, Value: text[name]})
				}
				return d.ordered(dict, k, n-i, depth)
			}
		}
		if _, again := text[name]; !again {
			order = append(order, name)
		}
		if text[name], err = d.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return text, nil
}

// ordered reads the rest of a map, whose next key was read.
func (d *decoder) ordered(dict plain.Dict, key any, left uint64, depth int) (any, error) {
	for {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		dict = append(dict, plain.Item{Key: key, Value: v})
		if left--; left == 0 {
			return dict, nil
		}
		if key, err = d.value(depth + 1); err != nil {
			return nil, err
		}
	}
}

// name reads a short text, as most keys are; ok is false for anything else,
// of which nothing is read.
func (d *decoder) name() (s string, ok bool, err error) {
	if d.pos == len(d.data) || d.data[d.pos]&0xe0 != 0xa0 {
		return "", false, nil
	}
	n := uint64(d.data[d.pos] & 0x1f)
	d.pos++
	b, err := d.take(n)
	return string(b), true, err
}

// extension reads the timestamp, the only extension that the format defines.
func (d *decoder) extension(n uint64) (any, error) {
	kind, err := d.take(1)
	if err != nil {
		return nil, err
	}
	b, err := d.take(n)
	if err != nil {
		return nil, err
	}
	if int8(kind[0]) != -1 {
		return nil, fmt.Errorf("%w: extension %d", ErrCorrupt, int8(kind[0]))
	}
	switch len(b) {
	case 4:
		return time.Unix(int64(binary.BigEndian.Uint32(b)), 0).UTC(), nil
	case 8:
		v := binary.BigEndian.Uint64(b)
		return time.Unix(int64(v&(1<<34-1)), int64(v>>34)).UTC(), nil
	case 12:
		return time.Unix(int64(binary.BigEndian.Uint64(b[4:])), int64(binary.BigEndian.Uint32(b))).UTC(), nil
	}
	return nil, fmt.Errorf("%w: timestamp of %d bytes", ErrCorrupt, len(b))
}
