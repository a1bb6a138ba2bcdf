package devenv

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/fleet"
)

// A member is one server of a group (a cluster, a master with sentinels), as
// the fleet room asks it.
type member struct {
	Instance
	client *redis.Client
}

// Addr is its host:port.
func (m *member) Addr() string { return m.Instance.Addr() }

// Client asks this very server.
func (m *member) Client() *redis.Client { return m.client }

// Up is true: a group is asked when all of it should run.
func (m *member) Up() bool { return true }

// A group is the members of one topology with clients for each.
type group struct {
	members []*member
	master  string // the name that the sentinels give to the master
}

// openGroup makes clients for the instances of a group; the caller closes it.
func (e *Env) openGroup(instances []Instance) (*group, error) {
	g := &group{master: e.set.Sentinel.Master}
	for _, i := range instances {
		client, err := e.local(i)()
		if err != nil {
			return nil, errors.Join(err, g.close())
		}
		single, ok := client.(*redis.Client)
		if !ok {
			return nil, errors.Join(fmt.Errorf("open %s: %T asks more than one server", i.Name, client), client.Close(), g.close())
		}
		g.members = append(g.members, &member{i, single})
	}
	return g, nil
}

func (g *group) close() error {
	var errs []error
	for _, m := range g.members {
		errs = append(errs, m.client.Close())
	}
	return errors.Join(errs...)
}

// cluster is the group as a cluster whose nodes have the ids of a new one.
func (g *group) cluster() *fleet.Cluster[*member] {
	return &fleet.Cluster[*member]{
		Masters: clusterMasters, Replicas: clusterReplicas, Nodes: g.members, IDs: fleet.NewIDs(len(g.members)),
	}
}

// known is the cluster with the ids that its nodes have.
func (g *group) known(ctx context.Context) (*fleet.Cluster[*member], error) {
	c := g.cluster()
	for i, m := range g.members {
		id, err := m.client.Do(ctx, "cluster", "myid").Text()
		if err != nil {
			return nil, fmt.Errorf("ask %s for its id: %w", m.Name, err)
		}
		c.IDs[i] = id
	}
	return c, nil
}

func (g *group) watched() *fleet.Watched[*member] {
	at := slices.IndexFunc(g.members, func(m *member) bool { return m.Watches })
	return &fleet.Watched[*member]{Name: g.master, Servers: g.members[:at], Sentinels: g.members[at:]}
}

// whole fails unless the servers of a group, each of which answers, are one:
// a cluster that serves all slots and whose nodes agree, or sentinels that
// know the same master, its replicas and each other.
func (g *group) whole(ctx context.Context) error {
	if g.members[0].Group == string(ProfileSentinel) {
		return g.watched().ExpectSettled(ctx)
	}
	c, err := g.known(ctx)
	if err != nil {
		return err
	}
	return expectShape(ctx, c)
}

// expectShape fails unless the cluster is whole and as many nodes are replicas
// as should be: one that is just being formed has none yet.
func expectShape(ctx context.Context, c *fleet.Cluster[*member]) error {
	if err := c.ExpectWhole(ctx); err != nil {
		return err
	}
	all, err := fleet.View(ctx, c.Nodes[0].client)
	if err != nil {
		return err
	}
	replicas := 0
	for _, m := range all {
		if m.Of != "" {
			replicas++
		}
	}
	if want := c.Masters * c.Replicas; replicas != want {
		return fmt.Errorf("%d of its nodes are replicas, not %d", replicas, want)
	}
	return nil
}

// settle waits until the group is whole, and helps the news around.
func (g *group) settle(ctx context.Context) error {
	if g.members[0].Group == string(ProfileSentinel) {
		return g.settleWatched(ctx)
	}
	c, err := g.known(ctx)
	if err != nil {
		return err
	}
	if expectShape(ctx, c) == nil {
		return nil
	}
	// Whoever forms it now must find nodes that know nobody; each question
	// takes time from them.
	if err := repeat(ctx, func() error { return c.ExpectServing(ctx) }); err != nil {
		return err
	}
	for {
		soon, cancel := context.WithTimeout(ctx, time.Second)
		err := repeat(soon, func() error { return expectShape(ctx, c) })
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if err := c.Introduce(ctx); err != nil { // gossip would take longer
			return err
		}
	}
}

// repeat calls done every 25 ms until it returns nil or ctx ends.
func repeat(ctx context.Context, done func() error) error {
	for {
		err := done()
		if err == nil {
			return nil
		}
		if ended := pause(ctx, 25*time.Millisecond); ended != nil {
			return fmt.Errorf("%w: %w", ended, err)
		}
	}
}

// settleWatched has sentinels that have not heard of a change look around more
// often until they have.
func (g *group) settleWatched(ctx context.Context) error {
	w := g.watched()
	if w.ExpectSettled(ctx) == nil {
		return nil
	}
	if err := w.Hurry(ctx); err != nil {
		return err
	}
	return errors.Join(w.Settled(ctx), w.Calm(context.WithoutCancel(ctx)))
}

// groups sorts the instances that are parts of something by what that is.
func groups(instances []Instance) map[string][]Instance {
	parts := map[string][]Instance{}
	for _, i := range instances {
		if i.Group != "" {
			parts[i.Group] = append(parts[i.Group], i)
		}
	}
	return parts
}

// awaitGroups waits until every group is whole; each of its servers answers.
func (e *Env) awaitGroups(ctx context.Context, instances []Instance) error {
	for name, members := range groups(instances) {
		g, err := e.openGroup(members)
		if err != nil {
			return err
		}
		err = errors.Join(g.settle(ctx), g.close())
		if errors.Is(err, context.DeadlineExceeded) {
			return e.failUnsettled(name, err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		e.ok("%-6s %s", name, shapeOf(name))
	}
	return nil
}

// shapeOf says what a whole group is.
func shapeOf(group string) string {
	if group == string(ProfileSentinel) {
		return fmt.Sprintf("1 master, %d replicas, %d sentinels that agree", watchedServers-1, watchers)
	}
	return fmt.Sprintf("%d masters with %d replica each, all slots served, all nodes agree", clusterMasters, clusterReplicas)
}

// perGroup bounds the questions to the servers of a group, one after another.
const perGroup = 10 * time.Second

// checkGroups is what is wrong with the groups as a whole, by name; a group
// with a server that does not answer is left out: that is said already.
func (e *Env) checkGroups(ctx context.Context, instances []Instance, services []Service) map[string]error {
	found := map[string]error{}
	for name, members := range groups(instances) {
		if slices.ContainsFunc(services, func(s Service) bool { return s.Group == name && !s.Ready }) {
			continue
		}
		g, err := e.openGroup(members)
		if err == nil {
			err = errors.Join(g.whole(ctx), g.close())
		}
		found[name] = err
	}
	return found
}
