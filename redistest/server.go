package redistest

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// A Server is a clean Redis of a test's own: a whole server, or one leased
// database of a server that tests share. It is made by Start and safe for
// concurrent use; it ends with its test.
type Server struct {
	tb     TB
	engine Engine
	set    *settings
	held   *holding
	end    Endpoint

	client func() *redis.Client // made at the first call
	watch  watch

	mu       sync.Mutex
	made     *redis.Client
	checks   []func(context.Context)
	sections []func(context.Context) string
	closers  []func()
}

// Engine names the engine that serves the test: "fake", "native", "redis:8".
func (s *Server) Engine() string { return s.engine.Name() }

// Addr is where the server listens: host:port, or the path of a unix socket.
// A client that dials Addr itself sees neither faults nor traces, and has to
// select the database of URL.
func (s *Server) Addr() string { return s.end.Addr }

// DB is the logical database that belongs to the test.
func (s *Server) DB() int { return s.held.db }

// Prefix is what every key and channel of the test must begin with on a
// server that has only one database (a cluster, most managed servers); the
// test's user is refused all others. Elsewhere it is empty.
func (s *Server) Prefix() string { return s.held.prefix }

// URL is the address, credentials and database in one, as redis.ParseURL
// reads it: redis://, rediss:// or unix://. It holds the password.
func (s *Server) URL() string {
	u := &url.URL{Scheme: "redis", Host: s.end.Addr}
	if s.end.TLS != nil {
		u.Scheme = "rediss"
	}
	if s.end.Password != "" {
		u.User = url.UserPassword(s.end.Username, s.end.Password)
	}
	db := strconv.Itoa(s.held.db)
	if s.end.Network == "unix" {
		u.Scheme, u.Host, u.Path = "unix", "", s.end.Addr
		u.RawQuery = url.Values{"db": {db}}.Encode()
		return u.String()
	}
	u.Path = "/" + db
	return u.String()
}

// Options returns new options for a go-redis client, free to be changed: they
// hold address, database and credentials, and a Dialer through which Faults
// and Trace work. They ask for RESP3 as go-redis does, but for no
// maintenance notifications, client name or second pool for pipelines, which
// cost a test round trips and connections, and they dial once, not five times.
func (s *Server) Options() *redis.Options {
	opts := s.end.options(s.dial)
	opts.DB, opts.Protocol = s.held.db, s.set.protocol
	return opts
}

// Client returns the test's client, the same one at each call. Start closes
// it when the test ends.
func (s *Server) Client() *redis.Client { return s.client() }

// Version is the Redis version the server says it is compatible with
// ("7.0.15"), or "" if it would not say.
func (s *Server) Version() string { return s.held.version() }

// Advance moves the time of the test's data on by d: keys whose time to live
// has passed are gone when it returns, and keyspace notifications tell so.
//
// On a fake the server's clock moves. On a real server the expiry of every
// key of the test comes d nearer; that leaves TIME, OBJECT IDLETIME, the ages
// of pending stream entries, the timeouts of blocked commands, and scores
// that a client computed from its own clock where they were, and hash fields
// too before Redis 7.4. Give code that reads the time a clock to inject.
// An Advance ends transactions that WATCH a key with a lifetime.
func (s *Server) Advance(ctx context.Context, d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("advance by %v: time moves forward only", d)
	}
	return s.held.clock.Advance(ctx, d)
}

// Now is the time from which moments that a test hands to the server count,
// as in EXPIREAT or SET with PXAT. On a fake it is the server's clock, which
// Advance moves; in a bubble, the bubble's; on a real server its TIME, which
// no Advance moves: a key that is to expire at Now plus d has all of d left.
// If a real server does not answer it is this machine's time.
func (s *Server) Now() time.Time {
	if told, ok := s.held.clock.(interface{ Now() time.Time }); ok {
		return told.Now()
	}
	now, err := s.held.ctl.client().Time(s.tb.Context()).Result()
	if err != nil {
		return time.Now()
	}
	return now
}

// Grain is the finest step that Advance keeps.
func (s *Server) Grain() time.Duration { return s.held.clock.Grain() }

// Blocking reports whether blocked commands see Advance.
func (s *Server) Blocking() bool { return s.held.clock.Blocking() }

// newClient makes the client that Client hands out.
func (s *Server) newClient() *redis.Client {
	c := redis.NewClient(s.Options())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made = c
	return c
}

var _ Clock = (*Server)(nil)
