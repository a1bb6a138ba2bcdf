package cache

import "fmt"

// A call is what the options of one operation say.
type call struct {
	timeout Timeout
	version Version
	name    VersionName
	prefix  string
	scan    int
	flags   Flag
	given   uint8
}

const (
	givenVersion uint8 = 1 << iota
	givenName
	givenPrefix
)

// parse reads options. It looks at their types instead of calling them, so
// that they stay on the caller's stack.
func parse(opts []Option) call {
	var c call
	for _, o := range opts {
		switch o := o.(type) {
		case Timeout:
			c.timeout = o
		case Version:
			c.version = o
			c.given |= givenVersion
		case VersionName:
			c.name = o
			c.given |= givenName
		case Prefix:
			c.prefix = string(o)
			c.given |= givenPrefix
		case ScanCount:
			c.scan = int(o)
		case Flag:
			c.flags |= o
		}
	}
	return c
}

// has reports whether the flag is set.
func (c *call) has(f Flag) bool { return c.flags&f != 0 }

// condition refuses NX with XX.
func (c *call) condition() error {
	if c.has(NX) && c.has(XX) {
		return fmt.Errorf("%w: NX and XX exclude each other", ErrInvalidOption)
	}
	return nil
}

// scanCount is the hint for SCAN.
func (c *call) scanCount() int64 {
	if c.scan <= 0 {
		return 1000
	}
	return int64(c.scan)
}

// A keyer makes the stored keys of one alias.
type keyer struct {
	prefix  string
	version Version
	custom  KeyFunction
	reverse ReverseKeyFunction
	policy  KeyPolicy
	head    string // of the default layout and version
	names   *versionNames
}

func newKeyer(prefix string, version Version, custom KeyFunction, reverse ReverseKeyFunction, policy KeyPolicy) keyer {
	if version == 0 {
		version = 1
	}
	if reverse == nil && custom == nil {
		reverse = DefaultReverseKey
	}
	return keyer{prefix, version, custom, reverse, policy, DefaultKey("", prefix, version.text()), new(versionNames)}
}

// space is the prefix and version of a call.
func (k *keyer) space(c *call) (prefix, version string) {
	prefix = k.prefix
	if c.given&givenPrefix != 0 {
		prefix = c.prefix
	}
	switch {
	case c.given&givenName != 0:
		k.names.add(c.name)
		version = string(c.name)
	case c.given&givenVersion != 0:
		version = c.version.text()
	default:
		version = k.version.text()
	}
	return prefix, version
}

// append appends the stored form of key to dst, unchecked.
func (k *keyer) append(dst []byte, key string, c *call) []byte {
	switch {
	case k.custom != nil:
		prefix, version := k.space(c)
		return append(dst, k.custom(key, prefix, version)...)
	case c.given == 0:
		return append(append(dst, k.head...), key...)
	}
	prefix, version := k.space(c)
	return append(append(append(append(append(dst, prefix...), ':'), version...), ':'), key...)
}

// bytes is the stored form of key, in the space of buf if it fits.
func (k *keyer) bytes(buf []byte, key string, c *call) ([]byte, error) {
	b := k.append(buf, key, c)
	return b, k.policy.check(b)
}

// stored is bytes as a string.
func (k *keyer) stored(key string, c *call) (string, error) {
	if k.custom == nil && c.given == 0 {
		s := k.head + key
		return s, k.policy.checkText(s)
	}
	var buf [128]byte
	b, err := k.bytes(buf[:0], key, c)
	return string(b), err
}

// all is stored for every key, in one piece of memory.
func (k *keyer) all(keys []string, c *call) ([]string, error) {
	size := 0
	for _, key := range keys {
		size += len(key)
	}
	buf := make([]byte, 0, size+len(keys)*(len(k.head)+len(c.prefix)+len(c.name)+8))
	ends := make([]int, len(keys))
	for i, key := range keys {
		from := len(buf)
		buf = k.append(buf, key, c)
		if err := k.policy.check(buf[from:]); err != nil {
			return nil, fmt.Errorf("%s: %w", quote(key), err)
		}
		ends[i] = len(buf)
	}
	text, from := string(buf), 0
	out := make([]string, len(keys))
	for i, end := range ends {
		out[i] = text[from:end]
		from = end
	}
	return out, nil
}

// number is the version of a call as incr_version needs it.
func (k *keyer) number(c *call) (Version, error) {
	switch {
	case c.given&givenName != 0:
		return 0, fmt.Errorf("%w: version %q is no number, so it cannot be moved", ErrInvalidOption, string(c.name))
	case c.given&givenVersion != 0:
		return c.version, nil
	}
	return k.version, nil
}

// at is the call with another version.
func (c call) at(v Version) call {
	c.version = v
	c.given = c.given&^givenName | givenVersion
	return c
}

// pattern is the glob over stored keys for a glob over the caller's keys.
func (k *keyer) pattern(glob string, c *call) string {
	prefix, version := k.space(c)
	if k.custom != nil {
		return k.custom(glob, EscapePattern(prefix), EscapePattern(version))
	}
	return DefaultKey(glob, EscapePattern(prefix), EscapePattern(version))
}

// unstored is the caller's key of a stored one.
func (k *keyer) unstored(stored string, c *call) (string, bool, error) {
	if k.reverse == nil {
		return "", false, fmt.Errorf("%w: KeyFunction without ReverseKey: set ReverseKey of the alias", ErrInvalidOption)
	}
	prefix, version := k.space(c)
	key, ok := k.reverse(stored, prefix, version)
	return key, ok, nil
}
