package message

import (
	"encoding/base64"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/redkit-dev/redkit/reference/pyjson"
)

// Types that kombu's JSON wraps and for which Go has no type of its own. They
// hold Python's text.
type (
	Date    string // 2026-11-22
	Time    string // 18:40:45.980534
	Decimal string // 10.50
)

// Typed says how dates, decimals, UUIDs and bytes are written.
type Typed int

const (
	// Wrapped is kombu 5.3 and later: {"__type__": …, "__value__": …}.
	Wrapped Typed = iota
	// Plain is kombu up to 5.2, which has no wrappers: text, so the reader
	// sees a string. Bytes are base64 text.
	Plain
)

func (t Typed) wrap(kind string, value any) any {
	if t == Plain {
		return value
	}
	return pyjson.Object{{Key: "__type__", Value: kind}, {Key: "__value__", Value: value}}
}

// Wrap returns v with every time.Time, Date, Time, Decimal, uuid.UUID and
// []byte inside slices and maps replaced by what pyjson can write. Structs are
// left to encoding/json and their own methods.
func (t Typed) Wrap(v any) any {
	switch v := v.(type) {
	case nil, bool, string, int, int64, float64, pyjson.Raw:
		return v
	case pyjson.Object:
		out := make(pyjson.Object, len(v))
		for i, m := range v {
			out[i] = pyjson.Member{Key: m.Key, Value: t.Wrap(m.Value)}
		}
		return out
	case time.Time:
		if t == Plain {
			return strings.Replace(ISO(v), "+00:00", "Z", 1)
		}
		return t.wrap("datetime", ISO(v))
	case Date:
		return t.wrap("date", string(v))
	case Time:
		return t.wrap("time", string(v))
	case Decimal:
		return t.wrap("decimal", string(v))
	case uuid.UUID:
		if t == Plain {
			return v.String()
		}
		return t.wrap("uuid", map[string]any{"hex": strings.ReplaceAll(v.String(), "-", "")})
	case []byte:
		return t.wrap("base64", base64.StdEncoding.EncodeToString(v))
	case []any:
		if plainList(v) {
			return v
		}
		out := make([]any, len(v))
		for i := range v {
			out[i] = t.Wrap(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = t.Wrap(v[k])
		}
		return out
	}
	return t.reflected(v)
}

// plainList reports whether Wrap would change nothing in list.
func plainList(list []any) bool {
	for _, v := range list {
		switch v.(type) {
		case nil, bool, string, int, int64, float64:
		default:
			return false
		}
	}
	return true
}

func (t Typed) reflected(v any) any {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Slice:
		if r.IsNil() {
			return nil
		}
		out := make([]any, r.Len())
		for i := range out {
			out[i] = t.Wrap(r.Index(i).Interface())
		}
		return out
	case reflect.Map:
		if r.IsNil() || r.Type().Key().Kind() != reflect.String {
			return v
		}
		out := make(map[string]any, r.Len())
		for _, k := range r.MapKeys() {
			out[k.String()] = t.Wrap(r.MapIndex(k).Interface())
		}
		return out
	}
	return v
}

// Unwrap returns v with kombu's wrappers replaced by the values they carry:
// time.Time, Date, Time, Decimal, uuid.UUID and []byte. Only an object of
// exactly the two keys is one. A wrapper of an unknown type, or whose value
// cannot be read, stays an object: kombu would fail there, a handler need not.
func Unwrap(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = Unwrap(v[i])
		}
	case map[string]any:
		kind, ok := v["__type__"].(string)
		if value, has := v["__value__"]; ok && has && len(v) == 2 {
			if got, ok := unwrap(kind, value); ok {
				return got
			}
		}
		for k := range v {
			v[k] = Unwrap(v[k])
		}
	}
	return v
}

func unwrap(kind string, value any) (any, bool) {
	text, isText := value.(string)
	switch {
	case kind == "uuid":
		if parts, ok := value.(map[string]any); ok {
			text, isText = parts["hex"].(string)
		}
		id, err := uuid.Parse(text)
		return id, isText && err == nil
	case !isText:
		return nil, false
	}
	switch kind {
	case "datetime":
		t, err := ParseTime(text)
		return t, err == nil
	case "date":
		_, err := time.Parse(time.DateOnly, text)
		return Date(text), err == nil
	case "time":
		return Time(text), true
	case "decimal":
		return Decimal(text), true
	case "bytes":
		return []byte(text), true
	case "base64":
		data, err := base64.StdEncoding.DecodeString(text)
		return data, err == nil
	}
	return nil, false
}

// ISO writes t as Python's datetime.isoformat does for an aware UTC time.
func ISO(t time.Time) string {
	t = t.UTC()
	if t.Nanosecond()/1000 == 0 {
		return t.Format("2006-01-02T15:04:05+00:00")
	}
	return t.Format("2006-01-02T15:04:05.000000+00:00")
}

// ParseTime reads an ISO 8601 time with an offset, with Z, or naive, which
// means UTC; the fraction of a second may be missing. The error is a *Malformed.
func ParseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00",
		"2006-01-02 15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, malformed("not an ISO 8601 time")
}
