package pickle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/big"
	"time"

	"github.com/redkit-dev/redkit/reference/plain"
)

// A zone is a datetime.timezone on the stack.
type zone struct{ offset time.Duration }

// safe lists the classes that are plain data. The names of Python 2 are those
// that protocol 2 writes.
func safe(g global) (global, bool) {
	if g.module == "__builtin__" {
		g.module = "builtins"
	}
	switch g {
	case global{"builtins", "set"}, global{"builtins", "frozenset"}, global{"builtins", "bytes"},
		global{"_codecs", "encode"}, global{"collections", "OrderedDict"},
		global{"datetime", "datetime"}, global{"datetime", "date"}, global{"datetime", "timedelta"}, global{"datetime", "timezone"},
		global{"pytz", "_UTC"}, global{"decimal", "Decimal"}, global{"uuid", "UUID"}, global{"uuid", "SafeUUID"}:
		return g, true
	}
	return g, false
}

// class handles the opcodes by which pickles can do harm: it only looks names
// up in the list above and builds values itself.
func (d *decoder) class(op byte) error {
	switch op {
	case opGlobal:
		module, err := d.line()
		if err != nil {
			return err
		}
		name, err := d.line()
		if err != nil {
			return err
		}
		return d.pushGlobal(global{module, name})
	case opStackGlobal:
		name, err := d.popText()
		if err != nil {
			return err
		}
		module, err := d.popText()
		if err != nil {
			return err
		}
		return d.pushGlobal(global{module, name})
	case opReduce, opNewObj:
		args, err := d.pop()
		if err != nil {
			return err
		}
		callee, err := d.pop()
		if err != nil {
			return err
		}
		g, ok := callee.(global)
		tuple, isTuple := args.(*tupleBox)
		if !ok || !isTuple {
			return fmt.Errorf("%w: a call of %T with %T", ErrUnsafe, callee, args)
		}
		v, err := d.call(g, tuple.items)
		if err == nil {
			d.push(v)
		}
		return err
	}
	return d.build()
}

func (d *decoder) pushGlobal(g global) error {
	g, ok := safe(g)
	if !ok {
		return fmt.Errorf("%w: %.60s.%.60s", ErrUnsafe, g.module, g.name)
	}
	d.push(g)
	return nil
}

func (d *decoder) line() (string, error) {
	n := bytes.IndexByte(d.data[d.pos:], '\n')
	if n < 0 {
		return "", fmt.Errorf("%w: a name without an end", ErrCorrupt)
	}
	s := string(d.data[d.pos : d.pos+n])
	d.pos += n + 1
	return s, nil
}

func (d *decoder) popText() (string, error) {
	v, err := d.pop()
	if err != nil {
		return "", err
	}
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("%w: a name of type %T", ErrCorrupt, v)
	}
	return s, nil
}

// build is BUILD, allowed for the state of a UUID only.
func (d *decoder) build() error {
	state, err := d.pop()
	if err != nil {
		return err
	}
	target, err := d.top()
	if err != nil {
		return err
	}
	id, ok := target.(*uuidBox)
	dict, isDict := state.(*dictBox)
	if !ok || !isDict {
		return fmt.Errorf("%w: a state for %T", ErrUnsafe, target)
	}
	for i := 0; i+1 < len(dict.items); i += 2 {
		if dict.items[i] != "int" {
			continue
		}
		n := new(big.Int)
		switch v := dict.items[i+1].(type) {
		case int64:
			n.SetInt64(v)
		case *big.Int:
			n = v
		}
		if n.Sign() < 0 || n.BitLen() > 128 {
			return fmt.Errorf("%w: UUID of %d bits", ErrCorrupt, n.BitLen())
		}
		id.value = new(plain.UUID)
		n.FillBytes(id.value[:])
	}
	return nil
}

// call builds what a class makes of args. What copies them is counted: a pickle
// can name one long argument, and the class of it, in four bytes each time.
func (d *decoder) call(g global, args []any) (any, error) {
	for _, arg := range args {
		switch a := arg.(type) {
		case *listBox:
			d.left -= len(a.items)
		case string:
			d.left -= len(a) / 16
		}
	}
	if d.left < 0 {
		return nil, fmt.Errorf("%w: its classes copy too much", ErrTooLarge)
	}
	return build(g, args)
}

// build makes the value that Python's call of g with args would return.
func build(g global, args []any) (any, error) {
	bad := func() (any, error) {
		return nil, fmt.Errorf("%w: %s.%s with %d unexpected arguments", ErrCorrupt, g.module, g.name, len(args))
	}
	switch g.name {
	case "set", "frozenset":
		box := &setBox{frozen: g.name == "frozenset"}
		if len(args) == 1 {
			list, ok := args[0].(*listBox)
			if !ok {
				return bad()
			}
			box.items = copied(list.items)
		}
		return box, nil
	case "OrderedDict":
		if len(args) != 0 {
			return bad()
		}
		return &dictBox{}, nil
	case "bytes":
		if len(args) != 0 {
			return bad()
		}
		return []byte{}, nil
	case "encode":
		if len(args) == 2 && args[1] == "latin1" {
			return latin1(args[0])
		}
	case "Decimal":
		if len(args) == 1 {
			if s, ok := args[0].(string); ok {
				return plain.Decimal(s), nil
			}
		}
	case "UUID":
		return &uuidBox{}, nil
	case "SafeUUID":
		return nil, nil
	case "_UTC":
		return &zone{}, nil
	case "timezone":
		if len(args) >= 1 {
			if offset, ok := args[0].(time.Duration); ok {
				return &zone{offset}, nil
			}
		}
	case "timedelta":
		return timedelta(args)
	case "date", "datetime":
		return date(args)
	}
	return bad()
}

func latin1(v any) (any, error) {
	s, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("%w: Latin-1 of %T", ErrCorrupt, v)
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 255 {
			return nil, fmt.Errorf("%w: %q is not Latin-1", ErrCorrupt, r)
		}
		b = append(b, byte(r))
	}
	return b, nil
}

func timedelta(args []any) (any, error) {
	var part [3]int64
	for i, v := range args {
		n, ok := v.(int64)
		if !ok || i >= len(part) || n > 1e9 || n < -1e9 {
			return nil, fmt.Errorf("%w: timedelta(%v)", ErrCorrupt, args)
		}
		part[i] = n
	}
	if part[0] > 100_000 || part[0] < -100_000 {
		return nil, fmt.Errorf("%w: timedelta of %d days exceeds 292 years", ErrTooLarge, part[0])
	}
	return time.Duration(part[0])*24*time.Hour + time.Duration(part[1])*time.Second + time.Duration(part[2])*time.Microsecond, nil
}

// date reads the state of datetime.date and datetime.datetime.
func date(args []any) (any, error) {
	bad := func() (any, error) { return nil, fmt.Errorf("%w: date from %d arguments", ErrCorrupt, len(args)) }
	if len(args) == 0 || len(args) > 2 {
		return bad()
	}
	b, ok := args[0].([]byte)
	if !ok || len(b) != 4 && len(b) != 10 {
		return bad()
	}
	year, month, day := int(binary.BigEndian.Uint16(b)), time.Month(b[2]&0x7f), int(b[3]) // the top bit of the month is fold
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return bad()
	}
	if len(b) == 4 {
		return plain.Date{Year: year, Month: month, Day: day}, nil
	}
	us := int(b[7])<<16 | int(b[8])<<8 | int(b[9])
	where := time.UTC
	if len(args) == 2 {
		z, ok := args[1].(*zone)
		if !ok {
			return bad()
		}
		if z.offset != 0 {
			where = time.FixedZone("", int(z.offset/time.Second))
		}
	}
	t := time.Date(year, month, day, int(b[4]), int(b[5]), int(b[6]), us*1000, where)
	if len(args) == 1 {
		return plain.Naive{Time: t}, nil
	}
	return t, nil
}
