package pyjson

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
)

// Object is a JSON object whose members are written in their order. Decode
// never returns one: order does not count when reading.
type Object []Member

// A Member is one key of an Object with its value.
type Member struct {
	Key   string
	Value any
}

// Raw is JSON text that is written as it stands. Its author answers for it.
type Raw []byte

// Encode returns v as Python's json.dumps(v) writes it. See Append.
func Encode(v any) ([]byte, error) { return Append(nil, v) }

// Append appends v to dst as Python's json.dumps(v) writes it. A map is
// written in the order of its keys. A value outside the types that Decode
// returns is taken through encoding/json, so structs and their tags work; what
// encoding/json refuses (channels, functions, complex numbers) is an error.
func Append(dst []byte, v any) ([]byte, error) { return appendValue(dst, v, 0) }

func appendValue(dst []byte, v any, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return dst, fmt.Errorf("write JSON: %w", ErrDepth)
	}
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case string:
		return AppendString(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case float64:
		return AppendFloat(dst, v), nil
	case []any:
		return appendList(dst, v, depth)
	case []string:
		return appendList(dst, v, depth)
	case map[string]any:
		return appendMap(dst, v, depth)
	case Object:
		return appendObject(dst, v, depth)
	case Raw:
		return append(dst, v...), nil
	case *big.Int:
		if v == nil {
			return append(dst, "null"...), nil
		}
		return v.Append(dst, 10), nil
	case json.Number:
		parsed, err := Decode([]byte(v))
		if err != nil {
			return dst, fmt.Errorf("write JSON number %q: %w", string(v), err)
		}
		return appendValue(dst, parsed, depth)
	case json.Marshaler:
		return appendForeign(dst, v, depth)
	}
	return appendReflected(dst, reflect.ValueOf(v), depth)
}

func appendList[T any](dst []byte, list []T, depth int) ([]byte, error) {
	dst = append(dst, '[')
	var err error
	for i, item := range list {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if dst, err = appendValue(dst, item, depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func appendMap(dst []byte, m map[string]any, depth int) ([]byte, error) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	o := make(Object, len(keys))
	for i, k := range keys {
		o[i] = Member{k, m[k]}
	}
	return appendObject(dst, o, depth)
}

func appendObject(dst []byte, o Object, depth int) ([]byte, error) {
	dst = append(dst, '{')
	var err error
	for i, m := range o {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if dst, err = AppendString(dst, m.Key); err != nil {
			return dst, err
		}
		dst = append(dst, ": "...)
		if dst, err = appendValue(dst, m.Value, depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// AppendFloat appends f as Python's repr prints it: the shortest digits that
// read back as f, with an exponent below 1e-4 and from 1e16, and never as an
// integer.
func AppendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	if size := math.Abs(f); size != 0 && (size < 1e-4 || size >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if !slices.Contains(dst[start:], '.') {
		dst = append(dst, ".0"...)
	}
	return dst
}

// appendReflected writes Go's other numbers, strings, slices and maps.
func appendReflected(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	switch v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.AppendUint(dst, v.Uint(), 10), nil
	case reflect.Float32:
		f, err := strconv.ParseFloat(strconv.FormatFloat(v.Float(), 'g', -1, 32), 64)
		if err != nil {
			return dst, fmt.Errorf("write JSON number: %w", err)
		}
		return AppendFloat(dst, f), nil
	case reflect.Float64:
		return AppendFloat(dst, v.Float()), nil
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 || v.Kind() == reflect.Slice && v.IsNil() {
			return appendForeign(dst, v.Interface(), depth) // []byte is base64, a nil slice null, as in encoding/json
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = v.Index(i).Interface()
		}
		return appendList(dst, list, depth)
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String || v.IsNil() {
			return appendForeign(dst, v.Interface(), depth)
		}
		m := make(map[string]any, v.Len())
		for _, k := range v.MapKeys() {
			m[k.String()] = v.MapIndex(k).Interface()
		}
		return appendMap(dst, m, depth)
	case reflect.Pointer:
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		return appendValue(dst, v.Elem().Interface(), depth+1)
	}
	return appendForeign(dst, v.Interface(), depth)
}

func appendForeign(dst []byte, v any, depth int) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return dst, fmt.Errorf("write %T as JSON: %w", v, err)
	}
	parsed, err := Decode(text)
	if err != nil {
		return dst, fmt.Errorf("write %T as JSON: %w", v, err)
	}
	return appendValue(dst, parsed, depth)
}
