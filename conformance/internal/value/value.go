// Package value compares and shows the plain values that cross the ports of
// the families: nil, bool, int64, *big.Int, float64, string, []byte, []any and
// map[string]any of these.
package value

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Same reports whether two values are equal, types included: 1 is not 1.0, and
// neither is true. An int stands for an int64, so that checks read well; NaN
// equals itself. What is no value of a port equals nothing.
func Same(a, b any) bool {
	a, b = number(a), number(b)
	switch a := a.(type) {
	case nil:
		return b == nil
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	case int64:
		b, ok := b.(int64)
		return ok && a == b
	case string:
		b, ok := b.(string)
		return ok && a == b
	case float64:
		b, ok := b.(float64)
		return ok && (a == b || math.IsNaN(a) && math.IsNaN(b))
	case []byte:
		b, ok := b.([]byte)
		return ok && bytes.Equal(a, b)
	case *big.Int:
		b, ok := b.(*big.Int)
		return ok && a.Cmp(b) == 0
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, Same)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, Same)
	case []bool:
		b, ok := b.([]bool)
		return ok && slices.Equal(a, b)
	case []string:
		b, ok := b.([]string)
		return ok && slices.Equal(a, b)
	}
	return false
}

// number is v as a port carries it, if it is a number.
func number(v any) any {
	switch v.(type) {
	case int, *big.Int:
		return Plain(v)
	}
	return v
}

// Plain turns what checks write for brevity into what a port carries, inside
// of lists and maps, too. What a port carries already is returned itself.
func Plain(v any) any {
	v, _ = plain(v)
	return v
}

// plain tells whether it had to change anything.
func plain(v any) (any, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case *big.Int:
		if v != nil && v.IsInt64() {
			return v.Int64(), true
		}
	case []any:
		var own []any
		for i, e := range v {
			if p, changed := plain(e); changed {
				if own == nil {
					own = slices.Clone(v)
				}
				own[i] = p
			}
		}
		if own != nil {
			return own, true
		}
	case map[string]any:
		var own map[string]any
		for k, e := range v {
			if p, changed := plain(e); changed {
				if own == nil {
					own = maps.Clone(v)
				}
				own[k] = p
			}
		}
		if own != nil {
			return own, true
		}
	}
	return v, false
}

// Show renders a value for messages: short, on one line, types visible.
func Show(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return Quote(v)
	case []byte:
		return "b" + Quote(string(v))
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".eIN") {
			s += ".0"
		}
		return s
	case []any:
		return "[" + List(v, Show) + "]"
	case []string:
		return "[" + List(v, func(s string) string { return Show(s) }) + "]"
	case map[string]any:
		if len(v) > 10*Listed { // not worth sorting
			return fmt.Sprintf("{… %d in all}", len(v))
		}
		keys := slices.Sorted(maps.Keys(v))
		return "{" + List(keys, func(k string) string { return Show(k) + ": " + Show(v[k]) }) + "}"
	}
	if kind := reflect.TypeOf(v).Kind(); kind == reflect.Chan || kind == reflect.Func {
		return reflect.TypeOf(v).String() // not where it is
	}
	return fmt.Sprint(v)
}

// Listed is how many elements of a collection a message shows.
const Listed = 8

// List shows the first elements of a collection, and how many there are.
func List[T any](all []T, one func(T) string) string {
	var parts []string
	for i, v := range all {
		if i == Listed {
			parts = append(parts, fmt.Sprintf("… %d in all", len(all)))
			break
		}
		parts = append(parts, one(v))
	}
	return strings.Join(parts, ", ")
}

// Quote quotes a text, and no more of it than a line can hold.
func Quote(s string) string {
	const most = 60
	if len(s) <= most {
		return strconv.Quote(s)
	}
	return fmt.Sprintf("%s… (%d bytes)", strconv.Quote(strings.ToValidUTF8(s[:most], "")), len(s))
}
