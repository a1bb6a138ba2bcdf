package glob_test

import (
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/glob"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"a*c", "abbc", true},
		{"a*c", "abbd", false},
		{"**a", "bba", true},
		{"h?llo", "hello", true},
		{"h?llo", "hllo", false},
		{"h[ae]llo", "hallo", true},
		{"h[ae]llo", "hillo", false},
		{"h[^e]llo", "hello", false},
		{"h[^e]llo", "hallo", true},
		{"[a-c]", "b", true},
		{"[c-a]", "b", true}, // the server turns a range round
		{"[a-c]", "d", false},
		{`[\]]`, "]", true},
		{"[]", "]", false}, // an empty class
		{"[ab", "b", true}, // a class without an end
		{"[^", "a", true},
		{`\*`, "*", true},
		{`\*`, "a", false},
		{`a\`, `a\`, true}, // nothing follows: a backslash
		{"é?", "é\xff", true},
		{"?", "é", false}, // two bytes
	} {
		if got := glob.Match(c.pattern, c.text); got != c.want {
			t.Errorf("Match(%q, %q) = %t, want %t", c.pattern, c.text, got, c.want)
		}
	}
}

func TestMatchTakesNoExponentialTime(t *testing.T) {
	t.Parallel()
	pattern, text := strings.Repeat("*a", 100)+"b", strings.Repeat("a", 10_000)
	if glob.Match(pattern, text) {
		t.Error("Match of a text without the last byte = true, want false")
	}
}

func FuzzEscape(f *testing.F) {
	f.Add(`a*b?[c]\d-^`, "a")
	f.Fuzz(func(t *testing.T, text, other string) {
		pattern := glob.Escape(text)
		if !glob.Match(pattern, text) {
			t.Errorf("Match(%q, %q) = false, want true", pattern, text)
		}
		if got := glob.Match(pattern, other); got != (text == other) {
			t.Errorf("Match(%q, %q) = %t, want %t", pattern, other, got, text == other)
		}
	})
}
