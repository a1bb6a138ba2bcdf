package cache

import (
	"fmt"
	"math"
	"time"
)

// An Option changes one call: a [Timeout], a [Version], [VersionName], a
// [Prefix], a [Flag] or a [ScanCount]. An option that means nothing to an
// operation is ignored by it, except that NX and XX exclude each other.
type Option interface{ option() }

// A Timeout says how long an entry lives: the alias's default, forever, or a
// duration. The zero value is Default.
type Timeout int64

const (
	// Default is the timeout of the alias.
	Default Timeout = 0
	// Forever never expires (Django's timeout=None, Redis TTL -1).
	Forever Timeout = math.MaxInt64
	// Discard stores nothing and removes what is there (Django's timeout=0).
	Discard Timeout = -1
)

// For is a timeout of d. Redis keeps milliseconds: a fraction is cut off, but
// what is above zero lives at least one millisecond. Zero and negative
// durations are Discard, as in Django.
func For(d time.Duration) Timeout {
	switch {
	case d <= 0:
		return Discard
	case d == math.MaxInt64:
		return Forever - 1
	}
	return Timeout(d)
}

// Seconds is a timeout of s seconds as Python writes it. NaN, infinities and
// what exceeds time.Duration (292 years) are ErrInvalidTimeout.
func Seconds(s float64) (Timeout, error) {
	if math.IsNaN(s) || math.Abs(s) > math.MaxInt64/float64(time.Second) {
		return Default, fmt.Errorf("%w: %v seconds: want a number within ±%d, or cache.Forever",
			ErrInvalidTimeout, s, math.MaxInt64/int64(time.Second))
	}
	return For(time.Duration(s * float64(time.Second))), nil
}

// Duration is the duration of t; ok is false for Default and Forever.
func (t Timeout) Duration() (d time.Duration, ok bool) {
	switch {
	case t == Default, t == Forever:
		return 0, false
	case t < 0:
		return 0, true
	}
	return time.Duration(t), true
}

// String shows default, forever, discard or the duration.
func (t Timeout) String() string {
	switch {
	case t == Default:
		return "default"
	case t == Forever:
		return "forever"
	case t < 0:
		return "discard"
	}
	return time.Duration(t).String()
}

// millis is t in Redis milliseconds; t is neither Default nor Forever.
func (t Timeout) millis() int64 {
	if t <= 0 {
		return 0
	}
	return max(1, int64(t)/int64(time.Millisecond))
}

// or replaces Default by the alias's timeout.
func (t Timeout) or(d Timeout) Timeout {
	if t == Default {
		return d
	}
	return t
}

// A Version selects a generation of the key for one call instead of the
// alias's own. Zero and negative versions are as good as others.
type Version int64

// VersionName is a version that is a text, such as "beta".
type VersionName string

// Prefix replaces the alias's key prefix for one call.
type Prefix string

// ScanCount is how many keys a SCAN step looks at, a hint. Zero means 1000
// (django-redis: 10).
type ScanCount int

// A Flag switches something on for one call.
type Flag uint16

const (
	// NX makes Set and ZAdd write only what is absent.
	NX Flag = 1 << iota
	// XX makes Set and ZAdd write only what is present.
	XX
	// Create lets Incr and Decr start a missing key at the delta, without an
	// expiry (django-redis: ignore_key_check).
	Create
	// CH makes ZAdd count changed members too.
	CH
	// GT makes ZAdd raise scores only. Redis 6.2.
	GT
	// LT makes ZAdd lower scores only. Redis 6.2.
	LT
)

func (Timeout) option()     {}
func (Version) option()     {}
func (VersionName) option() {}
func (Prefix) option()      {}
func (ScanCount) option()   {}
func (Flag) option()        {}
