package message

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/redkit-dev/redkit/reference/pyjson"
)

// maxRepr is Celery's argsrepr_maxsize, in bytes.
const maxRepr = 1024

// ReprArgs prints positional arguments as Python prints the tuple.
func ReprArgs(args []any) string {
	var b strings.Builder
	b.Grow(64)
	b.WriteByte('(')
	reprList(&b, args)
	if len(args) == 1 {
		b.WriteByte(',')
	}
	b.WriteByte(')')
	return cut(b.String())
}

// Repr prints v as Python's repr would after a trip through JSON, cut to the
// length that Celery allows.
func Repr(v any) string {
	var b strings.Builder
	repr(&b, v)
	return cut(b.String())
}

func cut(s string) string {
	if len(s) > maxRepr {
		return strings.ToValidUTF8(s[:maxRepr], "") + "..."
	}
	return s
}

func reprList(b *strings.Builder, list []any) {
	for i, v := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		if b.Len() > maxRepr {
			return
		}
		repr(b, v)
	}
}

func repr(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("None")
	case bool:
		if v {
			b.WriteString("True")
		} else {
			b.WriteString("False")
		}
	case string:
		reprText(b, v)
	case int:
		b.WriteString(strconv.Itoa(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case *big.Int:
		b.WriteString(v.String())
	case float64:
		text := string(pyjson.AppendFloat(nil, v))
		b.WriteString(strings.NewReplacer("NaN", "nan", "Infinity", "inf").Replace(text))
	case []any:
		b.WriteByte('[')
		reprList(b, v)
		b.WriteByte(']')
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		b.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				b.WriteString(", ")
			}
			if b.Len() > maxRepr {
				break
			}
			reprText(b, k)
			b.WriteString(": ")
			repr(b, v[k])
		}
		b.WriteByte('}')
	default:
		fmt.Fprintf(b, "%v", v)
	}
}

func reprText(b *strings.Builder, s string) {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	b.WriteByte(quote)
	for i, r := range s {
		if i > maxRepr {
			break
		}
		switch {
		case r == rune(quote) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(b, `\x%02x`, r)
		case !unicode.IsPrint(r) && r <= 0xff:
			fmt.Fprintf(b, `\x%02x`, r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte(quote)
}
