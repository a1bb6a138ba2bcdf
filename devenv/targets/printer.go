package targets

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/redkit-dev/redkit/devenv"
)

// A printer writes notices, one a line.
type printer struct {
	w             io.Writer
	color, symbol bool
}

func newPrinter(w io.Writer, color string) printer {
	return printer{w: w, color: colored(w, color, os.Getenv), symbol: utf8Locale(os.Getenv)}
}

func (p printer) notice(n devenv.Notice) {
	sign := map[string]string{"ok": "✓", "warn": "!", "fail": "✗"}[n.Level]
	if !p.symbol {
		sign = n.Level
	}
	if n.Level == "note" {
		fmt.Fprintf(p.w, "%s\n", n.Text)
		return
	}
	fmt.Fprintf(p.w, "  %s %s\n", p.paint(n.Level, sign), n.Text)
}

// paint gives a text the colour of a level, where colours are wanted.
func (p printer) paint(level, text string) string {
	color, known := map[string]string{"ok": "32", "warn": "33", "fail": "31"}[level]
	if !p.color || !known {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// colored decides by REDKIT_COLOR, then by the conventions NO_COLOR,
// CLICOLOR_FORCE and TERM, then by whether w is a terminal.
func colored(w io.Writer, setting string, getenv func(string) string) bool {
	switch {
	case setting == "always":
		return true
	case setting == "never", getenv("NO_COLOR") != "":
		return false
	case getenv("CLICOLOR_FORCE") == "1":
		return true
	case getenv("TERM") == "dumb":
		return false
	}
	return terminal(w)
}

func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// utf8Locale reports whether the locale can show ✓. No locale at all counts
// as yes: most CI logs are UTF-8 and set none.
func utf8Locale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := getenv(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}
