package pickle

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/redkit-dev/redkit/reference/plain"
)

// DefaultMaxNodes bounds how many values one pickle may expand to beyond the
// length of its bytes: references make a short pickle mean a long value.
const DefaultMaxNodes = 8 << 20

// A Decoding bounds what Unmarshal accepts. The zero value has the defaults.
type Decoding struct {
	// MaxNodes is the most values a pickle may expand to, counted beyond its
	// own length. Zero means DefaultMaxNodes.
	MaxNodes int
}

// Unmarshal reads one pickle of protocol 2 to 5. See [Decoding.Unmarshal].
func Unmarshal(data []byte) (any, error) { return Decoding{}.Unmarshal(data) }

// Unmarshal returns the canonical plain data of the pickle. It runs nothing:
// ErrUnsafe names a class that is not plain data. What is cut short, trails or
// contradicts itself is ErrCorrupt; what nests or expands too far ErrTooLarge.
// Parts that the pickle shares are shared in the result, too.
func (c Decoding) Unmarshal(data []byte) (any, error) {
	if c.MaxNodes == 0 {
		c.MaxNodes = DefaultMaxNodes
	}
	d := decoder{data: data, left: c.MaxNodes + len(data)}
	if err := d.run(); err != nil {
		return nil, fmt.Errorf("byte %d: %w", d.pos, err)
	}
	if len(d.stack) != 1 || len(d.marks) != 0 {
		return nil, fmt.Errorf("%w: ends with %d values and %d marks, want one value", ErrCorrupt, len(d.stack), len(d.marks))
	}
	f := finisher{left: c.MaxNodes + len(data)}
	return f.finish(d.stack[0], 0)
}

type decoder struct {
	data  []byte
	pos   int
	stack []any
	marks []int
	memo  []any
	far   map[uint32]any // memo numbers out of sequence
	small [8]any         // the first stack, so that a lone value needs no other
	left  int            // how many more values classes may copy from their arguments
}

// The containers while they grow; the memo refers to them.
type (
	listBox struct {
		items []any
		state uint8
		size  int
	}
	setBox struct {
		listBox
		frozen bool
	}
	tupleBox struct {
		listBox
	}
	dictBox struct {
		listBox     // keys and values in turn
		done    any // map[string]any or plain.Dict
	}
	uuidBox struct{ value *plain.UUID }
)

func (d *decoder) run() error {
	d.stack = d.small[:0]
	for {
		if d.pos >= len(d.data) {
			return fmt.Errorf("%w: no STOP", ErrCorrupt)
		}
		op := d.data[d.pos]
		d.pos++
		if op == opStop {
			if d.pos != len(d.data) {
				return fmt.Errorf("%w: %d bytes after STOP", ErrCorrupt, len(d.data)-d.pos)
			}
			return nil
		}
		if err := d.step(op); err != nil {
			return err
		}
	}
}

func (d *decoder) step(op byte) error {
	switch op {
	case opProto:
		b, err := d.take(1)
		if err == nil && b[0] > HighestProtocol {
			err = fmt.Errorf("%w: protocol %d", ErrCorrupt, b[0])
		}
		return err
	case opFrame:
		b, err := d.take(8)
		if err == nil && binary.LittleEndian.Uint64(b) > uint64(len(d.data)-d.pos) {
			err = fmt.Errorf("%w: frame beyond the end", ErrCorrupt)
		}
		return err
	case opNone:
		d.push(nil)
	case opNewTrue:
		d.push(true)
	case opNewFalse:
		d.push(false)
	case opBinInt, opBinInt1, opBinInt2, opLong1, opLong4, opBinFloat:
		return d.number(op)
	case opBinUnicode, opShortBinUnicode, opBinUnicode8:
		b, err := d.sized(op)
		if err == nil {
			d.push(string(b))
		}
		return err
	case opBinBytes, opShortBinBytes, opBinBytes8, opByteArray8:
		b, err := d.sized(op)
		if err == nil {
			d.push(append(make([]byte, 0, len(b)), b...))
		}
		return err
	case opMark:
		d.marks = append(d.marks, len(d.stack))
	case opMemoize, opBinPut, opLongBinPut, opBinGet, opLongBinGet:
		return d.memory(op)
	case opPop, opPopMark, opDup:
		return d.shuffle(op)
	case opGlobal, opStackGlobal, opReduce, opNewObj, opBuild:
		return d.class(op)
	default:
		return d.collect(op)
	}
	return nil
}

// take returns the next n bytes.
func (d *decoder) take(n uint64) ([]byte, error) {
	if n > uint64(len(d.data)-d.pos) {
		return nil, fmt.Errorf("%w: %d bytes wanted, %d left", ErrCorrupt, n, len(d.data)-d.pos)
	}
	b := d.data[d.pos : d.pos+int(n)]
	d.pos += int(n)
	return b, nil
}

// sized takes a length, as wide as the opcode says, and that many bytes.
func (d *decoder) sized(op byte) ([]byte, error) {
	width := uint64(4)
	switch op {
	case opShortBinUnicode, opShortBinBytes, opLong1:
		width = 1
	case opBinUnicode8, opBinBytes8, opByteArray8:
		width = 8
	}
	b, err := d.take(width)
	if err != nil {
		return nil, err
	}
	var le [8]byte
	copy(le[:], b)
	return d.take(binary.LittleEndian.Uint64(le[:]))
}

func (d *decoder) number(op byte) error {
	var width uint64
	switch op {
	case opLong1, opLong4:
		b, err := d.sized(op)
		if err == nil {
			d.push(bigFromLittle(b))
		}
		return err
	case opBinInt1:
		width = 1
	case opBinInt2:
		width = 2
	case opBinInt:
		width = 4
	case opBinFloat:
		width = 8
	}
	b, err := d.take(width)
	if err != nil {
		return err
	}
	switch op {
	case opBinInt1:
		d.push(int64(b[0]))
	case opBinInt2:
		d.push(int64(binary.LittleEndian.Uint16(b)))
	case opBinInt:
		d.push(int64(int32(binary.LittleEndian.Uint32(b))))
	case opBinFloat:
		d.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
	}
	return nil
}
