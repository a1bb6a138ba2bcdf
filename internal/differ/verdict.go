package differ

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/resp"
)

// A Verdict says how alike two replies to the same request are.
type Verdict string

// The verdicts, from the best to the worst.
const (
	Exact       Verdict = "exact"     // the same bytes
	Unordered   Verdict = "unordered" // the same, but for the order of elements
	Approximate Verdict = "approx"    // the same, but for numbers that are near
	Shape       Verdict = "shape"     // chance decides what is inside: the same kinds
	Wording     Verdict = "wording"   // errors with the same code and another text
	Differs     Verdict = "differs"   // something else
	Refused     Verdict = "refused"   // the fake says that it has no such thing
	Absent      Verdict = "absent"    // the server is older than the command: nothing to compare
)

// ladder orders the verdicts for the worst of several.
var ladder = []Verdict{Absent, Exact, Unordered, Approximate, Shape, Wording, Refused, Differs}

// Compare judges the reply of a fake to a step by that of a server. Where
// chance, the clock or an order Redis does not promise decide, the verdict is
// that of the weaker comparison even if the replies happen to be the same:
// a record must not change by luck.
func Compare(server, fake resp.Value, step Step) Verdict {
	same := string(server.Raw) == string(fake.Raw) && server.Str == fake.Str
	switch {
	case lacks(server):
		if same {
			return Exact
		}
		return Absent
	case step.Chance && kinds(server) == kinds(fake) && !server.IsError():
		return Shape
	case step.Clock && near(server, fake):
		return Approximate
	case unordered[step.Command()] && len(server.Elems) > 1 && canonical(server) == canonical(fake):
		return Unordered
	case same:
		return Exact
	case fake.IsError() && strings.Contains(fake.Str, "the fake has no "):
		return Refused
	case server.IsError() || fake.IsError():
		if server.IsError() && fake.IsError() && server.ErrorCode() == fake.ErrorCode() {
			return Wording
		}
		return Differs
	case canonical(server) == canonical(fake):
		return Unordered
	case near(server, fake):
		return Approximate
	default:
		return Differs
	}
}

// unordered are the commands whose replies have no promised order.
var unordered = map[string]bool{
	"SMEMBERS": true, "SUNION": true, "SINTER": true, "SDIFF": true, "SPOP": true, "KEYS": true, "SCAN": true, "SSCAN": true, "HSCAN": true,
	"PUBSUB CHANNELS": true, "ACL USERS": true, "COMMAND LIST": true, "CONFIG GET": true,
}

// lacks reports whether a server says that it does not know the request.
func lacks(v resp.Value) bool {
	text := strings.ToLower(v.Str)
	return v.IsError() && (strings.Contains(text, "unknown command") || strings.Contains(text, "unknown subcommand") ||
		strings.Contains(text, "unknown redis command called from script"))
}

// canonical is the text of a value with the elements of arrays sorted.
func canonical(v resp.Value) string {
	if len(v.Elems) == 0 {
		return string(byte(v.Kind)) + v.String()
	}
	parts := make([]string, 0, len(v.Elems))
	if v.Kind == resp.Map {
		for i := 0; i+1 < len(v.Elems); i += 2 {
			parts = append(parts, canonical(v.Elems[i])+"="+canonical(v.Elems[i+1]))
		}
	} else {
		for _, e := range v.Elems {
			parts = append(parts, canonical(e))
		}
	}
	slices.Sort(parts)
	return string(byte(v.Kind)) + "[" + strings.Join(parts, " ") + "]"
}

// near reports whether two values are the same but for numbers that lie
// within one percent of each other, or within 20.
func near(a, b resp.Value) bool {
	if a.Kind != b.Kind || a.Null != b.Null || len(a.Elems) != len(b.Elems) {
		return false
	}
	for i := range a.Elems {
		if !near(a.Elems[i], b.Elems[i]) {
			return false
		}
	}
	if a.Str == b.Str {
		return true
	}
	x, errX := strconv.ParseFloat(a.Str, 64)
	y, errY := strconv.ParseFloat(b.Str, 64)
	if errX != nil || errY != nil {
		return false
	}
	if a.Kind == resp.Int {
		return math.Abs(x-y) <= max(20, math.Abs(x)/100)
	}
	return math.Abs(x-y) <= math.Abs(x)/1e6
}

// kinds is the shape of a value: the kinds in it, and how many.
func kinds(v resp.Value) string {
	if v.Null {
		return "null"
	}
	var b strings.Builder
	b.WriteByte(byte(v.Kind))
	for _, e := range v.Elems {
		b.WriteString(kinds(e))
	}
	return b.String()
}
