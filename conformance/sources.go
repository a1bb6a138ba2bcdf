package conformance

import (
	"cmp"
	"slices"
	"strings"
)

// A Source is a work that many rows of a suite rest on. Rows call it by a short
// Mark; SPEC.md and reports write its Name.
//
// A mark counts where it stands as a word: J in "J: one command", not in "JSON"
// or "J-1". One that ends in / or # stands before a word, as B/ in "B/test_keys".
// Where several fit, the longest does: "R J" wins over R.
type Source struct{ Mark, Name string }

// cite writes the names of the sources into what a row gives as its Why.
func (s Suite[P]) cite(why string) string {
	sources := slices.SortedFunc(slices.Values(s.Sources), func(a, b Source) int { return cmp.Compare(len(b.Mark), len(a.Mark)) })
	var b strings.Builder
	begins := true // a word begins here
	for why != "" {
		at := -1
		if begins {
			at = slices.IndexFunc(sources, func(s Source) bool { return s.marks(why) })
		}
		if at >= 0 {
			b.WriteString(sources[at].Name)
			why = why[len(sources[at].Mark):]
			begins = false
			continue
		}
		begins = strings.ContainsRune(" (", rune(why[0]))
		b.WriteByte(why[0])
		why = why[1:]
	}
	return b.String()
}

// marks reports whether text begins with the mark of s, as a word.
func (s Source) marks(text string) bool {
	rest, is := strings.CutPrefix(text, s.Mark)
	return is && (rest == "" || strings.HasSuffix(s.Mark, "/") || strings.HasSuffix(s.Mark, "#") || strings.ContainsRune(" :;,.')", rune(rest[0])))
}
