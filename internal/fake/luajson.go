package fake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// cjsonLibrary is the table cjson of scripts.
func (in *interpreter) cjsonLibrary() map[string]lua.LGFunction {
	setting := func(l *lua.LState) int { return 0 } // the defaults are Redis'
	return map[string]lua.LGFunction{
		"encode": func(l *lua.LState) int {
			var b strings.Builder
			if err := in.encode(&b, l.CheckAny(1), 0); err != nil {
				l.RaiseError("%s", err.Error())
			}
			l.Push(lua.LString(b.String()))
			return 1
		},
		"decode": func(l *lua.LState) int {
			v, err := in.decodeText(l, l.CheckString(1))
			if err != nil {
				l.RaiseError("%s", err.Error())
			}
			l.Push(v)
			return 1
		},
		"encode_sparse_array": setting, "encode_max_depth": setting, "decode_max_depth": setting,
		"encode_number_precision": setting, "encode_keep_buffer": setting, "encode_invalid_numbers": setting, "decode_invalid_numbers": setting,
	}
}

const jsonDepth = 1000

// luaError is an error in the words of a library of Lua.
type luaError string

func (e luaError) Error() string { return string(e) }

func luaErrorf(format string, args ...any) error { return luaError(fmt.Sprintf(format, args...)) }

func (in *interpreter) encode(b *strings.Builder, v lua.LValue, depth int) error {
	if depth > jsonDepth {
		return luaErrorf("Cannot serialise, excessive nesting (%d)", depth)
	}
	switch v := v.(type) {
	case *lua.LNilType:
		b.WriteString("null")
	case lua.LBool:
		b.WriteString(strconv.FormatBool(bool(v)))
	case lua.LNumber:
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return luaErrorf("Cannot serialise number: must not be NaN or Inf")
		}
		b.WriteString(luaNumber(float64(v)))
	case lua.LString:
		jsonText.write(b, string(v))
	case *lua.LTable:
		return in.encodeTable(b, v, depth)
	case *lua.LUserData:
		if v != in.null {
			return luaErrorf("Cannot serialise userdata: type not supported")
		}
		b.WriteString("null")
	default:
		return luaErrorf("Cannot serialise %s: type not supported", v.Type())
	}
	return nil
}

// arrayLength is the length of a table with positive integer keys alone, or
// -1.
func arrayLength(t *lua.LTable) (length, count int) {
	t.ForEach(func(k, _ lua.LValue) {
		n, ok := k.(lua.LNumber)
		if !ok || float64(n) < 1 || float64(n) != math.Floor(float64(n)) {
			length = -1
		}
		if length >= 0 {
			length = max(length, int(n))
		}
		count++
	})
	return length, count
}

func (in *interpreter) encodeTable(b *strings.Builder, t *lua.LTable, depth int) error {
	n, count := arrayLength(t)
	if n > 0 {
		if n > 10 && n > 2*count {
			return luaErrorf("Cannot serialise table: excessively sparse array")
		}
		for i := 1; i <= n; i++ {
			b.WriteByte("[,"[min(i-1, 1)])
			if err := in.encode(b, t.RawGetInt(i), depth+1); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	}
	b.WriteByte('{')
	first, failed := true, error(nil)
	t.ForEach(func(k, v lua.LValue) {
		if !first {
			b.WriteByte(',')
		}
		first = false
		switch k := k.(type) {
		case lua.LString:
			jsonText.write(b, string(k))
		case lua.LNumber:
			b.WriteString(`"` + luaNumber(float64(k)) + `"`)
		default:
			failed = luaErrorf("Cannot serialise table: table key must be a number or string")
			return
		}
		b.WriteByte(':')
		if err := in.encode(b, v, depth+1); err != nil && failed == nil {
			failed = err
		}
	})
	b.WriteByte('}')
	return failed
}

// decodeText reads one JSON value that is the whole of the text.
func (in *interpreter) decodeText(l *lua.LState, text string) (lua.LValue, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	v, err := in.decode(l, dec, 0)
	if err == nil {
		if _, err := dec.Token(); !errors.Is(err, io.EOF) {
			return nil, luaErrorf("Expected the end but found invalid token at character %d", dec.InputOffset()+1)
		}
		return v, nil
	}
	return nil, luaErrorf("Expected value but found invalid token at character %d", dec.InputOffset()+1)
}

func (in *interpreter) decode(l *lua.LState, dec *json.Decoder, depth int) (lua.LValue, error) {
	if depth > jsonDepth {
		return nil, luaErrorf("Found too many nested data structures")
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		table := l.NewTable()
		for i := 1; dec.More(); i++ {
			key := lua.LValue(lua.LNumber(i))
			if t == '{' {
				name, err := dec.Token()
				if err != nil {
					return nil, err
				}
				key = lua.LString(name.(string))
			}
			v, err := in.decode(l, dec, depth+1)
			if err != nil {
				return nil, err
			}
			l.RawSet(table, key, v)
		}
		_, err := dec.Token()
		return table, err
	case bool:
		return lua.LBool(t), nil
	case json.Number:
		f, err := strconv.ParseFloat(string(bytes.TrimSpace([]byte(t))), 64)
		return lua.LNumber(f), err
	case string:
		return lua.LString(t), nil
	default:
		return in.null, nil
	}
}
