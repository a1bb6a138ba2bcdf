package fleet

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Watched is a master with replicas and the sentinels that watch it.
type Watched[N Node] struct {
	Name      string // of the master, to the sentinels
	Servers   []N    // the first master first
	Sentinels []N
}

// A SentinelConf is what the sentinels of a new fleet are told.
type SentinelConf struct {
	Master             string   // its name
	Servers, Sentinels []int    // ports of 127.0.0.1, the master's first
	IDs                []string // of the sentinels, by NewIDs
	Username, Password string   // for the servers; "": the default user, none
	DownAfter          time.Duration
	FailoverTimeout    time.Duration
}

// Sentinels find each other by messages that they send every two seconds. The
// configuration that they keep across restarts names the others, though, so
// each is given one as if they had met before.

// Lines returns the part of the i-th sentinel's configuration on sentinels.
func (c SentinelConf) Lines(i int) []string {
	lines := []string{
		"sentinel myid " + c.IDs[i],
		fmt.Sprintf("sentinel monitor %s 127.0.0.1 %d %d", c.Master, c.Servers[0], len(c.Sentinels)/2+1),
		fmt.Sprintf("sentinel down-after-milliseconds %s %d", c.Master, c.DownAfter.Milliseconds()),
		fmt.Sprintf("sentinel failover-timeout %s %d", c.Master, c.FailoverTimeout.Milliseconds()),
	}
	if c.Password != "" {
		lines = append(lines, "sentinel auth-pass "+c.Master+" "+c.Password)
	}
	if c.Username != "" {
		lines = append(lines, "sentinel auth-user "+c.Master+" "+c.Username)
	}
	for _, port := range c.Servers[1:] {
		lines = append(lines, fmt.Sprintf("sentinel known-replica %s 127.0.0.1 %d", c.Master, port))
	}
	for j, port := range c.Sentinels {
		if j != i {
			lines = append(lines, fmt.Sprintf("sentinel known-sentinel %s 127.0.0.1 %d %s", c.Master, port, c.IDs[j]))
		}
	}
	return lines
}

// Hurry has the sentinels look around more often than they do by themselves,
// and never go into TILT, in which they do nothing for half a minute because a
// busy machine kept them waiting for two seconds; where they know how (Redis
// 7). The period of publishing stays: four of them are how long the others
// look on before they undo a promotion they know nothing of.
func (w *Watched[N]) Hurry(ctx context.Context) error {
	return w.debug(ctx, 100, 100, 100, 600_000)
}

// Calm has them look around as often as sentinels do by themselves.
func (w *Watched[N]) Calm(ctx context.Context) error {
	return w.debug(ctx, 10_000, 1000, 1000, 2000)
}

func (w *Watched[N]) debug(ctx context.Context, info, ping, ask, tilt int) error {
	return Together(w.Sentinels, func(n N) error {
		for _, p := range []struct {
			name string
			ms   int
		}{{"info-period", info}, {"ping-period", ping}, {"ask-period", ask}, {"tilt-trigger", tilt}} {
			err := n.Client().Do(ctx, "sentinel", "debug", p.name, p.ms).Err()
			if err != nil && ctx.Err() != nil {
				return err
			}
		}
		return nil
	})
}

// Settled waits until every sentinel knows all servers and the others, and
// every replica that runs has the data of the master.
func (w *Watched[N]) Settled(ctx context.Context) error {
	return Eventually(ctx, "the sentinels and replicas settle", func() error { return w.ExpectSettled(ctx) })
}

// ExpectSettled fails unless that is so.
func (w *Watched[N]) ExpectSettled(ctx context.Context) error {
	master, err := w.Master(ctx)
	if err != nil {
		return err
	}
	if err := ExpectMaster(ctx, master); err != nil {
		return err
	}
	for _, n := range w.Servers {
		if n == master || !n.Up() {
			continue
		}
		if err := expectFollows(ctx, n, master); err != nil {
			return err
		}
	}
	return Together(w.Sentinels, func(n N) error {
		state, err := n.Client().Do(ctx, "sentinel", "master", w.Name).StringSlice()
		if err != nil {
			return err
		}
		for field, want := range map[string]int{"num-slaves": len(w.Servers) - 1, "num-other-sentinels": len(w.Sentinels) - 1} {
			i := slices.Index(state, field)
			if i < 0 || state[i+1] != strconv.Itoa(want) {
				return fmt.Errorf("sentinel %s: %s is not %d", n.Addr(), field, want)
			}
		}
		return w.expectLinks(ctx, n)
	})
}

// expectLinks fails unless a sentinel has heard from every replica that runs:
// before that it holds none good enough to take over.
func (w *Watched[N]) expectLinks(ctx context.Context, sentinel N) error {
	replies, err := sentinel.Client().Do(ctx, "sentinel", "replicas", w.Name).Slice()
	if err != nil {
		return err
	}
	for _, reply := range replies {
		fields, _ := reply.([]any)
		state := map[string]string{}
		for i := 0; i+1 < len(fields); i += 2 {
			state[fmt.Sprint(fields[i])] = fmt.Sprint(fields[i+1])
		}
		if !slices.ContainsFunc(w.Servers, func(n N) bool { return n.Up() && strconv.Itoa(port(n)) == state["port"] }) {
			continue // killed
		}
		if state["flags"] != "slave" || state["runid"] == "" {
			return fmt.Errorf("sentinel %s has not heard from replica %s: %v", sentinel.Addr(), state["name"], state)
		}
	}
	return nil
}

// expectFollows fails unless n is a replica of master with its data.
func expectFollows[N Node](ctx context.Context, n, master N) error {
	info, err := n.Client().Info(ctx, "replication").Result()
	if err != nil {
		return err
	}
	for _, want := range []string{"master_link_status:up", fmt.Sprintf("master_port:%d", port(master))} {
		if !strings.Contains(info, want+"\r") {
			return fmt.Errorf("%s: no %s", n.Addr(), want)
		}
	}
	return nil
}

// Master returns the server that all sentinels call the master.
func (w *Watched[N]) Master(ctx context.Context) (N, error) {
	var found, none N
	for _, sentinel := range w.Sentinels {
		addr, err := sentinel.Client().Do(ctx, "sentinel", "get-master-addr-by-name", w.Name).StringSlice()
		if err != nil {
			return none, fmt.Errorf("ask sentinel %s for the master: %w", sentinel.Addr(), err)
		}
		i := slices.IndexFunc(w.Servers, func(n N) bool { return fmt.Sprint(port(n)) == addr[1] })
		if i < 0 || found != none && w.Servers[i] != found {
			return none, fmt.Errorf("the sentinels disagree on the master: one says %v", addr)
		}
		found = w.Servers[i]
	}
	return found, nil
}
