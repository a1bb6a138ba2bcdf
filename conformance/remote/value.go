package remote

import (
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
)

// encode describes a value of the port as the protocol does.
func encode(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, string:
		return v, nil
	case int:
		return tag("int", strconv.Itoa(v)), nil
	case int64:
		return tag("int", strconv.FormatInt(v, 10)), nil
	case *big.Int:
		return tag("int", v.String()), nil
	case float64:
		return tag("float", strconv.FormatFloat(v, 'g', -1, 64)), nil
	case []byte:
		return tag("bytes", hex.EncodeToString(v)), nil
	case []string:
		out := make([]any, len(v))
		for i := range v {
			out[i] = v[i]
		}
		return out, nil
	case encoded:
		return v.json, nil
	case []any:
		out := make([]any, len(v))
		for i := range v {
			var err error
			if out[i], err = encode(v[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		pairs := make([]any, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			e, err := encode(v[k])
			if err != nil {
				return nil, err
			}
			pairs = append(pairs, []any{k, e})
		}
		return tag("dict", pairs), nil
	}
	return nil, fmt.Errorf("%T is no value of the port", v)
}

// encoded is what encode has made already.
type encoded struct{ json any }

// lenient is encode of what may hold anything: a map with keys of any type, and
// what is no value of the port, as something that nobody can write.
func lenient(v any) any {
	switch m := reflect.ValueOf(v); {
	case m.Kind() == reflect.Map:
		pairs := make([]any, 0, m.Len())
		for _, k := range m.MapKeys() {
			pairs = append(pairs, []any{lenient(k.Interface()), lenient(m.MapIndex(k).Interface())})
		}
		return tag("dict", pairs)
	case m.Kind() == reflect.Slice && m.Type().Elem().Kind() == reflect.Interface:
		all := make([]any, m.Len())
		for i := range all {
			all[i] = lenient(m.Index(i).Interface())
		}
		return all
	}
	e, err := encode(v)
	if err != nil {
		return tag("opaque", fmt.Sprintf("%T", v))
	}
	return e
}

func tag(kind string, v any) any { return map[string]any{kind: v} }

// decode is the value of the port that the protocol describes.
func decode(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, string:
		return v, nil
	case []any:
		out := make([]any, len(v))
		for i := range v {
			var err error
			if out[i], err = decode(v[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		if len(v) == 1 {
			for kind, x := range v {
				return tagged(kind, x)
			}
		}
	}
	return nil, fmt.Errorf("no value of the protocol: %v", v)
}

func tagged(kind string, x any) (any, error) {
	text, _ := x.(string)
	switch kind {
	case "int":
		n, ok := new(big.Int).SetString(text, 10)
		if !ok {
			return nil, fmt.Errorf("no integer: %q", text)
		}
		if n.IsInt64() {
			return n.Int64(), nil
		}
		return n, nil
	case "float":
		if text == "nan" {
			return math.NaN(), nil
		}
		return strconv.ParseFloat(text, 64)
	case "bytes":
		return hex.DecodeString(text)
	case "dict":
		pairs, _ := x.([]any)
		out := make(map[string]any, len(pairs))
		for _, p := range pairs {
			pair, ok := p.([]any)
			if !ok || len(pair) != 2 {
				return nil, fmt.Errorf("no pair: %v", p)
			}
			k, err := decode(pair[0])
			if err != nil {
				return nil, err
			}
			if out[fmt.Sprint(k)], err = decode(pair[1]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("no type of the protocol: %q", kind)
}
