package redistest

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// An Option changes what Start gives. Of options that contradict each other
// the last one holds, so that a helper can offer defaults.
type Option func(*settings)

// settings is what the options of one Start add up to.
type settings struct {
	engine   Engine
	test     string // the name of the test
	conf     Config
	atLeast  string
	fence    bool
	seeds    []Data
	guards   []func(context.Context, *ward) error // after the seeds
	users    map[string]string                    // passwords of the ACL users of the test
	protocol int                                  // of its clients; 0 means what go-redis speaks
	hold     time.Duration                        // how long the servers of a failed test stay
	problems []error                              // options that make no sense
}

func newSettings(opts []Option) *settings {
	set := &settings{}
	var err error
	if set.hold, err = readHold(); err != nil {
		set.problems = append(set.problems, err)
	}
	for _, opt := range opts {
		opt(set)
	}
	return set
}

// With makes Start use e, such as container.Redis("redis:8").
func With(e Engine) Option {
	return func(set *settings) { set.engine = e }
}

// Exclusive gives the test a server of its own, for what a logical database
// does not isolate: pub/sub channels, scripts, CONFIG, CLIENT, INFO, and for
// tests that kill the server. It costs a boot, about 15 ms on native.
func Exclusive() Option {
	return func(set *settings) { set.conf.Exclusive = true }
}

// Conf gives the test a server of its own with these lines of redis.conf,
// such as "maxmemory 10mb". The fake refuses lines it cannot honour.
func Conf(lines ...string) Option {
	return func(set *settings) { set.conf.Conf = append(slices.Clip(set.conf.Conf), lines...) }
}

// Auth gives the test a server of its own that asks for this user and
// password; an empty user is the default one. Options, URL and Client carry
// them.
func Auth(username, password string) Option {
	return func(set *settings) { set.conf.Username, set.conf.Password = username, password }
}

// AtLeast skips the test, or fails it under REDISTEST_REQUIRE=1, when the
// server is older than version ("7.4"). A Valkey counts as the Redis version
// it says it is compatible with. The fake claims no version and is skipped.
func AtLeast(version string) Option {
	return func(set *settings) {
		set.atLeast = version
		if _, err := parseVersion(version); err != nil {
			set.problems = append(set.problems, fmt.Errorf("AtLeast(%q): %w", version, err))
		}
	}
}
