package differ

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/resp"
)

// The lengths of made-up cases.
const (
	requestsPerCase = 30
	shrinkRuns      = 150
)

// Case makes up a case: the same for the same seed. An even seed speaks
// RESP2, an odd one RESP3; see [Protocol].
func (g *Grammar) Case(seed uint64) Case {
	r := rand.New(rand.NewPCG(seed, 0))
	c := Case{Name: "seed/" + strconv.FormatUint(seed, 10)}
	for _, args := range g.fill {
		if r.IntN(10) < 7 {
			c.Steps = append(c.Steps, Step{Conn: 1, Args: args})
		}
	}
	for range requestsPerCase {
		c.Steps = append(c.Steps, g.steps(r)...)
	}
	return c
}

// Protocol is the version of RESP a seed speaks.
func Protocol(seed uint64) int { return 2 + int(seed%2) }

// echo is the script that runs the request in its arguments.
const echo = "return redis.call(unpack(ARGV))"

// steps makes up one request, with what has to stand around it.
func (g *Grammar) steps(r *rand.Rand) []Step {
	x := g.rules[r.IntN(len(g.rules))]
	args := x.request(r)
	for races(args) {
		args = x.request(r)
	}
	if r.IntN(4) == 0 {
		args[0] = strings.ToLower(args[0])
	}
	step := Step{Conn: 1, Args: args, Chance: x.mark == '?' || x.mark == '^', Clock: x.mark == '~'}
	plain := x.mark == 0 && !disordered(step.Command())
	one := func(args ...string) Step { return Step{Conn: 1, Args: args} }
	switch {
	case x.mark == '^' && len(args) > 1:
		return []Step{step, one("DEL", args[1])}
	case x.mark == '&' || plain && r.IntN(20) == 0:
		return []Step{one("MULTI"), step, one("EXEC")}
	case plain && r.IntN(20) == 0:
		step.Args = append([]string{"EVAL", echo, "0"}, args...)
	}
	return []Step{step}
}

// races reports whether a request sets an end so near that it may come on
// one server before the case is over, and not on the other.
func races(args []string) bool {
	name := strings.ToUpper(args[0])
	for i, a := range args[1:] {
		n, err := strconv.ParseInt(a, 10, 64)
		if err != nil || n <= 0 {
			continue
		}
		switch word := strings.ToUpper(args[i]); {
		case word == "EX" && n < 60, word == "PX" && n < 60_000,
			(strings.HasSuffix(name, "EXPIRE") || name == "SETEX") && n < 60,
			(strings.HasPrefix(name, "PEXPIRE") || name == "HPEXPIRE" || name == "PSETEX" || name == "RESTORE") && n < 60_000:
			return true
		}
	}
	return false
}

// A Finding is a difference that nobody knows of.
type Finding struct {
	Case         Case
	Step         int // the last; -1: the databases differ when the case is over
	Server, Fake string
}

// A Hunt compares a fake with a server on made-up cases.
type Hunt struct {
	Fake, Server Target
	Known        []Known
	Met          map[string]int // how often each known difference was met
}

// Run runs a case on both and returns the first difference that is not known,
// or nil.
func (h *Hunt) Run(ctx context.Context, c Case, protocol int) (*Finding, error) {
	mine, fakeState, err := h.Fake.look(ctx, c, protocol)
	if err != nil {
		return nil, err
	}
	theirs, serverState, err := h.Server.look(ctx, c, protocol)
	if err != nil {
		return nil, err
	}
	for i, step := range c.Steps {
		if alike(step, theirs[i], mine[i]) {
			continue
		}
		k := h.known(c.asked(i, theirs[i], mine[i]))
		if k == nil {
			return &Finding{Case{c.Name, c.Steps[:i+1]}, i, theirs[i].String(), mine[i].String()}, nil
		}
		if !theirs[i].IsError() || !mine[i].IsError() {
			return nil, nil // from here on the databases may differ
		}
	}
	for db := range looked {
		if !sameState(serverState[db], fakeState[db]) {
			return &Finding{c, -1, serverState[db].String(), fakeState[db].String()}, nil
		}
	}
	return nil, nil
}

// asked is a request of the case with its replies: for an EXEC that runs one
// request, that request and its reply.
func (c Case) asked(i int, server, fake resp.Value) (Step, resp.Value, resp.Value) {
	step := c.Steps[i].inner()
	if i > 0 && step.Command() == "EXEC" && len(server.Elems) == 1 && len(fake.Elems) == 1 {
		return c.Steps[i-1].inner(), server.Elems[0], fake.Elems[0]
	}
	return step, server, fake
}

// inner is the request a step runs, that of the script it may be.
func (s Step) inner() Step {
	if len(s.Args) > 3 && strings.EqualFold(s.Args[0], "eval") && s.Args[1] == echo {
		s.Args = s.Args[3:]
	}
	return s
}

// disordered reports whether the elements of a command's reply may come in any
// order.
func disordered(command string) bool {
	return unordered[command] || slices.Contains([]string{"HGETALL", "HKEYS", "HVALS", "ZSCAN"}, command)
}

// ofItsOwn reports whether each server has its own reply to a command: what it
// tells of itself, and a part of a scan.
func ofItsOwn(command string, server, fake resp.Value) bool {
	if strings.HasSuffix(command, "SCAN") && command != "SCAN" {
		part := func(v resp.Value) bool { return len(v.Elems) > 0 && v.Elems[0].Str != "0" }
		return part(server) || part(fake)
	}
	return slices.Contains([]string{"SCAN", "COMMAND", "CLIENT LIST", "CLIENT ID", "CLIENT INFO", "CONFIG GET"}, command)
}

// alike reports whether two replies are as alike as the request lets them be.
func alike(step Step, server, fake resp.Value) bool {
	step = step.inner()
	command := step.Command()
	switch Compare(server, fake, step) {
	case Exact, Shape:
		return true
	case Absent:
		return fake.IsError() && !strings.Contains(server.Str, "or wrong number of arguments")
	case Unordered:
		return disordered(command)
	case Approximate:
		return step.Clock
	default:
		return ofItsOwn(command, server, fake) && !server.IsError() && !fake.IsError()
	}
}

// Shrink leaves out what a case does not need to show a difference.
func (h *Hunt) Shrink(ctx context.Context, f *Finding, protocol int) *Finding {
	runs := 0
	try := func(c Case) bool {
		if runs++; runs > shrinkRuns || c.waits() {
			return false
		}
		less, err := h.Run(ctx, c, protocol)
		if err != nil || less == nil || (less.Step < 0) != (f.Step < 0) {
			return false
		}
		f = less
		return true
	}
	for n := len(f.Case.Steps) / 2; n > 0; n /= 2 {
		for i := len(f.Case.Steps) - n; i >= 0; i = min(i, len(f.Case.Steps)) - n {
			try(without(f.Case, i, i+n))
		}
	}
	for i := len(f.Case.Steps) - 1; i >= 0; i = min(i, len(f.Case.Steps)) - 1 {
		for j := len(f.Case.Steps[i].Args) - 1; j > 0 && i < len(f.Case.Steps); j-- {
			try(shorter(f.Case, i, j))
		}
	}
	return f
}

// waits reports whether a request of the case may wait, for want of the MULTI
// it was made up with.
func (c Case) waits() bool {
	for i, step := range c.Steps {
		name := step.Command()
		may := strings.HasPrefix(name, "BL") || strings.HasPrefix(name, "BR") || strings.HasPrefix(name, "BZ") || name == "WAIT" || strings.HasPrefix(name, "XREAD")
		if may && (i == 0 || c.Steps[i-1].Command() != "MULTI") {
			return true
		}
	}
	return false
}

// without is a case less some steps.
func without(c Case, i, j int) Case {
	c.Steps = slices.Delete(slices.Clone(c.Steps), i, j)
	return c
}

// shorter is a case less an argument of a step.
func shorter(c Case, i, j int) Case {
	c.Steps = slices.Clone(c.Steps)
	if args := c.Steps[i].Args; j < len(args) {
		c.Steps[i].Args = slices.Delete(slices.Clone(args), j, j+1)
	}
	return c
}

// String shows the case as the corpus would have it, and the two replies.
func (f *Finding) String() string {
	var b strings.Builder
	for _, s := range f.Case.Steps {
		b.WriteString("\t" + s.String() + "\n")
	}
	what := "reply"
	if f.Step < 0 {
		what = "state"
	}
	fmt.Fprintf(&b, "%s of the server: %.1000s\n%s of the fake:   %.1000s", what, f.Server, what, f.Fake)
	return b.String()
}

// String is the step as a line of the corpus.
func (s Step) String() string {
	words := make([]string, len(s.Args))
	for i, a := range s.Args {
		if words[i] = a; a == "" || strings.ContainsFunc(a, func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\'' || c == '\\' }) {
			words[i] = quote(a)
		}
	}
	return strings.Join(words, " ")
}

// quote writes an argument in double quotes, as an inline command has it.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(c))
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
