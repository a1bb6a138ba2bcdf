package redistest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/tap"
)

// maxWord is how much of an argument is shown.
const maxWord = 40

// words writes a command as one line: the name in upper case, arguments
// quoted where they must be, long ones shortened, passwords hidden.
func words(c *tap.Command) string {
	var b strings.Builder
	secret := secretFrom(c.Args)
	for i, arg := range c.Args {
		switch {
		case i == 0:
			arg = strings.ToUpper(word(arg))
		case secret > 0 && i >= secret:
			arg = "***"
		default:
			arg = word(arg)
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(arg)
	}
	if c.More > 0 {
		fmt.Fprintf(&b, " … %d more", c.More)
	}
	return b.String()
}

// secretFrom returns the index of the first argument that holds a password, 0 for none.
func secretFrom(args []string) int {
	switch {
	case called(args, "AUTH"):
		return 1
	case called(args, "HELLO") && len(args) > 2 && strings.EqualFold(args[2], "AUTH"):
		return 4
	case called(args, "ACL SETUSER"):
		return 3
	case called(args, "CONFIG SET"):
		for i, arg := range args {
			if a := strings.ToLower(arg); a == "requirepass" || a == "masterauth" || strings.HasSuffix(a, "-pass") {
				return i + 1
			}
		}
	}
	return 0
}

// word writes one argument so that spaces, quotes and bytes that are not
// printable can be told apart.
func word(arg string) string {
	cut := len(arg)
	if cut > maxWord {
		arg = arg[:maxWord]
	}
	if q := strconv.Quote(arg); q != `"`+arg+`"` || arg == "" || strings.Contains(arg, " ") {
		arg = q
	}
	if cut > maxWord {
		arg += fmt.Sprintf("…(%d)", cut)
	}
	return arg
}

// discreet returns what came back for c, less what an error tells of a
// password: Redis repeats the arguments of a command it does not know.
func discreet(c *tap.Command) tap.Reply {
	r := c.Reply
	if secretFrom(c.Args) > 0 {
		r.Text, _, _ = strings.Cut(r.Text, ", with args")
	}
	return r
}

// line writes a command and what came of it.
func line(c *tap.Command) string {
	text := words(c) + " -> " + outcome(discreet(c))
	if c.Fault != "" {
		text += " (" + c.Fault + ")"
	}
	return text
}

// outcome writes a reply in a few words that are the same for every engine.
func outcome(r tap.Reply) string {
	switch r.Type {
	case 0:
		return "no reply"
	case '-', '!':
		return "error " + r.Text
	case ':', '+', ',', '#', '(':
		return r.Text
	case '$', '=':
		if r.Len < 0 {
			return "nil"
		}
		return plural(r.Len, "byte")
	case '_':
		return "nil"
	case '%':
		return plural(r.Len, "pair")
	default:
		if r.Len < 0 {
			return "nil"
		}
		return plural(r.Len, "element")
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
