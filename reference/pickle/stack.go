package pickle

import (
	"encoding/binary"
	"fmt"
)

func (d *decoder) push(v any) { d.stack = append(d.stack, v) }

// floor is where the values above the last mark begin.
func (d *decoder) floor() int {
	if len(d.marks) == 0 {
		return 0
	}
	return d.marks[len(d.marks)-1]
}

// top is the newest value above the last mark.
func (d *decoder) top() (any, error) {
	if len(d.stack) <= d.floor() {
		return nil, fmt.Errorf("%w: the stack is empty", ErrCorrupt)
	}
	return d.stack[len(d.stack)-1], nil
}

func (d *decoder) pop() (any, error) {
	v, err := d.top()
	if err == nil {
		d.stack = d.stack[:len(d.stack)-1]
	}
	return v, err
}

// popMark removes the last mark and returns the values above it; they are
// overwritten by the next push.
func (d *decoder) popMark() ([]any, error) {
	if len(d.marks) == 0 {
		return nil, fmt.Errorf("%w: no mark", ErrCorrupt)
	}
	from := d.floor()
	d.marks = d.marks[:len(d.marks)-1]
	above := d.stack[from:]
	d.stack = d.stack[:from]
	return above, nil
}

func (d *decoder) shuffle(op byte) error {
	var err error
	switch op {
	case opPop:
		_, err = d.pop()
	case opPopMark:
		_, err = d.popMark()
	case opDup:
		var v any
		if v, err = d.top(); err == nil {
			d.push(v)
		}
	}
	return err
}

// memory serves the memo: CPython numbers it from 0 without gaps.
func (d *decoder) memory(op byte) error {
	var n uint32
	switch op {
	case opBinPut, opBinGet:
		b, err := d.take(1)
		if err != nil {
			return err
		}
		n = uint32(b[0])
	case opLongBinPut, opLongBinGet:
		b, err := d.take(4)
		if err != nil {
			return err
		}
		n = binary.LittleEndian.Uint32(b)
	case opMemoize:
		n = uint32(len(d.memo) + len(d.far))
	}
	if op == opBinGet || op == opLongBinGet {
		if uint64(n) < uint64(len(d.memo)) {
			d.push(d.memo[n])
			return nil
		}
		v, ok := d.far[n]
		if !ok {
			return fmt.Errorf("%w: nothing memoized as %d", ErrCorrupt, n)
		}
		d.push(v)
		return nil
	}
	top, err := d.top()
	if err != nil {
		return err
	}
	switch size := uint64(len(d.memo)); {
	case uint64(n) < size:
		d.memo[n] = top
	case uint64(n) == size:
		d.memo = append(d.memo, top)
	default:
		if d.far == nil {
			d.far = make(map[uint32]any)
		}
		d.far[n] = top
	}
	return nil
}
