package fake

import (
	"errors"
	"time"
)

// Config describes a Server. The zero value is a server with 16 databases,
// no password and a clock that only Advance moves.
type Config struct {
	Databases int              // number of databases; 0 means 16
	Username  string           // of the one user who may log in; "" means default
	Password  string           // of that user; "" means none is asked for
	Now       func() time.Time // the clock, as time.Now in a bubble; nil means a clock that stands still
	Hint      string           // ends the error about a command the fake lacks; "" means "use redistest.Real()"
}

// Version is the release of Redis whose commands and replies the fake
// follows, and which it reports in INFO and HELLO.
const Version = "8.0.0"

// ErrClosed is returned by a Server after Close.
var ErrClosed = errors.New("fake: server closed")

func (c Config) withDefaults() Config {
	if c.Databases == 0 {
		c.Databases = 16
	}
	if c.Hint == "" {
		c.Hint = "use redistest.Real()"
	}
	return c
}
