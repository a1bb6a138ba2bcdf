package plain

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"
)

// MaxDepth is how deep plain data may nest. Python's own codecs stop at about
// this depth too (the recursion limit).
const MaxDepth = 500

// ErrNotPlain says that the value is no plain data, or nests deeper than MaxDepth.
var ErrNotPlain = errors.New("not plain data")

// Normalize returns a deep copy of v in canonical types: all integers become
// int64 or *big.Int, float32 becomes float64, named and typed slices become
// []any, maps with text keys map[string]any, other maps a Dict. Structs,
// pointers, functions and channels are ErrNotPlain, with the place.
func Normalize(v any) (any, error) { return normalizer{}.normalize(v, 0) }

// Snapshot is Normalize, and turns every Dict that has only text keys into the
// map[string]any that decoders return for it.
func Snapshot(v any) (any, error) { return normalizer{mapped: true}.normalize(v, 0) }

type normalizer struct{ mapped bool }

func (c normalizer) normalize(v any, depth int) (any, error) {
	switch v := v.(type) {
	case nil, bool, int64, float64, string, time.Time, Naive, Date, time.Duration, Decimal, UUID:
		return v, nil
	case int:
		return int64(v), nil
	case []byte:
		return CloneBytes(v), nil
	case *big.Int:
		if v == nil {
			return nil, fmt.Errorf("%w: nil *big.Int", ErrNotPlain)
		}
		return canonicalInt(v), nil
	}
	if depth >= MaxDepth {
		return nil, fmt.Errorf("%w: nested deeper than %d", ErrNotPlain, MaxDepth)
	}
	switch v := v.(type) {
	case []any:
		return c.slice(v, depth)
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			n, err := c.normalize(e, depth+1)
			if err != nil {
				return nil, at(fmt.Sprintf("[%q]", k), err)
			}
			out[k] = n
		}
		return out, nil
	case Tuple:
		out, err := c.slice(v, depth)
		return Tuple(out), err
	case Set:
		out, err := c.slice(v, depth)
		return Set(out), err
	case FrozenSet:
		out, err := c.slice(v, depth)
		return FrozenSet(out), err
	case Dict:
		return c.dict(v, depth)
	}
	return c.reflected(v, depth)
}

func (c normalizer) slice(v []any, depth int) ([]any, error) {
	out := make([]any, len(v))
	for i, e := range v {
		n, err := c.normalize(e, depth+1)
		if err != nil {
			return nil, at(fmt.Sprintf("[%d]", i), err)
		}
		out[i] = n
	}
	return out, nil
}

func (c normalizer) dict(v Dict, depth int) (any, error) {
	out := make(Dict, len(v))
	for i, item := range v {
		k, err := c.normalize(item.Key, depth+1)
		if err != nil {
			return nil, at(fmt.Sprintf("key %v", item.Key), err)
		}
		e, err := c.normalize(item.Value, depth+1)
		if err != nil {
			return nil, at(fmt.Sprintf("[%v]", item.Key), err)
		}
		out[i] = Item{k, e}
	}
	if c.mapped {
		return out.mapped(), nil
	}
	return out, nil
}

// reflected takes the types that the switches above do not name.
func (c normalizer) reflected(v any, depth int) (any, error) {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Bool:
		return r.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if u := r.Uint(); u > math.MaxInt64 {
			return new(big.Int).SetUint64(u), nil
		}
		return int64(r.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return r.Float(), nil
	case reflect.String:
		return r.String(), nil
	case reflect.Slice, reflect.Array:
		if r.Type().Elem().Kind() == reflect.Uint8 && r.Kind() == reflect.Slice {
			return CloneBytes(r.Bytes()), nil
		}
		out := make([]any, r.Len())
		for i := range out {
			n, err := c.normalize(r.Index(i).Interface(), depth+1)
			if err != nil {
				return nil, at(fmt.Sprintf("[%d]", i), err)
			}
			out[i] = n
		}
		return out, nil
	case reflect.Map:
		return c.reflectedMap(r, depth)
	}
	return nil, fmt.Errorf("%w: %T: want nil, a boolean, number, text, []byte, slice, map or a type of package plain", ErrNotPlain, v)
}

func (c normalizer) reflectedMap(r reflect.Value, depth int) (any, error) {
	text := r.Type().Key().Kind() == reflect.String
	asMap := make(map[string]any, r.Len())
	var asDict Dict
	for it := r.MapRange(); it.Next(); {
		key := it.Key().Interface()
		e, err := c.normalize(it.Value().Interface(), depth+1)
		if err != nil {
			return nil, at(fmt.Sprintf("[%v]", key), err)
		}
		if text {
			asMap[it.Key().String()] = e
			continue
		}
		k, err := c.normalize(key, depth+1)
		if err != nil {
			return nil, at(fmt.Sprintf("key %v", key), err)
		}
		asDict = append(asDict, Item{k, e})
	}
	if text {
		return asMap, nil
	}
	asDict.sort()
	return asDict, nil
}

// at prefixes the place of an error inside a value.
func at(place string, err error) error {
	inner, is := err.(*placed)
	if !is {
		return &placed{[]string{place}, err}
	}
	inner.way = append(inner.way, place)
	return inner
}

// placed is an error inside a value. A value that holds itself has a long way
// to it, of which the first steps tell enough.
type placed struct {
	way []string // the innermost step first
	err error
}

func (p *placed) Error() string {
	const most = 8
	var b strings.Builder
	for i, step := range slices.Backward(p.way) {
		if i < len(p.way)-most {
			fmt.Fprintf(&b, "… %d deeper: ", i+1)
			break
		}
		b.WriteString(step + ": ")
	}
	return b.String() + p.err.Error()
}

func (p *placed) Unwrap() error { return p.err }

// CloneBytes is a copy of b of its own, never nil: to plain data nil bytes are
// empty ones.
func CloneBytes(b []byte) []byte {
	out := make([]byte, len(b))
	copy(out, b)
	return out
}

// canonicalInt is the int64 of v, or a copy of v where it does not fit.
func canonicalInt(v *big.Int) any {
	if v.IsInt64() {
		return v.Int64()
	}
	return new(big.Int).Set(v)
}
