package cachetest

import "time"

// A Timeout says how long an entry lives. The zero value is the default of
// the alias.
type Timeout struct {
	Kind TimeoutKind
	D    time.Duration // of Lasting; zero and less remove the entry
}

// A TimeoutKind is one of three ways to give a timeout.
type TimeoutKind uint8

// The kinds.
const (
	Standard TimeoutKind = iota // the timeout of the alias
	Endless                     // no expiry
	Lasting                     // Timeout.D
)

// Default is the timeout of the alias.
func Default() Timeout { return Timeout{} }

// Forever never expires.
func Forever() Timeout { return Timeout{Kind: Endless} }

// For is a timeout of d.
func For(d time.Duration) Timeout { return Timeout{Kind: Lasting, D: d} }

// String is "default", "forever" or the duration.
func (t Timeout) String() string {
	switch t.Kind {
	case Standard:
		return "default"
	case Endless:
		return "forever"
	default:
		return t.D.String()
	}
}
