package redistest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/fleet"
)

// A node is one server process of a topology, on a loopback port.
type node struct {
	*nativeInstance
	upkeep bool // clients ask it on their own account only: a sentinel
	ctl    *control
}

// newNode prepares a node of binary on p, with the credentials and TLS of
// conf, which it also shows to other nodes, and with these lines of redis.conf
// before those of conf. Nothing runs yet.
func newNode(binary string, p *port, conf Config, lines ...string) (*node, error) {
	dir, err := runDir()
	if err != nil {
		p.letGo()
		return nil, err
	}
	n := &node{nativeInstance: &nativeInstance{binary: binary, dir: dir, conf: conf, dead: true}}
	own, err := n.listenOn(p)
	if err != nil {
		return nil, errors.Join(err, n.Stop(context.Background()))
	}
	n.ctl = newControl(n.end, n.end.open)
	own = append(own, "dir "+dir)
	if conf.TLS {
		own = append(own, "tls-replication yes")
	}
	if conf.Password != "" {
		own = append(own, "masterauth "+conf.Password)
	}
	if conf.Username != "" {
		own = append(own, "masteruser "+conf.Username)
	}
	if err := n.write(slices.Concat(own, lines, conf.Lines())); err != nil {
		return nil, errors.Join(err, n.Stop(context.Background()))
	}
	return n, nil
}

// Restart starts the process, again if it runs.
func (n *node) Restart(ctx context.Context) error {
	if err := n.nativeInstance.Restart(ctx); err != nil {
		return err
	}
	// A sentinel may break the connection for this: it does so to the clients of
	// a server that comes back.
	return eventually(ctx, "begin", func() error { return n.ctl.allowChannels(ctx, n.conf.Username) })
}

func (n *node) Client() *redis.Client { return n.ctl.client() }

// Up reports whether the process is meant to run.
func (n *node) Up() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return !n.dead
}

// Addr is the host:port it listens on.
func (n *node) Addr() string { return n.end.Addr }

func (n *node) stop(ctx context.Context) error {
	n.ctl.close()
	return n.Stop(ctx)
}

// copied waits until a replica has what its master has now. (WAIT knows of the
// writes of its own connection only.)
func copied(ctx context.Context, master, replica *node) error {
	want, err := offset(ctx, master, "master_repl_offset:")
	if err != nil {
		return err
	}
	return eventually(ctx, "the replica "+replica.Addr()+" has the data", func() error {
		got, err := offset(ctx, replica, "slave_repl_offset:")
		if err == nil && got < want {
			err = fmt.Errorf("it is at byte %d of %d", got, want)
		}
		return err
	})
}

// offset reads how far into the stream of writes a server is.
func offset(ctx context.Context, n *node, field string) (at int64, err error) {
	info, err := n.Client().Info(ctx, "replication").Result()
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(info, field)
	if _, err := fmt.Sscan(rest, &at); err != nil {
		return 0, fmt.Errorf("read %s of %s: %w", field, n.Addr(), err)
	}
	return at, nil
}

// together calls f for each node at once and joins the errors.
func together(nodes []*node, f func(*node) error) error { return fleet.Together(nodes, f) }

// eventually calls done until it returns nil, and gives up when ctx ends.
func eventually(ctx context.Context, what string, done func() error) error {
	return fleet.Eventually(ctx, what, done)
}
