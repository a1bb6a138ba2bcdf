package pyjson

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
)

// MaxDepth is how deeply arrays and objects may nest: CPython fails at about
// its recursion limit, and Redis' own cjson at 1000.
const MaxDepth = 1000

// maxDigits is CPython's limit for turning text into an integer (since 3.11);
// without one a long number costs quadratic time.
const maxDigits = 4300

// ErrDepth reports input nested deeper than MaxDepth.
var ErrDepth = errors.New("nested deeper than 1000 levels")

// A SyntaxError says what is wrong with the input and at which byte.
type SyntaxError struct {
	Offset int    // bytes before the fault
	Msg    string // what was expected, without the input itself
	Err    error  // ErrDepth, or nil
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.Msg, e.Offset) }

// Unwrap returns the cause, if it is one of this package's errors.
func (e *SyntaxError) Unwrap() error { return e.Err }

// Decode reads exactly one value, which white space may surround. The last of
// equal keys wins, as in Python. The error is a *SyntaxError.
func Decode(data []byte) (any, error) {
	d := decoder{in: data}
	d.space()
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if d.space(); d.pos < len(d.in) {
		return nil, d.fail("extra data after the value")
	}
	return v, nil
}

type decoder struct {
	in  []byte
	pos int
}

func (d *decoder) fail(msg string) error { return &SyntaxError{Offset: d.pos, Msg: msg} }

func (d *decoder) space() {
	for d.pos < len(d.in) {
		switch d.in[d.pos] {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return
		}
	}
}

func (d *decoder) word(w string) bool {
	if len(d.in)-d.pos < len(w) || string(d.in[d.pos:d.pos+len(w)]) != w {
		return false
	}
	d.pos += len(w)
	return true
}

func (d *decoder) value(depth int) (any, error) {
	if d.pos >= len(d.in) {
		return nil, d.fail("unexpected end, want a value")
	}
	switch c := d.in[d.pos]; {
	case c == '"':
		d.pos++
		return d.text()
	case c == '{' || c == '[':
		if depth >= MaxDepth {
			return nil, &SyntaxError{Offset: d.pos, Msg: ErrDepth.Error(), Err: ErrDepth}
		}
		d.pos++
		if c == '{' {
			return d.object(depth + 1)
		}
		return d.array(depth + 1)
	case c == 't' && d.word("true"):
		return true, nil
	case c == 'f' && d.word("false"):
		return false, nil
	case c == 'n' && d.word("null"):
		return nil, nil
	case c == 'N' && d.word("NaN"):
		return math.NaN(), nil
	case c == 'I' && d.word("Infinity"):
		return math.Inf(1), nil
	case c == '-' && d.word("-Infinity"):
		return math.Inf(-1), nil
	case c == '-' || c >= '0' && c <= '9':
		return d.number()
	}
	return nil, d.fail("want a value")
}

func (d *decoder) array(depth int) (any, error) {
	d.space()
	if d.word("]") {
		return []any{}, nil
	}
	list := make([]any, 0, 4)
	for {
		d.space()
		v, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		d.space()
		switch {
		case d.word(","):
		case d.word("]"):
			return list, nil
		default:
			return nil, d.fail(`want "," or "]"`)
		}
	}
}

func (d *decoder) object(depth int) (any, error) {
	m := make(map[string]any, 8)
	d.space()
	if d.word("}") {
		return m, nil
	}
	for {
		d.space()
		if !d.word(`"`) {
			return nil, d.fail("want a key in double quotes")
		}
		key, err := d.text()
		if err != nil {
			return nil, err
		}
		d.space()
		if !d.word(":") {
			return nil, d.fail(`want ":"`)
		}
		d.space()
		if m[key], err = d.value(depth); err != nil {
			return nil, err
		}
		d.space()
		switch {
		case d.word(","):
		case d.word("}"):
			return m, nil
		default:
			return nil, d.fail(`want "," or "}"`)
		}
	}
}

func (d *decoder) digits() int {
	start := d.pos
	for d.pos < len(d.in) && d.in[d.pos] >= '0' && d.in[d.pos] <= '9' {
		d.pos++
	}
	return d.pos - start
}

func (d *decoder) number() (any, error) {
	start := d.pos
	d.word("-")
	lead := d.pos
	switch n := d.digits(); {
	case n == 0:
		return nil, d.fail("want a digit")
	case n > 1 && d.in[lead] == '0':
		d.pos = lead + 1
		return nil, d.fail("a number has a leading zero")
	case n > maxDigits:
		return nil, d.fail("an integer has more than 4300 digits")
	}
	whole := true
	// As Python's scanner does, a "." or "e" without a digit after it is left
	// for the caller, who finds extra data there.
	if save := d.pos; d.word(".") {
		if d.digits() == 0 {
			d.pos = save
		} else {
			whole = false
		}
	}
	if save := d.pos; d.word("e") || d.word("E") {
		if !d.word("+") {
			d.word("-")
		}
		if d.digits() == 0 {
			d.pos = save
		} else {
			whole = false
		}
	}
	text := string(d.in[start:d.pos])
	if !whole {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) { // Python, too, reads 1e999 as infinity
			return nil, d.fail("a number cannot be read")
		}
		return f, nil
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i, nil
	}
	big, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return nil, d.fail("an integer cannot be read")
	}
	return big, nil
}
