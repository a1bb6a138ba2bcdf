package brokertest

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// show renders a value of the port for messages and for comparing: on one
// line, types visible. Equal values, and only these, give the same text.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return strconv.Quote(v)
	case []byte:
		return "b" + strconv.Quote(string(v))
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".eIN") {
			s += ".0"
		}
		return s
	case int:
		return strconv.Itoa(v)
	case *big.Int:
		return v.String()
	case []any:
		return "[" + join(v, show) + "]"
	case []string:
		return "[" + join(v, clip) + "]"
	case map[string]any:
		return "{" + join(slices.Sorted(maps.Keys(v)), func(k string) string { return show(k) + ": " + show(v[k]) }) + "}"
	case Message:
		return describe(v)
	case Delivery:
		return clip(name(v))
	case []Delivery:
		return "[" + join(v, func(d Delivery) string { return clip(name(d)) }) + "]"
	case Binding:
		return fmt.Sprintf("%s/%s→%s", v.Exchange, v.RoutingKey, v.Queue)
	case Dead:
		return fmt.Sprintf("{%q: %s}", v.Reason, clip(string(v.Raw)))
	case []Dead:
		return "[" + join(v, func(d Dead) string { return show(d) }) + "]"
	case Heard:
		return fmt.Sprintf("%s/%s %s", v.Exchange, v.RoutingKey, clip(string(v.Body)))
	default:
		return fmt.Sprint(v)
	}
}

func join[T any](all []T, one func(T) string) string {
	parts := make([]string, len(all))
	for i, v := range all {
		parts[i] = one(v)
	}
	return strings.Join(parts, ", ")
}

// describe is what is set in a message.
func describe(m Message) string {
	at := m.RoutingKey
	if m.Exchange != "" {
		at = m.Exchange + "/" + at
	}
	s := at + ": " + clip(string(m.Body))
	if m.Priority != nil {
		s += fmt.Sprintf(" priority %v", m.Priority)
	}
	if m.Once != "" {
		s += " once " + m.Once
	}
	return s
}

// name is how checks call a delivery: its body, with ! if it was
// delivered before.
func name(d Delivery) string {
	s := string(d.Body)
	if d.Redelivered {
		s += "!"
	}
	return s
}

// names are those of several deliveries.
func names(ds []Delivery) []string {
	out := make([]string, len(ds))
	for i, d := range ds {
		out[i] = name(d)
	}
	return out
}

// clip keeps a text short enough for a line.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		return fmt.Sprintf("%q… (%d bytes)", strings.ToValidUTF8(s[:most], ""), len(s))
	}
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' }) {
		return strconv.Quote(s)
	}
	return s
}
