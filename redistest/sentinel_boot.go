package redistest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/internal/fleet"
)

// watched is the processes of a master with replicas and sentinels.
type watched struct{ fleet.Watched[*node] }

const (
	sentinelCount = 3
	// patience is the down-after-milliseconds of the sentinels: longer than a
	// busy machine makes a server wait, so that they act only when told to.
	patience = 30 * time.Second
)

// bootWatched starts the processes, again on other ports when one was taken in
// between.
func bootWatched(ctx context.Context, binary string, replicas int, set *settings) (*watched, error) {
	for try := 1; ; try++ {
		w := &watched{fleet.Watched[*node]{Name: sentinelMaster}}
		err := w.boot(ctx, binary, replicas, set)
		if err == nil {
			return w, nil
		}
		if stopErr := together(slices.Concat(w.Servers, w.Sentinels), func(n *node) error { return n.stop(ctx) }); stopErr != nil {
			return nil, errors.Join(err, stopErr)
		}
		if try == portTries || !portTaken(err) {
			return nil, fmt.Errorf("boot a master with sentinels: %w", err)
		}
	}
}

func (w *watched) boot(ctx context.Context, binary string, replicas int, set *settings) error {
	ports, err := claimPorts(1 + replicas + sentinelCount)
	if err != nil {
		return err
	}
	servers, watchers := ports[:1+replicas], ports[1+replicas:]
	for i, p := range servers {
		lines := []string{`save ""`, "appendonly no", "hz 100", "repl-diskless-sync no", "repl-ping-replica-period 1"}
		if i > 0 {
			lines = append(lines, "replicaof 127.0.0.1 "+servers[0].String())
		}
		n, err := newNode(binary, p, set.conf, lines...)
		if err != nil {
			letGo(ports)
			return err
		}
		w.Servers = append(w.Servers, n)
	}
	told := fleet.SentinelConf{
		Master: sentinelMaster, Servers: numbers(servers), Sentinels: numbers(watchers), IDs: fleet.NewIDs(sentinelCount),
		Username: set.conf.Username, Password: set.conf.Password,
		DownAfter: patience, FailoverTimeout: 10 * time.Second,
	}
	bare := Config{TLS: set.conf.TLS, MutualTLS: set.conf.MutualTLS, Certificates: set.conf.Certificates}
	for i, p := range watchers {
		n, err := newNode(binary, p, bare, told.Lines(i)...)
		if err != nil {
			letGo(ports)
			return err
		}
		n.args, n.upkeep = []string{"--sentinel"}, true
		w.Sentinels = append(w.Sentinels, n)
	}
	// The replicas last: one that finds no master tries again after a second.
	for _, group := range [][]*node{w.Servers[:1], w.Servers[1:], w.Sentinels} {
		if err := together(group, func(n *node) error { return n.Restart(ctx) }); err != nil {
			return err
		}
	}
	if err := w.Hurry(ctx); err != nil {
		return err
	}
	return w.Settled(ctx)
}
