package resp

import (
	"strconv"
	"strings"
)

// SplitInline splits an inline command into its arguments by Redis' rules:
// blanks separate, "double quotes" know \n \r \t \b \a \xHH and \", 'single
// quotes' know \' alone, and a closing quote ends its argument. Unbalanced
// quotes are a ProtocolError.
func SplitInline(line string) ([]string, error) {
	var args []string
	for {
		line = strings.TrimLeft(line, " \t\n\v\f\r")
		if line == "" {
			return args, nil
		}
		arg, rest, ok := inlineArg(line)
		if !ok {
			return nil, protocolErrorf("unbalanced quotes in request")
		}
		args, line = append(args, arg), rest
	}
}

// inlineArg takes the first argument off a line that does not start blank.
func inlineArg(line string) (arg, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case ' ', '\t', '\n', '\r', 0:
			return b.String(), line[i+1:], true
		case '"', '\'':
			n, ok := quoted(&b, line[i:])
			if !ok {
				return "", "", false
			}
			return b.String(), line[i+n:], true
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", true
}

// quoted unescapes the quoted string at the start of s into b and returns
// its length with both quotes. A blank or the end must follow it.
func quoted(b *strings.Builder, s string) (int, bool) {
	quote := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == quote:
			i++
			return i, i == len(s) || strings.IndexByte(" \t\n\v\f\r", s[i]) >= 0
		case s[i] == '\\' && i+1 < len(s) && (quote == '"' || s[i+1] == '\''):
			i += unescape(b, s[i+1:])
		default:
			b.WriteByte(s[i])
		}
	}
	return 0, false
}

// unescape writes what the characters after a backslash stand for and
// returns how many it took.
func unescape(b *strings.Builder, s string) int {
	if s[0] == 'x' && len(s) >= 3 {
		if v, err := strconv.ParseUint(s[1:3], 16, 8); err == nil {
			b.WriteByte(byte(v))
			return 3
		}
	}
	if i := strings.IndexByte("nrtba", s[0]); i >= 0 {
		b.WriteByte("\n\r\t\b\a"[i])
	} else {
		b.WriteByte(s[0])
	}
	return 1
}
