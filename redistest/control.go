package redistest

import (
	"context"
	"net"
	"sync"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// A control is the house's own way to a server, beside the clients of tests
// and their faults: it leases, flushes and warps. Its client is made when it
// is first needed. A command that selects another database selects db again
// in the same pipeline.
type control struct {
	end  Endpoint
	open func(context.Context) (net.Conn, error)
	db   int

	wires wires // for what must be quick

	mu     sync.Mutex
	made   *redis.Client
	fields string // whether hash fields have lifetimes: "1", "0", or not asked yet
}

func newControl(end Endpoint, open func(context.Context) (net.Conn, error)) *control {
	return &control{end: end, open: open, wires: wires{end: end, open: open}}
}

func (c *control) client() *redis.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil {
		opts := c.end.options(c.dial)
		opts.DB = c.db
		opts.Protocol = 2 // a fake or proxy may know no other
		opts.MaxRetries = -1
		c.made = redis.NewClient(opts)
	}
	return c.made
}

func (c *control) dial(ctx context.Context, _, _ string) (net.Conn, error) { return c.open(ctx) }

// close closes what connections there was need for.
func (c *control) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wires.close()
	if c.made != nil {
		_ = c.made.Close()
	}
}

// options returns options for a go-redis client to e that add no round trip
// and no connection to what the caller asks for, and that look up no name.
func (e Endpoint) options(dial DialFunc) *redis.Options {
	return &redis.Options{
		Network:                  e.Network,
		Addr:                     e.Addr,
		Username:                 e.Username,
		Password:                 e.Password,
		Dialer:                   dial,
		TLSConfig:                e.TLS.Clone(), // for who replaces the Dialer, which makes the handshake itself
		DisableIdentity:          true,
		PipelinePoolSize:         -1,
		ReadBufferSize:           4 << 10, // two buffers of 32 KiB cost a short test more than its commands
		WriteBufferSize:          4 << 10,
		DialerRetries:            1,
		ContextTimeoutEnabled:    true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}
