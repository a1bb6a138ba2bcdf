package monitor

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/lazy"
)

// keyless are commands whose first argument is no key: it may be a password,
// or a script with data in it.
func keyless(command string) bool {
	switch strings.ToUpper(command) {
	case "AUTH", "HELLO", "ACL", "CONFIG", "EVAL", "EVAL_RO", "MIGRATE", "SENTINEL", "SCRIPT", "FUNCTION", "ECHO", "PING", "PUBLISH", "SPUBLISH":
		return true
	}
	return false
}

// longestKey is how many bytes of a key are shown.
const longestKey = 60

// shownCommand is a command for a reader: its name, its key and how much
// follows. Values stay where they are: they may be sessions, or passwords.
func shownCommand(args []string) string {
	if len(args) == 0 {
		return ""
	}
	words := []string{strings.ToUpper(printable(args[0]))}
	rest := args[1:]
	if len(rest) > 0 && !keyless(args[0]) {
		words, rest = append(words, printable(hideOpaque(rest[0]))), rest[1:]
	}
	switch len(rest) {
	case 0:
	case 1:
		words = append(words, "and 1 argument")
	default:
		words = append(words, fmt.Sprintf("and %d arguments", len(rest)))
	}
	return strings.Join(words, " ")
}

// opaque is a part of a key that looks drawn by chance, as that of a session,
// by which whoever has it is let in.
var opaque = lazy.Regexp(`[A-Za-z0-9]{20,}`)

func hideOpaque(key string) string {
	return opaque().ReplaceAllStringFunc(key, func(part string) string {
		if strings.ContainsAny(part, "0123456789") {
			return "***"
		}
		return part
	})
}

// printable shortens a text and quotes what is not for a screen.
func printable(text string) string {
	if quoted := strconv.Quote(text); quoted != `"`+text+`"` {
		text = strings.Trim(quoted, `"`)
	}
	if len(text) > longestKey {
		text = strings.ToValidUTF8(text[:longestKey], "") + "…"
	}
	return text
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}
