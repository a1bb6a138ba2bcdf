package resp

import (
	"fmt"
	"strconv"
	"strings"
)

// A Kind is the byte that starts a value on the wire.
type Kind byte

// The kinds of RESP2 (the first five) and RESP3.
const (
	Simple    Kind = '+'
	Error     Kind = '-'
	Int       Kind = ':'
	Bulk      Kind = '$'
	Array     Kind = '*'
	Null      Kind = '_'
	Double    Kind = ','
	Bool      Kind = '#'
	BlobError Kind = '!'
	Verbatim  Kind = '='
	BigNumber Kind = '('
	Map       Kind = '%'
	Set       Kind = '~'
	Push      Kind = '>'
	Attribute Kind = '|'
)

// aggregate reports whether values of the kind hold other values.
func (k Kind) aggregate() bool {
	return k == Array || k == Map || k == Set || k == Push || k == Attribute
}

// A Value is one whole reply or a part of one.
type Value struct {
	Kind  Kind
	Null  bool    // _, $-1 and *-1
	Str   string  // text of every kind that is no aggregate; numbers as sent
	Elems []Value // of an aggregate; of a Map or Attribute key, value, key, value, ...
	Attr  []Value // the attribute sent before the value: key, value, ...
	Raw   []byte  // the bytes of the whole value; nil in the parts of another
}

// Int64 is the number of an Int or BigNumber, or 0.
func (v Value) Int64() int64 {
	n, _ := strconv.ParseInt(v.Str, 10, 64)
	return n
}

// IsError reports whether the value is an error reply of either kind.
func (v Value) IsError() bool { return v.Kind == Error || v.Kind == BlobError }

// ErrorCode is the first word of an error reply, as WRONGTYPE, or "".
func (v Value) ErrorCode() string {
	if !v.IsError() {
		return ""
	}
	code, _, _ := strings.Cut(v.Str, " ")
	return code
}

// String shows the value as redis-cli would on one line, for messages.
func (v Value) String() string {
	switch {
	case v.Null:
		return "(nil)"
	case v.Kind.aggregate():
		parts := make([]string, len(v.Elems))
		for i, e := range v.Elems {
			parts[i] = e.String()
		}
		open, end := brackets(v.Kind)
		return open + strings.Join(parts, " ") + end
	case v.IsError():
		return "(error) " + v.Str
	case v.Kind == Simple, v.Kind == Int, v.Kind == Double, v.Kind == Bool, v.Kind == BigNumber:
		return v.Str
	default:
		return fmt.Sprintf("%q", v.Str)
	}
}

func brackets(k Kind) (open, end string) {
	switch k {
	case Map, Attribute:
		return "{", "}"
	case Set:
		return "~[", "]"
	case Push:
		return ">[", "]"
	default:
		return "[", "]"
	}
}
