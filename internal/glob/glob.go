// Package glob matches the patterns of Redis, those of KEYS, SCAN, PSUBSCRIBE
// and ACL rules: * ? [abc] [^a] [a-z], and a backslash before a byte that
// stands for itself. They are read byte by byte, as the server's
// stringmatchlen does.
package glob

import "strings"

// Match reports whether text matches pattern. A class without an end reads on
// to the end of the pattern. It takes no more than len(pattern) * len(text)
// steps: runs of stars are one star, and a failed tail is not tried again.
func Match(pattern, text string) bool {
	star, resume := -1, 0 // the last star, and where its tail was tried
	p, t := 0, 0
	for t < len(text) {
		if p < len(pattern) && pattern[p] == '*' {
			star, resume = p, t
			p++
			continue
		}
		if p < len(pattern) {
			if next, ok := one(pattern, p, text[t]); ok {
				p = next
				t++
				continue
			}
		}
		if star < 0 {
			return false
		}
		resume++
		p, t = star+1, resume
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// one matches a byte against the element at p and returns what follows.
func one(pattern string, p int, c byte) (next int, ok bool) {
	switch pattern[p] {
	case '?':
		return p + 1, true
	case '[':
		return class(pattern, p+1, c)
	case '\\':
		if p+1 < len(pattern) {
			p++
		}
	}
	return p + 1, pattern[p] == c
}

// class matches a byte against the class whose content starts at p.
func class(pattern string, p int, c byte) (next int, ok bool) {
	negated := p < len(pattern) && pattern[p] == '^'
	if negated {
		p++
	}
	for ; p < len(pattern) && pattern[p] != ']'; p++ {
		switch {
		case pattern[p] == '\\' && p+1 < len(pattern):
			p++
			ok = ok || pattern[p] == c
		case p+2 < len(pattern) && pattern[p+1] == '-':
			low, high := min(pattern[p], pattern[p+2]), max(pattern[p], pattern[p+2])
			ok = ok || low <= c && c <= high
			p += 2
		default:
			ok = ok || pattern[p] == c
		}
	}
	if p < len(pattern) {
		p++ // the closing bracket
	}
	return p, ok != negated
}

var literal = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`)

// Escape returns a pattern that text alone matches.
func Escape(text string) string { return literal.Replace(text) }
