package redistest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"
)

// ErrMissing says that an engine cannot run here: no server binary, no
// address, no container runtime. Start skips the test with the error's text,
// which must end with the command that mends it; under REDISTEST_REQUIRE=1,
// or when REDISTEST_ENGINE named the engine, Start fails instead.
var ErrMissing = errors.New("engine missing")

// An Engine boots Redis servers. The engines of this package are made by
// Fake, Bubble, Native, External and Real; others are passed with With.
//
// An engine must be comparable and safe for concurrent use: Start boots one
// server per test binary for equal engines and leases its databases, and
// boots another for a test that asks for Exclusive or for settings of its own.
type Engine interface {
	// Name names the engine in subtests and messages: "fake", "redis:8".
	Name() string
	// Boot starts a server that answers PING. An engine that cannot run here
	// returns an error that wraps ErrMissing.
	Boot(ctx context.Context, conf Config) (Instance, error)
}

// Config is what a test, or the run, asks of a server. An engine that cannot
// grant a field returns an error that wraps errors.ErrUnsupported and names it.
type Config struct {
	// Databases is the least number of logical databases; 0 leaves it to the engine.
	Databases int
	// Conf holds lines of redis.conf, such as "maxmemory 10mb".
	Conf []string
	// Username and Password are asked of clients; an empty Username means the
	// default user. Both empty means no authentication.
	Username, Password string
	// TLS makes the server speak TLS only, MutualTLS lets in only clients with
	// a certificate of the authority. Certificates are those to use; an engine
	// makes its own if they are nil.
	TLS, MutualTLS bool
	Certificates   *Certificates
	// Exclusive says that the server serves one test alone, which may kill it.
	Exclusive bool
}

// sharedDatabases is how many databases Start asks of a server that tests
// share: plenty for those that run at one time, and cheap to boot.
const sharedDatabases = 1024

// Lines returns the lines of redis.conf that grant what c asks for but TLS,
// those of Conf last so that they win.
func (c Config) Lines() []string {
	var lines []string
	if c.Databases != 0 {
		lines = append(lines, fmt.Sprintf("databases %d", c.Databases))
	}
	switch {
	case c.Username != "" && c.Username != "default":
		lines = append(lines, fmt.Sprintf("user %s on >%s ~* +@all", c.Username, c.Password), "user default off")
	case c.Password != "":
		lines = append(lines, "requirepass "+c.Password)
	}
	return append(lines, c.Conf...)
}

// own reports whether c needs a server of its own.
func (c Config) own() bool {
	return c.Exclusive || c.TLS || c.Username != "" || c.Password != "" || len(c.Conf) > 0
}

// An Instance is one running server. Its methods are safe for concurrent use.
//
// An instance may have more methods, which Start finds by interface assertion:
// those of Clock when the server's time can be moved, those of Process when
// the server can be killed and started again, and Version() string.
type Instance interface {
	// Endpoint tells how to reach the server as long as it runs.
	Endpoint() Endpoint
	// Stop ends the server and frees what it held. It is called once.
	Stop(ctx context.Context) error
}

// An Endpoint is everything a client needs to reach a server.
type Endpoint struct {
	// Network is "tcp" or "unix"; Addr is host:port with a literal IP, or the
	// path of a socket. A server on in-memory connections has a made-up Addr.
	Network, Addr string
	// Username and Password authenticate a client; empty means none.
	Username, Password string
	// TLS is what a client needs to trust the server; nil means plain text.
	TLS *tls.Config
	// Dial opens a connection to a server that is not on a network; nil means
	// the network is dialed. TLS is not applied on top of it.
	Dial DialFunc
}

// A Clock moves the time of a server. *Server is one on every engine.
type Clock interface {
	// Advance moves the time on by d: keys whose time to live has passed
	// are gone when it returns. A negative d is an error.
	Advance(ctx context.Context, d time.Duration) error
	// Grain is the finest step that Advance keeps: look at a deadline minus
	// and plus a grain, never at the instant.
	Grain() time.Duration
	// Blocking reports whether blocked commands (BLPOP, XREAD BLOCK) see
	// Advance too.
	Blocking() bool
}

// A Process is a server that can be killed and started again with its data.
type Process interface {
	// Kill ends the server with SIGKILL and returns when it is dead.
	Kill(ctx context.Context) error
	// Restart starts it again at the same address, after a Kill or not, and
	// returns when it answers. Without persistence the data are gone.
	Restart(ctx context.Context) error
}
