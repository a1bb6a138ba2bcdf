package cache

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/reference/msgpack"
	"github.com/redkit-dev/redkit/reference/plain"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// JSON serializes as Django's JSON serializer: Python's dialect, with times,
// decimals and UUIDs as text, tuples as lists, and keys made text. Bytes and
// sets have no form. Structs are written by their json tags and read as maps.
type JSON struct{}

// Append implements Serializer.
func (JSON) Append(dst []byte, v any) ([]byte, error) {
	v, _, err := textual(v, 0)
	if err != nil {
		return dst, err
	}
	out, err := pyjson.Append(dst, v)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// Parse implements Serializer.
func (JSON) Parse(data []byte) (any, error) { return pyjson.Decode(data) }

// MessagePack serializes as Python's msgpack: times, decimals, sets and
// integers beyond 64 bits have no form.
type MessagePack struct{}

// Append implements Serializer.
func (MessagePack) Append(dst []byte, v any) ([]byte, error) { return msgpack.Append(dst, v) }

// Parse implements Serializer.
func (MessagePack) Parse(data []byte) (any, error) { return msgpack.Unmarshal(data) }

// textual replaces what JSON has no form for, as DjangoJSONEncoder does. What
// needs no change is returned as it is.
func textual(v any, depth int) (out any, changed bool, err error) {
	if depth > plain.MaxDepth {
		return nil, false, fmt.Errorf("nested deeper than %d", plain.MaxDepth)
	}
	switch v := v.(type) {
	case nil, bool, string, int, int64, float64, *big.Int:
		return v, false, nil
	case []any:
		return textualList(v, depth)
	case plain.Tuple:
		list, _, err := textualList(v, depth)
		return list, true, err
	case map[string]any:
		return textualMap(v, depth)
	case plain.Dict:
		object := make(pyjson.Object, len(v))
		for i, item := range v {
			key, err := textualKey(item.Key)
			if err != nil {
				return nil, false, err
			}
			value, _, err := textual(item.Value, depth+1)
			if err != nil {
				return nil, false, err
			}
			object[i] = pyjson.Member{Key: key, Value: value}
		}
		return object, true, nil
	case []byte:
		return nil, false, fmt.Errorf("bytes have no form in JSON: use text, pickle or msgpack")
	case plain.Set, plain.FrozenSet:
		return nil, false, fmt.Errorf("a set has no form in JSON: use a list or pickle")
	}
	if text, ok := textualObject(v); ok {
		return text, true, nil
	}
	return v, false, nil // pyjson knows the other types, or refuses them
}

func textualList(v []any, depth int) ([]any, bool, error) {
	out, changed := v, false
	for i, e := range v {
		n, different, err := textual(e, depth+1)
		if err != nil {
			return nil, false, fmt.Errorf("[%d]: %w", i, err)
		}
		if different && !changed {
			changed = true
			out = append([]any(nil), v...)
		}
		if changed {
			out[i] = n
		}
	}
	return out, changed, nil
}

func textualMap(v map[string]any, depth int) (map[string]any, bool, error) {
	out, changed := v, false
	for k, e := range v {
		n, different, err := textual(e, depth+1)
		if err != nil {
			return nil, false, fmt.Errorf("[%q]: %w", k, err)
		}
		if !different {
			continue
		}
		if !changed {
			changed = true
			out = make(map[string]any, len(v))
			for k, e := range v {
				out[k] = e
			}
		}
		out[k] = n
	}
	return out, changed, nil
}

// textualKey is a dictionary key as Python's json writes it.
func textualKey(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case nil:
		return "null", nil
	case bool:
		return strconv.FormatBool(v), nil
	case float64:
		return string(pyjson.AppendFloat(nil, v)), nil
	case *big.Int:
		return v.String(), nil
	}
	if b, ok := integer(v); ok {
		return string(b), nil
	}
	return "", fmt.Errorf("a key of type %T has no form in JSON", v)
}

// textualObject is the text of times, decimals and UUIDs.
func textualObject(v any) (string, bool) {
	switch v := v.(type) {
	case time.Time:
		text := isoTime(v) + v.Format("-07:00")
		if zone, ok := strings.CutSuffix(text, "+00:00"); ok {
			text = zone + "Z"
		}
		return text, true
	case plain.Naive:
		return isoTime(v.Time), true
	case plain.Date:
		return fmt.Sprintf("%04d-%02d-%02d", v.Year, v.Month, v.Day), true
	case time.Duration:
		return isoDuration(v), true
	case plain.Decimal:
		return string(v), true
	case plain.UUID:
		h := hex.EncodeToString(v[:])
		return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], true
	}
	return "", false
}

// isoTime has milliseconds, cut off, where there are microseconds.
func isoTime(t time.Time) string {
	if t.Nanosecond()/1000 == 0 {
		return t.Format("2006-01-02T15:04:05")
	}
	return t.Format("2006-01-02T15:04:05") + fmt.Sprintf(".%03d", t.Nanosecond()/1e6)
}

// isoDuration is django.utils.duration.duration_iso_string.
func isoDuration(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	fraction := ""
	if us := d % time.Second / time.Microsecond; us > 0 {
		fraction = fmt.Sprintf(".%06d", us)
	}
	seconds := int64(d / time.Second)
	return fmt.Sprintf("%sP%dDT%02dH%02dM%02d%sS", sign, seconds/86400, seconds/3600%24, seconds/60%60, seconds%60, fraction)
}
