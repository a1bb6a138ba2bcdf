package devenv

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// password asks without one, at every address: a server that has none, or
// whose user default needs none, answers everybody who reaches it.
func (x *examination) password(ctx context.Context, p patient) {
	if p.URL.Password().IsZero() {
		if p.URL.Loopback() {
			x.ok("password", "the %s has no password, and only this machine reaches it", p.Name)
		} // what others reach is judged by remoteSafety
		return
	}
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	addrs, err := x.asked(ctx, p)
	var open []string
	for _, addr := range addrs {
		answers, err2 := x.answersAnybody(ctx, p.URL, addr)
		if err = errors.Join(err, err2); answers {
			open = append(open, addr)
		}
	}
	switch {
	case len(open) > 0:
	case err != nil:
		x.skip("password", "not every server of the %s could be asked without its password: %v", p.Name, err)
		return
	default:
		x.ok("password", "the %s asks for its password", p.Name)
		return
	}
	fix := "start it with the password of the settings: " + x.env.run("up", "-recreate")
	if x.backend == BackendExternal {
		fix = "set requirepass, or switch its user default off: ACL SETUSER default off"
	}
	x.add(LevelFail, "password", fix, "the %s at %s answers without its password", p.Name, strings.Join(open, ", "))
}

// asked are the addresses of all servers behind a patient: its own, the nodes
// of a cluster, or the sentinels that have a password with the servers that
// they watch. With an error it is what could be found.
func (x *examination) asked(ctx context.Context, p patient) ([]string, error) {
	u := p.URL.parts()
	switch u.kind {
	case kindCluster:
		addrs := slices.Clone(u.addrs)
		slots, err := p.client.ClusterSlots(ctx).Result()
		for _, s := range slots {
			for _, node := range s.Nodes {
				addrs = append(addrs, node.Addr)
			}
		}
		slices.Sort(addrs)
		return slices.Compact(addrs), err
	case kindSentinel:
		return x.behindSentinels(ctx, u)
	}
	return u.addrs, nil
}

// behindSentinels asks the first sentinel that answers for its servers.
func (x *examination) behindSentinels(ctx context.Context, u *urlParts) (addrs []string, err error) {
	o, err := u.clientOptions(ClientOptions{TLS: x.set.TLS, Sentinel: x.set.Sentinel})
	if err != nil {
		return nil, err
	}
	if o.SentinelPassword != "" {
		addrs = append(addrs, u.addrs...)
	}
	var errs []error
	for _, addr := range u.addrs {
		client := redis.NewSentinelClient(&redis.Options{
			Addr: addr, Username: o.SentinelUsername, Password: o.SentinelPassword, TLSConfig: o.TLSConfig,
			Protocol: 2, DisableIdentity: true, MaxRetries: -1, ContextTimeoutEnabled: true,
		})
		master, err := client.GetMasterAddrByName(ctx, o.MasterName).Result()
		replicas, err2 := client.Replicas(ctx, o.MasterName).Result()
		if err = errors.Join(err, err2, client.Close()); err != nil {
			errs = append(errs, fmt.Errorf("the sentinel %s: %w", addr, err))
			continue
		}
		addrs = append(addrs, strings.Join(master, ":"))
		for _, r := range replicas {
			addrs = append(addrs, r["ip"]+":"+r["port"])
		}
		return addrs, nil
	}
	return addrs, errors.Join(errs...)
}

// answersAnybody reports whether a server answers a client that has the
// settings' certificates and names no user. An error is no answer at all: a
// refusal is one.
func (x *examination) answersAnybody(ctx context.Context, u URL, addr string) (bool, error) {
	o, err := u.parts().clientOptions(ClientOptions{TLS: x.set.TLS, Sentinel: x.set.Sentinel})
	if err != nil {
		return false, err
	}
	c := redis.NewClient(&redis.Options{
		Addr: addr, TLSConfig: o.TLSConfig, Protocol: 2, DisableIdentity: true, PoolSize: 1, MaxRetries: -1, DialerRetries: 1, ContextTimeoutEnabled: true,
		MaintNotificationsConfig: o.MaintNotificationsConfig,
	})
	defer c.Close()
	err = c.Ping(ctx).Err()
	var refused redis.Error
	if errors.As(err, &refused) {
		return false, nil
	}
	return err == nil, err
}
