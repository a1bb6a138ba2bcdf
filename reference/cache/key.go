package cache

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// A KeyFunction makes the stored key from the caller's key, the prefix and the
// version (Django's KEY_FUNCTION).
type KeyFunction func(key, prefix, version string) string

// A ReverseKeyFunction finds the caller's key in a stored one; ok is false for
// a key that is not of this prefix and version.
type ReverseKeyFunction func(stored, prefix, version string) (key string, ok bool)

// DefaultKey is Django's layout prefix:version:key; both colons are always
// there.
func DefaultKey(key, prefix, version string) string {
	return prefix + ":" + version + ":" + key
}

// DefaultReverseKey strips exactly what DefaultKey put before the key, so that
// prefixes with colons are safe. (django-redis splits at the second colon.)
func DefaultReverseKey(stored, prefix, version string) (string, bool) {
	rest, ok := strings.CutPrefix(stored, prefix)
	if !ok {
		return "", false
	}
	rest, ok = strings.CutPrefix(rest, ":"+version+":")
	return rest, ok
}

// A KeyPolicy decides about stored keys that memcached would refuse: above 250
// characters, prefix and version included, or with a space, a control
// character or DEL in them.
type KeyPolicy uint8

const (
	// KeysStrict refuses them with ErrInvalidKey. The default.
	KeysStrict KeyPolicy = iota
	// KeysAny takes them, as django-redis does: Redis has no such limits.
	KeysAny
)

// maxKey is memcached's limit, which Django warns about.
const maxKey = 250

// check returns ErrInvalidKey with the reason, or nil.
func (p KeyPolicy) check(stored []byte) error {
	return p.checkText(unsafe.String(unsafe.SliceData(stored), len(stored))) // only read, never kept
}

func (p KeyPolicy) checkText(stored string) error {
	if p == KeysAny {
		return nil
	}
	if len(stored) > maxKey {
		if n := utf8.RuneCountInString(stored); n > maxKey {
			return fmt.Errorf("%w: %d characters with prefix and version, want at most %d: hash the key, or set KeyPolicy to KeysAny",
				ErrInvalidKey, n, maxKey)
		}
	}
	if ordinary(stored) {
		return nil
	}
	for i := range len(stored) {
		if c := stored[i]; c <= ' ' || c == 0x7f {
			return fmt.Errorf("%w: byte %q at %d: want no spaces or control characters, or set KeyPolicy to KeysAny",
				ErrInvalidKey, c, i)
		}
	}
	return nil
}

// ordinary tells of most keys that they have nothing to refuse. It looks at a
// word at a time, the last one over the end of the one before it.
func ordinary(key string) bool {
	if len(key) < 8 {
		return false
	}
	for i := 0; i < len(key); i += 8 {
		part := key[min(i, len(key)-8):]
		w := uint64(part[0]) | uint64(part[1])<<8 | uint64(part[2])<<16 | uint64(part[3])<<24 |
			uint64(part[4])<<32 | uint64(part[5])<<40 | uint64(part[6])<<48 | uint64(part[7])<<56
		const ones, tops = 0x0101010101010101, 0x8080808080808080
		low := (w - 0x21*ones) & ^w & tops // a byte below 0x21, perhaps
		del := w ^ 0x7f*ones
		if low|(del-ones)&^del&tops != 0 {
			return false
		}
	}
	return true
}

// EscapePattern makes text match only itself in Keys, IterKeys and
// DeletePattern.
func EscapePattern(text string) string {
	if !strings.ContainsAny(text, `*?[]\^-`) {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(`*?[]\^-`, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// text is the version as it stands in a key.
func (v Version) text() string { return strconv.FormatInt(int64(v), 10) }
