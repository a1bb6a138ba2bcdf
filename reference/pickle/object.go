package pickle

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/reference/plain"
)

// A global is a class or function by its Python 3 name.
type global struct{ module, name string }

// global writes a reference to a class: in protocol 4 its two names on the
// stack, before that the Python 2 name in a line.
func (e *encoder) global(g global) error {
	e.boundary()
	if n, ok := e.globals[g]; ok {
		e.get(n)
		return nil
	}
	if e.globals == nil {
		e.globals, e.modules = make(map[global]uint32), make(map[string]uint32)
	}
	if e.proto < 4 {
		if e.proto < 3 && g.module == "builtins" {
			e.op(opGlobal)
			e.buf = append(e.buf, "__builtin__\n"...)
		} else {
			e.op(opGlobal)
			e.buf = append(append(e.buf, g.module...), '\n')
		}
		e.buf = append(append(e.buf, g.name...), '\n')
		e.globals[g] = e.memoize()
		return nil
	}
	if n, ok := e.modules[g.module]; ok {
		e.get(n)
	} else {
		payload(e, opShortBinUnicode, opBinUnicode, opBinUnicode8, g.module)
		e.modules[g.module] = e.memoize()
	}
	payload(e, opShortBinUnicode, opBinUnicode, opBinUnicode8, g.name)
	e.memoize()
	e.op(opStackGlobal)
	e.globals[g] = e.memoize()
	return nil
}

// reduce writes a call of g with the argument tuple that args writes.
func (e *encoder) reduce(g global, args func() error) error {
	if err := e.global(g); err != nil {
		return err
	}
	if err := args(); err != nil {
		return err
	}
	e.op(opReduce)
	e.memoize()
	return nil
}

// byteString writes bytes; protocol 2 has none and encodes Latin-1 text.
func (e *encoder) byteString(b []byte) error {
	shared := e.share == ShareAll || len(b) < 2
	if shared {
		if n, ok := e.bytes[string(b)]; ok {
			e.get(n)
			return nil
		}
	}
	switch {
	case e.proto >= 3:
		payload(e, opShortBinBytes, opBinBytes, opBinBytes8, b)
		e.memoize()
	case len(b) == 0:
		if err := e.reduce(global{"builtins", "bytes"}, func() error { return e.tuple(nil) }); err != nil {
			return err
		}
	default:
		latin := make([]rune, len(b))
		for i, c := range b {
			latin[i] = rune(c)
		}
		err := e.reduce(global{"_codecs", "encode"}, func() error {
			if err := e.text(string(latin), false); err != nil {
				return err
			}
			if err := e.text("latin1", true); err != nil {
				return err
			}
			e.op(opTuple2)
			e.memoize()
			return nil
		})
		if err != nil {
			return err
		}
	}
	if shared {
		if e.bytes == nil {
			e.bytes = make(map[string]uint32)
		}
		e.bytes[string(b)] = e.memos - 1
	}
	return nil
}

// object writes the classes of package plain as their __reduce__ does.
func (e *encoder) object(v any) error {
	switch v := v.(type) {
	case plain.Decimal:
		return e.reduce(global{"decimal", "Decimal"}, func() error { return e.tuple(plain.Tuple{string(v)}) })
	case plain.UUID:
		return e.uuid(v)
	case plain.Date:
		state := []byte{byte(v.Year >> 8), byte(v.Year), byte(v.Month), byte(v.Day)}
		return e.reduce(global{"datetime", "date"}, func() error { return e.tuple(plain.Tuple{state}) })
	case time.Duration:
		return e.timedelta(v)
	case plain.Naive:
		state, err := dateState(v.Time)
		if err != nil {
			return err
		}
		return e.reduce(global{"datetime", "datetime"}, func() error { return e.tuple(plain.Tuple{state}) })
	case time.Time:
		state, err := dateState(v)
		if err != nil {
			return err
		}
		return e.reduce(global{"datetime", "datetime"}, func() error {
			if err := e.byteString(state); err != nil {
				return err
			}
			if err := e.zone(v); err != nil {
				return err
			}
			e.op(opTuple2)
			e.memoize()
			return nil
		})
	}
	return fmt.Errorf("%w: %T", ErrUnencodable, v)
}

// dateState is the ten bytes of datetime.__reduce__; microseconds are cut off.
func dateState(t time.Time) ([]byte, error) {
	if y := t.Year(); y < 1 || y > 9999 {
		return nil, fmt.Errorf("%w: year %d: Python's datetime knows 1 to 9999", ErrUnencodable, y)
	}
	us := t.Nanosecond() / 1000
	return []byte{byte(t.Year() >> 8), byte(t.Year()), byte(t.Month()), byte(t.Day()),
		byte(t.Hour()), byte(t.Minute()), byte(t.Second()), byte(us >> 16), byte(us >> 8), byte(us)}, nil
}

// zone writes datetime.timezone of t's offset; UTC is one object in Python.
func (e *encoder) zone(t time.Time) error {
	_, offset := t.Zone()
	if offset == 0 && e.utc > 0 {
		e.get(e.utc - 1)
		return nil
	}
	err := e.reduce(global{"datetime", "timezone"}, func() error {
		if err := e.timedelta(time.Duration(offset) * time.Second); err != nil {
			return err
		}
		e.op(opTuple1)
		e.memoize()
		return nil
	})
	if offset == 0 {
		e.utc = e.memos
	}
	return err
}

// timedelta writes days, seconds and microseconds, the last two not negative.
func (e *encoder) timedelta(d time.Duration) error {
	const day = 24 * time.Hour
	days := int64(d / day)
	if d%day < 0 {
		days--
	}
	rest := d - time.Duration(days)*day
	args := plain.Tuple{days, int64(rest / time.Second), int64(rest % time.Second / time.Microsecond)}
	return e.reduce(global{"datetime", "timedelta"}, func() error { return e.tuple(args) })
}

// uuid writes an object with its state {"int": n}.
func (e *encoder) uuid(v plain.UUID) error {
	if err := e.global(global{"uuid", "UUID"}); err != nil {
		return err
	}
	e.op(opEmptyTuple)
	e.op(opNewObj)
	e.memoize()
	e.op(opEmptyDict)
	e.memoize()
	if err := e.text("int", true); err != nil {
		return err
	}
	if err := e.bigInt(new(big.Int).SetBytes(v[:])); err != nil {
		return err
	}
	e.op(opSetItem)
	e.op(opBuild)
	return nil
}

// bigFromLittle is the number in little-endian two's complement.
func bigFromLittle(le []byte) any {
	if len(le) <= 8 {
		if len(le) == 0 {
			return int64(0)
		}
		var full [8]byte
		if le[len(le)-1] >= 0x80 {
			full = [8]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
		}
		copy(full[:], le)
		return int64(binary.LittleEndian.Uint64(full[:]))
	}
	be := slices.Clone(le)
	slices.Reverse(be)
	n := new(big.Int).SetBytes(be)
	if le[len(le)-1] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(le))))
	}
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}
