package channels

import (
	"errors"
	"fmt"
	"log/slog"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/clock"
)

// Options are those of channels_redis' core layer, and a few of our own. The
// zero value is channels_redis' default throughout. All processes that share
// channels must agree on Prefix, Keys, Serializer and RandomPrefix.
type Options struct {
	Prefix       string        // put before every key as it stands; default "asgi"
	Expiry       time.Duration // how long a message lives, in whole seconds; default 1 min
	GroupExpiry  time.Duration // how long a membership lives without GroupAdd, in whole seconds; default 24 h
	Capacity     int           // most messages of a channel; default 100
	Capacities   []Capacity    // other capacities by channel name: the first that matches holds
	Keys         []string      // symmetric_encryption_keys: the first encrypts, all decrypt; none: no encryption
	Serializer   Serializer    // MessagePack or JSON; default MessagePack
	RandomPrefix int           // random bytes before each message of Redis; default 12, negative: none

	// DeliverStale delivers messages older than Expiry that are still there,
	// as channels_redis does. They are dropped otherwise.
	DeliverStale bool
	// Lease is how long a message may be in the hands of a process that does
	// not confirm it before another one gets it; default 5 s, negative: not at
	// all, as with channels_redis, which doubles messages that are in hand.
	Lease time.Duration
	// Poll asks for messages at this interval instead of waiting for them with
	// BZPOPMIN, by which a message is lost if the connection breaks while it
	// is handed out. Zero means to wait.
	Poll time.Duration

	Clock  clock.Clock  // scores, ages and intervals; nil is the clock of the machine
	Logger *slog.Logger // nil is slog.Default()
}

// A Capacity is a limit for the channels whose full name matches.
type Capacity struct {
	// Pattern is a glob of the whole name, as in "http.response!*".
	Pattern string
	// Regexp, if Pattern is empty, matches at the beginning of the name.
	Regexp *regexp.Regexp
	// Limit is the most messages such a channel holds.
	Limit int
}

func (c Capacity) matches(channel string) bool {
	if c.Pattern == "" {
		at := c.Regexp.FindStringIndex(channel)
		return at != nil && at[0] == 0
	}
	ok, _ := path.Match(strings.ReplaceAll(c.Pattern, "[!", "[^"), channel) // the pattern was checked; names hold no slash
	return ok
}

func (o Options) capacity(channel string) int {
	for _, c := range o.Capacities {
		if c.matches(channel) {
			return c.Limit
		}
	}
	return o.Capacity
}

func (o Options) withDefaults() (Options, error) {
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if o.Prefix == "" {
		o.Prefix = "asgi"
	}
	for name, d := range map[string]*time.Duration{"Expiry": &o.Expiry, "GroupExpiry": &o.GroupExpiry} {
		if *d == 0 {
			*d = map[string]time.Duration{"Expiry": time.Minute, "GroupExpiry": 24 * time.Hour}[name]
		}
		if *d < time.Second || *d%time.Second != 0 {
			problem("%s is %v: want whole seconds, as 60s", name, *d)
		}
	}
	if o.Capacity == 0 {
		o.Capacity = 100
	}
	if o.Capacity < 0 {
		problem("Capacity is %d: want 1 or more", o.Capacity)
	}
	for i, c := range o.Capacities {
		if _, err := path.Match(c.Pattern, ""); err != nil || c.Pattern == "" && c.Regexp == nil || c.Limit < 1 {
			problem("Capacities[%d] is pattern %q, limit %d: want a glob or a Regexp, and a limit of 1 or more", i, c.Pattern, c.Limit)
		}
	}
	if err := checkKeys(o.Keys); err != nil {
		problems = append(problems, err)
	}
	switch o.Serializer {
	case "":
		o.Serializer = MessagePack
	case MessagePack, JSON:
	default:
		problem("Serializer is %q: want %q or %q", o.Serializer, MessagePack, JSON)
	}
	if o.RandomPrefix == 0 {
		o.RandomPrefix = 12
	}
	o.RandomPrefix = max(o.RandomPrefix, 0)
	if o.Lease == 0 {
		o.Lease = 5 * time.Second
	}
	o.Lease = max(o.Lease, 0)
	if o.Poll < 0 {
		problem("Poll is %v: want no negative time", o.Poll)
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o, errors.Join(problems...)
}

func checkKeys(keys []string) error {
	for i, k := range keys {
		if k == "" {
			return fmt.Errorf("symmetric encryption key %d is empty: want any text", i)
		}
	}
	return nil
}

// bound is the score, in whole seconds, up to which what was written d ago or
// longer lies.
func (o Options) bound(d time.Duration) int64 {
	return o.Clock.Now().Unix() - int64(d/time.Second)
}
