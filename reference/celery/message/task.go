package message

import (
	"math"
	"time"
)

// A Task is a task message. The zero value of every field but ID and Name
// means that the message does not carry it.
type Task struct {
	ID, Name     string
	Args         []any
	Kwargs       map[string]any
	Lang         string // "go" when sent from here, "py" from Celery
	Shadow       string // the name to show instead of Name
	ETA, Expires time.Time
	Group        string
	GroupIndex   any // int64, or nil
	Retries      int
	Soft, Hard   time.Duration // time limits
	Root, Parent string
	ArgsRepr     string // set by Decode; Encode computes it
	KwargsRepr   string
	Origin       string
	ReplyTo      string
	IgnoreResult bool

	Callbacks, Errbacks []any // signatures
	Chain               []any // signatures of the rest of a chain, the last task first
	Chord               any   // signature of the body, or nil
	Stamps              map[string]any
	Headers             map[string]any // headers beyond those of the protocol

	Priority    any           // as the caller gave it; nil is 0
	Expiration  time.Duration // the property "expiration", which Redis transports carry but do not enforce
	Compression string        // "" or a name that Compression understands
	Typed       Typed
}

// duration reads a time limit in seconds.
func duration(v any) time.Duration {
	switch v := v.(type) {
	case int64:
		return bounded(float64(v))
	case float64:
		return bounded(v)
	}
	return 0
}

func bounded(s float64) time.Duration {
	if !(s > 0) || s > math.MaxInt64/float64(time.Second) {
		return 0
	}
	return time.Duration(s * float64(time.Second))
}
