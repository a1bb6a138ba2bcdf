package devenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/internal/fleet"
)

// How soon a master that is silent is replaced.
const (
	patience        = 5 * time.Second
	failoverTimeout = 10 * time.Second
)

// haste makes servers that form a group look around more often; calm undoes it.
const haste = "hz 100"

// withBuses adds the ports on which the nodes of a cluster talk to each other.
func withBuses(instances []Instance) []Instance {
	list := slices.Clone(instances)
	for _, i := range instances {
		if i.Group == string(ProfileCluster) {
			i.Port += fleet.BusOffset
			i.bus = true
			list = append(list, i)
		}
	}
	return list
}

// formedFile tells that a group was formed, and with which settings: its
// servers find each other again by what they keep. It goes with their data.
func (n nativeEngine) formedFile(members []Instance) string {
	return filepath.Join(n.data(members[0].Name), "formed")
}

func (n nativeEngine) formedAs(members []Instance) string {
	var ports []int
	for _, i := range members {
		ports = append(ports, i.Port)
	}
	return fmt.Sprintf("%s %s %s\n", n.e.set.ProfileName(), formatPorts(ports), hash(n.e.set.Password))
}

// startGroup starts the missing servers of a group: all of a new one, or those
// that have ended.
func (n nativeEngine) startGroup(ctx context.Context, name string, missing []Instance, binary string, launch func(Instance) (server, error)) error {
	members := groups(n.e.set.Instances())[name]
	formed, err := os.ReadFile(n.formedFile(members))
	if err == nil && string(formed) == n.formedAs(members) {
		return n.rejoin(ctx, members, missing, launch)
	}
	for _, i := range members {
		if err := os.RemoveAll(n.data(i.Name)); err != nil {
			return fmt.Errorf("make room for a new %s: %w", name, err)
		}
	}
	g, err := n.e.openGroup(members)
	if err != nil {
		return err
	}
	defer g.close()
	form := n.formWatched
	if name == string(ProfileCluster) {
		form = n.formCluster
	}
	if err := form(ctx, g, binary, launch); err != nil {
		return err
	}
	return os.WriteFile(n.formedFile(members), []byte(n.formedAs(members)), 0o600)
}

func (n nativeEngine) formCluster(ctx context.Context, g *group, binary string, launch func(Instance) (server, error)) error {
	c := g.cluster()
	for at, m := range g.members {
		if err := n.writeConf(binary, m.Instance, haste); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(n.data(m.Name), "nodes.conf"), []byte(c.NodesConf(at)), 0o600); err != nil {
			return err
		}
	}
	if err := n.launchAll(ctx, g.members, launch); err != nil {
		return err
	}
	if err := c.Form(ctx); err != nil {
		return fmt.Errorf("form the cluster: %w", err)
	}
	return calm(ctx, g.members)
}

func (n nativeEngine) formWatched(ctx context.Context, g *group, binary string, launch func(Instance) (server, error)) error {
	w := g.watched()
	conf := fleet.SentinelConf{
		Master: w.Name, Password: n.e.set.Password.Reveal(), DownAfter: patience, FailoverTimeout: failoverTimeout,
		Servers: n.e.set.SentinelDataPorts, Sentinels: n.e.set.SentinelPorts, IDs: fleet.NewIDs(watchers),
	}
	for at, m := range g.members {
		lines := []string{haste}
		switch {
		case m.Watches:
			lines = conf.Lines(at - len(w.Servers))
		case at > 0:
			lines = append(lines, fmt.Sprintf("replicaof 127.0.0.1 %d", g.members[0].Port))
		}
		if err := n.writeConf(binary, m.Instance, lines...); err != nil {
			return err
		}
	}
	// A replica that finds no master tries again after a second.
	for _, stage := range [][]*member{w.Servers[:1], w.Servers[1:], w.Sentinels} {
		if err := n.launchAll(ctx, stage, launch); err != nil {
			return err
		}
	}
	if err := w.Hurry(ctx); err != nil {
		return err
	}
	if err := w.Settled(ctx); err != nil {
		return fmt.Errorf("form a master with sentinels: %w", err)
	}
	return errors.Join(w.Calm(ctx), calm(ctx, w.Servers))
}

// rejoin starts servers of a formed group with what they kept of it. A former
// master comes back as a replica of the one that the sentinels name now.
func (n nativeEngine) rejoin(ctx context.Context, members, missing []Instance, launch func(Instance) (server, error)) error {
	g, err := n.e.openGroup(members)
	if err != nil {
		return err
	}
	defer g.close()
	var back []*member
	for _, m := range g.members {
		if slices.ContainsFunc(missing, func(i Instance) bool { return i.Name == m.Name }) {
			back = append(back, m)
		}
	}
	if err := n.launchAll(ctx, back, launch); err != nil {
		return err
	}
	if members[0].Group != string(ProfileSentinel) || len(missing) == len(members) {
		return nil
	}
	w := g.watched()
	master, err := w.Master(ctx)
	if err != nil {
		return nil // sentinels that are not sure yet put it right themselves
	}
	for _, m := range back {
		if m.Watches || m == master {
			continue
		}
		if err := m.client.ReplicaOf(ctx, "127.0.0.1", fmt.Sprint(master.Port)).Err(); err != nil {
			return fmt.Errorf("make %s a replica of %s: %w", m.Name, master.Name, err)
		}
	}
	return nil
}

// launchAll starts servers and returns when each answers.
func (n nativeEngine) launchAll(ctx context.Context, members []*member, launch func(Instance) (server, error)) error {
	var wait []awaited
	for _, m := range members {
		s, err := launch(m.Instance)
		if err != nil {
			return err
		}
		w := n.await(m.Instance, s)
		w.ready = func(info, time.Duration) error { return nil }
		wait = append(wait, w)
	}
	return n.e.awaitReady(ctx, wait)
}

// calm gives servers back their ordinary rhythm.
func calm(ctx context.Context, members []*member) error {
	return fleet.Together(members, func(m *member) error { return m.client.ConfigSet(ctx, "hz", "10").Err() })
}
