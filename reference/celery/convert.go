package celery

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// Into stores v, a value as messages and results carry it, in what dst points
// to. Numbers must fit without loss; objects fill structs by the rules of
// encoding/json; a time may be an ISO 8601 text.
func Into(v, dst any) error {
	if quickInto(v, dst) {
		return nil
	}
	p := reflect.ValueOf(dst)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("convert to %T: want a pointer", dst)
	}
	return into(v, p.Elem())
}

// quickInto stores what most handlers take, without reflection, and reports
// whether it could.
func quickInto(v, dst any) (done bool) {
	switch dst := dst.(type) {
	case *int:
		n, ok := v.(int64)
		if done = ok && int64(int(n)) == n; done {
			*dst = int(n)
		}
	case *int64:
		if n, ok := v.(int64); ok {
			*dst, done = n, true
		}
	case *string:
		if s, ok := v.(string); ok {
			*dst, done = s, true
		}
	case *bool:
		if b, ok := v.(bool); ok {
			*dst, done = b, true
		}
	case *float64:
		if f, ok := v.(float64); ok {
			*dst, done = f, true
		}
	}
	return done
}

func mismatch(v any, dst reflect.Value) error {
	return fmt.Errorf("cannot use %s as %s", message.Repr(v), dst.Type())
}

func into(v any, dst reflect.Value) error {
	if v != nil && reflect.TypeOf(v).AssignableTo(dst.Type()) {
		dst.Set(reflect.ValueOf(v))
		return nil
	}
	if v == nil {
		switch dst.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
			dst.SetZero()
			return nil
		}
		return mismatch(v, dst)
	}
	if dst.Kind() == reflect.Pointer {
		if dst.IsNil() {
			dst.Set(reflect.New(dst.Type().Elem()))
		}
		return into(v, dst.Elem())
	}
	if text, ok := v.(string); ok {
		if at, ok := dst.Addr().Interface().(*time.Time); ok {
			t, err := message.ParseTime(text)
			*at = t
			return err
		}
		if u, ok := dst.Addr().Interface().(encoding.TextUnmarshaler); ok {
			return u.UnmarshalText([]byte(text))
		}
		if b, err := base64.StdEncoding.DecodeString(text); err == nil && dst.Type() == reflect.TypeFor[[]byte]() {
			dst.SetBytes(b)
			return nil
		}
	}
	if u, ok := dst.Addr().Interface().(json.Unmarshaler); ok {
		text, err := pyjson.Encode(message.Plain.Wrap(v))
		if err != nil {
			return err
		}
		return u.UnmarshalJSON(text)
	}
	return intoKind(v, dst)
}

func intoKind(v any, dst reflect.Value) error {
	switch dst.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if n, ok := integer(v); ok && n.IsInt64() && !dst.OverflowInt(n.Int64()) {
			dst.SetInt(n.Int64())
			return nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if n, ok := integer(v); ok && n.IsUint64() && !dst.OverflowUint(n.Uint64()) {
			dst.SetUint(n.Uint64())
			return nil
		}
	case reflect.Float32, reflect.Float64:
		switch n := v.(type) {
		case float64:
			dst.SetFloat(n)
			return nil
		case int64:
			dst.SetFloat(float64(n))
			return nil
		case *big.Int:
			f, _ := new(big.Float).SetInt(n).Float64()
			dst.SetFloat(f)
			return nil
		}
	case reflect.String:
		if r := reflect.ValueOf(v); r.Kind() == reflect.String {
			dst.SetString(r.String())
			return nil
		}
	case reflect.Slice, reflect.Array:
		if list, ok := v.([]any); ok {
			return intoList(list, dst)
		}
	case reflect.Map:
		if m, ok := v.(map[string]any); ok && dst.Type().Key().Kind() == reflect.String {
			return intoMap(m, dst)
		}
	case reflect.Struct:
		if m, ok := v.(map[string]any); ok {
			return intoStruct(m, dst)
		}
	}
	return mismatch(v, dst)
}

// integer takes a float for an integer only if it is one.
func integer(v any) (*big.Int, bool) {
	switch v := v.(type) {
	case int64:
		return big.NewInt(v), true
	case *big.Int:
		return v, true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) <= 1<<53 {
			return big.NewInt(int64(v)), true
		}
	}
	return nil, false
}

func intoList(list []any, dst reflect.Value) error {
	if dst.Kind() == reflect.Slice {
		dst.Set(reflect.MakeSlice(dst.Type(), len(list), len(list)))
	} else if dst.Len() != len(list) {
		return fmt.Errorf("cannot use %d items as %s", len(list), dst.Type())
	}
	for i, item := range list {
		if err := into(item, dst.Index(i)); err != nil {
			return fmt.Errorf("item %d: %w", i, err)
		}
	}
	return nil
}

func intoMap(m map[string]any, dst reflect.Value) error {
	dst.Set(reflect.MakeMapWithSize(dst.Type(), len(m)))
	for k, item := range m {
		value := reflect.New(dst.Type().Elem()).Elem()
		if err := into(item, value); err != nil {
			return fmt.Errorf("key %q: %w", k, err)
		}
		dst.SetMapIndex(reflect.ValueOf(k).Convert(dst.Type().Key()), value)
	}
	return nil
}

func intoStruct(m map[string]any, dst reflect.Value) error {
	for _, f := range reflect.VisibleFields(dst.Type()) {
		name, ok := fieldName(f)
		if !ok {
			continue
		}
		if v, ok := m[name]; ok {
			if err := into(v, dst.FieldByIndex(f.Index)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

// fieldName is the name of a struct's field on the wire.
func fieldName(f reflect.StructField) (string, bool) {
	if !f.IsExported() || len(f.Index) > 1 {
		return "", false
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "-" {
		return "", false
	}
	if name == "" {
		name = f.Name
	}
	return name, true
}
