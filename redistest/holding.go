package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/redkit-dev/redkit/internal/tap"
)

// A holding is what a test holds of a server: all of it, or a lease.
type holding struct {
	test     string   // whose it is
	end      Endpoint // with the credentials of the lease
	open     func(context.Context) (net.Conn, error)
	instance Instance
	ctl      *control // the house's own way in, with its own credentials
	whole    bool     // the server serves nobody else
	db       int
	prefix   string // empty unless keys are leased rather than a database
	clock    Clock
	// templates hold the data of seeds; nil: the server has none.
	templates *templates
	cuttings  *cuttings // set with prefix
	version   func() string
	notes     []string                        // what the log of the test should say about the lease
	verify    func(ctx context.Context) error // what the test broke; nil: no fence
	judge     tap.Judge                       // of the test's commands; nil: none
	keeps     bool                            // a failed test's data stay
	// release gives the server or the lease back; keep says that the test
	// failed and its data are to stay until the process ends.
	release func(ctx context.Context, keep bool) error
}

// A solitary engine boots one server per test: its servers are cheap.
type solitary interface{ solitary() }

// A lingering instance ends with the process at no cost, so it may outlive
// the test that failed on it.
type lingering interface{ lingering() }

// hold takes a whole server or a lease, whichever engine and settings ask for.
func hold(ctx context.Context, engine Engine, set *settings) (*holding, error) {
	if _, cheap := engine.(solitary); cheap || set.conf.own() {
		return holdWhole(ctx, engine, set.conf)
	}
	return servers.lease(ctx, engine, set)
}

// holdWhole boots a server for one test.
func holdWhole(ctx context.Context, engine Engine, conf Config) (*holding, error) {
	instance, err := engine.Boot(ctx, conf)
	if err != nil {
		return nil, err
	}
	end := instance.Endpoint()
	ctl := newControl(end, end.open)
	if _, cheap := engine.(solitary); cheap {
		conf.Username = "" // a fake has no channels to allow
	}
	if err := ctl.allowChannels(ctx, conf.Username); err != nil {
		return nil, errors.Join(err, instance.Stop(ctx))
	}
	h := &holding{end: end, open: end.open, instance: instance, ctl: ctl, whole: true}
	h.version = versionOf(instance, ctl)
	h.clock = clockOf(h)
	_, h.keeps = instance.(lingering)
	h.release = func(ctx context.Context, keep bool) error {
		ctl.close()
		if keep && h.keeps {
			return nil
		}
		if err := instance.Stop(ctx); err != nil {
			return fmt.Errorf("stop: %w", err)
		}
		return nil
	}
	return h, nil
}

// allowChannels lets a user of redis.conf use pub/sub, which is off for a new
// user since Redis 7; the word for it is not known to Redis 6.0.
func (c *control) allowChannels(ctx context.Context, user string) error {
	if user == "" || user == "default" {
		return nil
	}
	err := c.client().Do(ctx, "acl", "setuser", user, "allchannels").Err()
	if err == nil || strings.Contains(err.Error(), "Syntax error") {
		return nil
	}
	return fmt.Errorf("let user %s use channels: %w", user, err)
}
