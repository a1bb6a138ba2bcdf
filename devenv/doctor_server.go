package devenv

import (
	"context"
	"errors"
	"strings"
	"time"
)

// askServers asks every server once; the checks that follow read the answers.
func (x *examination) askServers(ctx context.Context) {
	if x.backend == "" {
		return
	}
	eng := x.env.engine(x.backend)
	instances := x.env.instances(x.backend)
	found, err := eng.find(ctx)
	if err != nil {
		x.failure(LevelFail, "servers", err)
	}
	services, _ := x.env.look(ctx, eng, instances, found) // its error is in the services
	for n, i := range instances {
		p := patient{Instance: i, service: services[n]}
		p.client, err = x.env.local(i)()
		if x.backend == BackendExternal {
			p.client, err = x.set.Open(i.URL)
		}
		if err != nil {
			p.client = nil
			x.failure(LevelFail, "servers", err)
		} else if p.service.Ready {
			limited, cancel := context.WithTimeout(ctx, perServer)
			p.info, _, _ = ask(limited, p.client) // a server that went away has no info
			cancel()
		}
		x.patients = append(x.patients, p)
	}
}

// answers tells of each server whether it answers, to whom, and how old it is.
func (x *examination) answers(ctx context.Context) {
	for _, p := range x.patients {
		switch {
		case p.info != nil:
			x.ok("server", "the %s at %s answers: Redis %s", p.Name, p.where(), p.info.version())
			x.clock(ctx, p)
			x.password(ctx, p)
		case x.state == nil && x.backend != BackendExternal:
			x.skip("server", "the %s does not run", p.Name)
		default:
			text := "the " + p.Name + " at " + p.where() + " is " + p.service.State
			if p.service.Detail != "" {
				text += ": " + p.service.Detail
			}
			fix := "see why: " + x.env.run("logs") + " · start it: " + x.env.run("up")
			if strings.Contains(text, "AUTH") || strings.Contains(text, "WRONGPASS") {
				fix = strings.Join(x.env.authFixes(), " · ")
			}
			x.add(LevelFail, "server", fix, "%s", text)
		}
		if x.backend == BackendExternal {
			x.remoteSafety(ctx, p)
		}
	}
}

// skew above which times that a client computes go wrong (ETA, expiry at).
const skew = time.Second

func (x *examination) clock(ctx context.Context, p patient) {
	if p.Watches {
		return // it has no TIME, and shares this machine's or its container's clock with the others
	}
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	begin := x.o.Now()
	at, err := p.client.Time(ctx).Result()
	if err != nil {
		x.skip("clock", "the %s does not tell its time: %v", p.Name, err)
		return
	}
	if off := at.Sub(begin).Abs(); off > skew+x.o.Now().Sub(begin) {
		x.add(LevelWarn, "clock", "set both clocks by NTP", "the clock of the %s is %s off from this machine's", p.Name, off.Round(100*time.Millisecond))
		return
	}
	x.ok("clock", "the clocks of the %s and of this machine agree", p.Name)
}

// configuration compares what the servers run with to what the settings say.
func (x *examination) configuration(ctx context.Context) {
	for _, p := range x.patients {
		switch {
		case p.info == nil, p.Watches:
			continue
		case x.backend == BackendEmbedded:
			x.skip("policy", "the embedded %s evicts and persists nothing", p.Name)
			continue
		}
		values, err := x.configOf(ctx, p, "maxmemory", "maxmemory-policy", "appendonly", "appendfsync")
		if err != nil {
			x.skip("policy", "the %s does not show its configuration: %v", p.Name, err)
			values = map[string]string{"maxmemory": p.info["maxmemory"], "maxmemory-policy": p.info["maxmemory_policy"]}
		}
		x.policy(p, values)
		x.persistence(p, values)
		if x.backend != BackendExternal && err == nil {
			x.drift(p, values)
		}
	}
}

func (x *examination) configOf(ctx context.Context, p patient, names ...string) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	values := map[string]string{}
	for _, name := range names {
		found, err := p.client.ConfigGet(ctx, name).Result()
		if err != nil {
			return nil, err
		}
		if found[name] == "" {
			return nil, errors.New("CONFIG GET " + name + " answers nothing")
		}
		values[name] = found[name]
	}
	return values, nil
}

// durable reports whether queues live on the server.
func (x *examination) durable(p patient) bool {
	if x.backend == BackendExternal {
		return !x.set.Celery.BrokerURL.IsZero() && x.set.Celery.BrokerURL.Addrs()[0] == p.URL.Addrs()[0]
	}
	return p.Policy == "noeviction"
}

// policy: an evicting broker silently deletes queues, and a cache without a
// limit, or that refuses to evict, fails when it is full.
func (x *examination) policy(p patient, values map[string]string) {
	policy, limit := values["maxmemory-policy"], values["maxmemory"]
	set := x.env.run("doctor", "-fix") + " (CONFIG SET maxmemory-policy noeviction)"
	if x.backend == BackendExternal {
		set = "CONFIG SET maxmemory-policy noeviction, or REDKIT_EXTERNAL_CONFIGURE=on " + x.env.run("up")
	}
	switch queues := x.durable(p); {
	case queues && evicts(policy):
		x.add(LevelFail, "policy", set, "the %s evicts keys (%s): it silently deletes Celery's queues when it is full", p.Name, policy)
	case limit == "0":
		x.add(LevelWarn, "policy", "set maxmemory, as with REDKIT_CACHE_MAXMEMORY=128mb", "the %s has no memory limit: it grows until the system ends it", p.Name)
	case !queues && !evicts(policy):
		x.add(LevelWarn, "policy", "REDKIT_CACHE_POLICY=allkeys-lru", "the %s evicts nothing: writes fail when it is full", p.Name)
	default:
		x.ok("policy", "the %s has maxmemory %s bytes, %s", p.Name, limit, policy)
	}
}

// persistence: what the last saves came to.
func (x *examination) persistence(p patient, values map[string]string) {
	switch {
	case p.info["aof_last_write_status"] == "err" || p.info["aof_last_bgrewrite_status"] == "err":
		x.add(LevelFail, "persistence", "free disk space, then see "+x.env.run("logs"), "the %s cannot write its append-only file: it refuses writes", p.Name)
	case p.info["rdb_last_bgsave_status"] == "err":
		x.add(LevelFail, "persistence", "free disk space or memory (vm.overcommit_memory=1), then see "+x.env.run("logs"), "the last background save of the %s failed: it refuses writes", p.Name)
	case x.durable(p) && values["appendonly"] == "no":
		x.add(LevelWarn, "persistence", "CONFIG SET appendonly yes", "the %s keeps no append-only file: queued tasks are lost when it ends", p.Name)
	default:
		x.ok("persistence", "the %s saves what it should", p.Name)
	}
}

// drift is a server that runs with other settings than those of now.
func (x *examination) drift(p patient, values map[string]string) {
	wantAOF := "no"
	if p.Persistence == PersistAOF {
		wantAOF = "yes"
	}
	var off []string
	for _, c := range []struct{ name, want string }{
		{"maxmemory", bytesText(p.MaxMemory)}, {"maxmemory-policy", p.Policy}, {"appendonly", wantAOF}, {"appendfsync", p.AppendFsync},
	} {
		if got := values[c.name]; got != c.want && !(c.name == "appendfsync" && wantAOF == "no") {
			off = append(off, c.name+" is "+got+" instead of "+c.want)
			x.mendConfig(p, c.name, c.want)
		}
	}
	if len(off) > 0 {
		x.add(LevelWarn, "drift", x.env.run("doctor", "-fix")+" · "+x.env.run("up", "-recreate"), "the %s runs with other settings than those of now: %s", p.Name, strings.Join(off, ", "))
		return
	}
	x.ok("drift", "the %s runs with the settings of now", p.Name)
}
