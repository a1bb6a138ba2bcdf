package differ

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/redkit-dev/redkit/internal/resp"
)

// Known is a difference that is known and left: FIDELITY.md lists it, and a
// hunt passes it over. Its text is a block of lines:
//
//	== a name for it
//	servers Redis 7.0
//	request ^PFADD
//	server ^1$
//	fake ^0$
//	why it is so
//	> SET p x
//	> PFADD p a
//
// The patterns, each of which may be missing, are matched with the request
// and the replies as [Step.String] and [resp.Value.String] show them. Lines
// with > are steps that show it, the last with such replies.
type Known struct {
	Name, Why             string
	Servers               []string
	Request, Server, Fake *regexp.Regexp // nil: any
	Example               Case
}

// ReadKnown reads the text of known differences.
func ReadKnown(text string) ([]Known, error) {
	var all []Known
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "== "); ok {
			all = append(all, Known{Name: name, Example: Case{Name: "known/" + name}})
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		if len(all) == 0 {
			return nil, fmt.Errorf("line %d: %q before the first == line", i+1, line)
		}
		if err := all[len(all)-1].add(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return all, nil
}

func (k *Known) add(line string) (err error) {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "servers":
		k.Servers = strings.Split(rest, ", ")
	case "request":
		k.Request, err = regexp.Compile("(?is)" + rest)
	case "server":
		k.Server, err = regexp.Compile("(?s)" + rest)
	case "fake":
		k.Fake, err = regexp.Compile("(?s)" + rest)
	case "why":
		k.Why = rest
	case ">":
		var s Step
		s, err = readStep(rest)
		k.Example.Steps = append(k.Example.Steps, s)
	default:
		err = fmt.Errorf("%q begins with none of servers, request, server, fake, why and >", line)
	}
	return err
}

// Is reports whether two replies of a server and the fake differ in the known
// way.
func (k Known) Is(name string, step Step, server, fake resp.Value) bool {
	at := false
	for _, s := range k.Servers {
		at = at || s == name
	}
	return at && matches(k.Request, step.inner().String()) && matches(k.Server, server.String()) && matches(k.Fake, fake.String())
}

func matches(p *regexp.Regexp, s string) bool { return p == nil || p.MatchString(s) }

// known finds the known difference two replies are, and counts it.
func (h *Hunt) known(step Step, server, fake resp.Value) *Known {
	for i, k := range h.Known {
		if k.Is(h.Server.Name, step, server, fake) {
			if h.Met != nil {
				h.Met[k.Name]++
			}
			return &h.Known[i]
		}
	}
	return nil
}
