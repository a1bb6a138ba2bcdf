package devenv

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/internal/lazy"
)

// A DotEnvEntry is one assignment of a .env file.
type DotEnvEntry struct {
	Name, Value string
	Line        int // from 1
}

// secret reports whether the value is not for everybody: that of a variable
// which is never shown, or a URL with a password.
func (e DotEnvEntry) secret() bool {
	if e.Value == "" {
		return false
	}
	if slices.ContainsFunc(Variables(), func(v Variable) bool { return v.Secret && v.Name == e.Name }) {
		return true
	}
	if u, err := ParseURL(e.Value); err == nil {
		return !u.Password().IsZero()
	}
	u, err := url.Parse(e.Value)
	if err != nil || u.User == nil {
		return false
	}
	_, has := u.User.Password()
	return has
}

var dotEnvName = lazy.Regexp(`^[A-Za-z_][A-Za-z0-9_]*$`)

// ParseDotEnv reads the lines of a .env file, as docker compose and
// django-environ do, without expanding '$':
//
//	NAME=value            # a comment needs a space before it
//	export NAME='as it is'
//	NAME="with \n \t \" \\ \$ escapes"
//
// Problems name the line and never its value. file is their name for the file.
func ParseDotEnv(file, content string) ([]DotEnvEntry, Problems) {
	var entries []DotEnvEntry
	var problems Problems
	content = strings.TrimPrefix(content, "\ufeff")
	for i, line := range strings.Split(content, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		where := fmt.Sprintf("%s:%d", file, i+1)
		name, rest, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		name = strings.TrimSpace(name)
		if !ok || !dotEnvName().MatchString(name) {
			problems = append(problems, Problem{Variable: where, Want: "no assignment: want NAME=value", Fix: "begin the line with '#' if it is a comment"})
			continue
		}
		value, err := dotEnvValue(strings.TrimLeft(rest, " \t"))
		if err != nil {
			problems = append(problems, Problem{Variable: name, Origin: where, Want: err.Error(), Fix: "write " + name + "='…' on one line"})
			continue
		}
		entries = append(entries, DotEnvEntry{name, value, i + 1})
	}
	return entries, problems
}

func dotEnvValue(text string) (string, error) {
	if text == "" || (text[0] != '\'' && text[0] != '"') {
		if strings.HasPrefix(text, "#") {
			return "", nil
		}
		if i := commentStart(text); i >= 0 {
			text = text[:i]
		}
		return strings.TrimSpace(text), nil
	}
	quote := text[0]
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			if rest := strings.TrimSpace(text[i+1:]); rest != "" && !strings.HasPrefix(rest, "#") {
				return "", fmt.Errorf("text follows the closing quote")
			}
			return b.String(), nil
		case c == '\\' && quote == '"' && i+1 < len(text):
			i++
			b.WriteString(unescape(text[i]))
		default:
			b.WriteByte(c)
		}
	}
	return "", fmt.Errorf("the closing %c is missing", quote)
}

func commentStart(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i] == '#' && (text[i-1] == ' ' || text[i-1] == '\t') {
			return i - 1
		}
	}
	return -1
}

func unescape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case 'r':
		return "\r"
	case '"', '\\', '$', '`':
		return string(c)
	}
	return "\\" + string(c)
}

const plainCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:@%+,="

// quote writes a value so that sh and dotenv readers agree on it.
func quote(value string) string {
	plain := func(r rune) bool { return strings.ContainsRune(plainCharacters, r) }
	switch {
	case strings.IndexFunc(value, func(r rune) bool { return !plain(r) }) < 0:
		return value
	case !strings.ContainsAny(value, "'\n\r"):
		return "'" + value + "'"
	}
	// Inside double quotes a backslash before these means the character itself.
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`").Replace(value) + `"`
}
