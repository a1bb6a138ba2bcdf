package cache

import (
	"strings"
	"sync"
)

// versionNames are the versions that are texts and that a cache was given: by
// them it knows its own entries from those of a prefix that goes on after a
// colon.
type versionNames struct{ seen sync.Map }

func (n *versionNames) add(name VersionName) {
	if _, known := n.seen.Load(name); !known {
		n.seen.Store(name, true)
	}
}

// owned reports whether a stored key of the default layout has the prefix of
// the alias and then a version: app:1:a is owned by app, app:prod:1:a by
// app:prod only.
func (k *keyer) owned(stored string) bool {
	rest, ok := strings.CutPrefix(stored, k.prefix+":")
	if !ok {
		return false
	}
	version, _, ok := strings.Cut(rest, ":")
	if !ok {
		return false
	}
	_, named := k.names.seen.Load(VersionName(version))
	return named || isNumber(version)
}

// isNumber reports whether text is an integer as Python prints one, of any size.
func isNumber(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}
