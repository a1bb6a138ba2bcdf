// Package twist words bugs that a mutant has below its methods: changes of the
// Lua scripts and commands that it sends.
package twist

import "strings"

// A Twist changes what a client sends. The zero value changes nothing.
type Twist struct {
	Script  func(string) string     // the text of each Lua script
	Command func([]string) []string // the words of each command
}

// Script replaces a text in all scripts.
func Script(old, new string) Twist {
	return Twist{Script: func(text string) string { return strings.ReplaceAll(text, old, new) }}
}

// Word changes the words of all commands, their names aside.
func Word(change func(string) string) Twist {
	return Twist{Command: func(words []string) []string {
		for i, w := range words {
			if i > 0 && len(w) < 10_000 {
				words[i] = change(w)
			}
		}
		return words
	}}
}

// Swap replaces a text in all words.
func Swap(old, new string) Twist {
	return Word(func(w string) string { return strings.ReplaceAll(w, old, new) })
}

// Command changes the commands of one name.
func Command(name string, change func(words []string)) Twist {
	return Twist{Command: func(words []string) []string {
		if strings.EqualFold(words[0], name) {
			change(words)
		}
		return words
	}}
}
