package devenv_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/internal/fleet"
	"github.com/redkit-dev/redkit/internal/hashslot"
	"github.com/redkit-dev/redkit/internal/process"
)

// topologyProject is a project with a profile of many servers, which runs.
func topologyProject(t *testing.T, profile string, environ ...string) project {
	t.Helper()
	list := func(ports []int) string { return strings.Trim(strings.ReplaceAll(fmt.Sprint(ports), " ", ","), "[]") }
	environ = append([]string{
		"REDKIT_PROFILE=" + profile, "REDKIT_PASSWORD=pw", "REDKIT_WAIT=60s",
		"REDKIT_CLUSTER_PORTS=" + list(clusterPorts(t, 6)),
		"REDKIT_SENTINEL_PORTS=" + list(freePorts(t, 3)), "REDKIT_SENTINEL_DATA_PORTS=" + list(freePorts(t, 3)),
	}, environ...)
	return newProject(t, environ...).up(t)
}

// onCompose are the settings of the compose backend, for tests that may take
// their time.
func onCompose(t *testing.T) []string {
	t.Helper()
	if testing.Short() {
		t.Skip("containers take seconds: run without -short")
	}
	image := localImage(t)
	project := fmt.Sprintf("redkit-topology-%d", freePorts(t, 1)[0])
	return []string{"REDKIT_BACKEND=compose", "REDKIT_IMAGE=" + image, "REDKIT_PROJECT=" + project}
}

func (p project) open(t *testing.T, u devenv.URL) redis.UniversalClient {
	t.Helper()
	client, err := p.settings.Open(u)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// service is what Status says of the first server that fits.
func (p project) service(t *testing.T, fits func(devenv.Service) bool) devenv.Service {
	t.Helper()
	r, _ := p.env.Status(t.Context()) // is about servers that do not answer, too
	for _, s := range r.Services {
		if fits(s) {
			return s
		}
	}
	t.Fatalf("no server fits among %+v", r.Services)
	return devenv.Service{}
}

func isMaster(s devenv.Service) bool { return s.Role == "master" && s.Group != "" }

// eventually repeats do until it succeeds, for at most a minute.
func eventually(t *testing.T, what string, do func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last error // before the deadline's own
	for {
		err := do(ctx)
		if err == nil {
			return
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %v, %v before that", what, err, last)
		case <-tick.C:
		}
	}
}

// writeAll writes keys to every part of what client reaches.
func writeAll(ctx context.Context, client redis.UniversalClient, value string) error {
	for n := range 30 {
		if err := client.Set(ctx, fmt.Sprint("key:", n), value, 0).Err(); err != nil {
			return err
		}
	}
	return nil
}

func wantAll(ctx context.Context, client redis.UniversalClient, value string) error {
	for n := range 30 {
		if got, err := client.Get(ctx, fmt.Sprint("key:", n)).Result(); err != nil || got != value {
			return fmt.Errorf("GET key:%d = %q, %v, want %q", n, got, err, value)
		}
	}
	return nil
}

func TestClientsRideOutTheDeathOfAMaster(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"sentinel", "cluster"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			p := topologyProject(t, profile)
			client := p.open(t, p.settings.RedisURL)
			eventually(t, "write to a whole "+profile, func(ctx context.Context) error { return writeAll(ctx, client, "before") })
			old := p.service(t, isMaster)
			daemon, err := process.Find(old.PID)
			if err == nil {
				err = daemon.Stop(t.Context(), time.Nanosecond) // SIGKILL, or as good
			}
			if err != nil {
				t.Fatal(err)
			}
			replaceDead(t, p, old)
			// The same client, without a word from us.
			eventually(t, "write after the death of "+old.Name, func(ctx context.Context) error { return writeAll(ctx, client, "after") })
			if err := wantAll(t.Context(), client, "after"); err != nil {
				t.Error(err)
			}
			_, err = p.env.Status(t.Context())
			if f := devenv.AsFailure(err); f == nil || f.Exit != devenv.ExitNotReady {
				t.Errorf("Status with a dead %s = %v, want exit code %d", old.Name, err, devenv.ExitNotReady)
			}
			if _, err := p.env.Up(t.Context(), devenv.UpOptions{}); err != nil {
				t.Fatalf("Up, to bring %s back: %v", old.Name, err)
			}
			if err := wantAll(t.Context(), client, "after"); err != nil {
				t.Error(err)
			}
			if back := p.service(t, func(s devenv.Service) bool { return s.Name == old.Name }); back.Role != "replica" || !back.Ready {
				t.Errorf("%s came back as %+v, want a replica that is ready", old.Name, back)
			}
		})
	}
}

// replaceDead has a replica take the place of a dead master at once. The others
// would do so by themselves, some seconds after they have noticed.
func replaceDead(t *testing.T, p project, dead devenv.Service) {
	t.Helper()
	if dead.Group == "sentinel" {
		orderFailover(t, p)
		return
	}
	eventually(t, "take over from "+dead.Name, func(ctx context.Context) error {
		for _, addr := range p.settings.RedisURL.Addrs() {
			if addr == dead.Addr {
				continue
			}
			node := redis.NewClient(&redis.Options{Addr: addr, Password: "pw", DisableIdentity: true, Protocol: 2})
			defer node.Close()
			view, err := fleet.View(ctx, node)
			if err != nil {
				return err
			}
			self, master := fleet.Member{}, fleet.Member{}
			for _, m := range view {
				if m.Self {
					self = m
				}
				if m.Addr == dead.Addr {
					master = m
				}
			}
			if self.Of == master.ID {
				return node.Do(ctx, "cluster", "failover", "takeover").Err()
			}
		}
		return errors.New("it has no replica")
	})
}

// orderFailover has the sentinels choose another master.
func orderFailover(t *testing.T, p project) {
	t.Helper()
	sentinel := redis.NewSentinelClient(&redis.Options{Addr: p.settings.Sentinel.Addrs[0], Password: "pw", DisableIdentity: true, Protocol: 2})
	defer sentinel.Close()
	old, err := sentinel.GetMasterAddrByName(t.Context(), "mymaster").Result()
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "order a failover", func(ctx context.Context) error {
		now, err := sentinel.GetMasterAddrByName(ctx, "mymaster").Result()
		if err != nil || now[1] != old[1] {
			return err
		}
		_ = sentinel.Failover(ctx, "mymaster").Err() // refused while it is at it, or sees no replica good enough
		return fmt.Errorf("%v is still the master", now)
	})
}

func TestClientsRideOutAReshard(t *testing.T) {
	t.Parallel()
	p := topologyProject(t, "cluster")
	ridesOutAReshard(t, p)
}

// ridesOutAReshard moves a slot with its key to another master under a client
// that writes it.
func ridesOutAReshard(t *testing.T, p project) {
	t.Helper()
	client := p.open(t, p.settings.RedisURL)
	eventually(t, "write", func(ctx context.Context) error { return writeAll(ctx, client, "before") })
	slot := hashslot.Of("key:1")
	nodes := map[string]*redis.Client{} // by id
	var view []fleet.Member
	r, err := p.env.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Services {
		if s.Group == "" {
			continue
		}
		node := redis.NewClient(&redis.Options{Addr: s.Addr, Password: "pw", DisableIdentity: true, Protocol: 2})
		t.Cleanup(func() { node.Close() })
		id, err := node.Do(t.Context(), "cluster", "myid").Text()
		if err != nil {
			t.Fatal(err)
		}
		nodes[id] = node
		if view, err = fleet.View(t.Context(), node); err != nil {
			t.Fatal(err)
		}
	}
	from, ok := fleet.Owner(view, slot)
	if !ok {
		t.Fatalf("nobody owns slot %d: %+v", slot, view)
	}
	var to fleet.Member
	for _, m := range view {
		if m.Master && m.ID != from.ID {
			to = m
		}
	}
	_, port, _ := strings.Cut(to.Addr, ":")
	for _, step := range []struct {
		node string
		args []any
	}{
		{to.ID, []any{"cluster", "setslot", slot, "importing", from.ID}},
		{from.ID, []any{"cluster", "setslot", slot, "migrating", to.ID}},
		{from.ID, []any{"migrate", "127.0.0.1", port, "key:1", 0, 5000, "auth", "pw"}},
	} {
		if err := nodes[step.node].Do(t.Context(), step.args...).Err(); err != nil {
			t.Fatalf("%v: %v", step.args, err)
		}
	}
	if err := writeAll(t.Context(), client, "half-way"); err != nil {
		t.Errorf("write while slot %d moves: %v", slot, err)
	}
	for _, id := range []string{to.ID, from.ID} {
		if err := nodes[id].Do(t.Context(), "cluster", "setslot", slot, "node", to.ID).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(wantAll(t.Context(), client, "half-way"), writeAll(t.Context(), client, "moved"), wantAll(t.Context(), client, "moved")); err != nil {
		t.Error(err)
	}
	if n, err := nodes[to.ID].ClusterCountKeysInSlot(t.Context(), slot).Result(); err != nil || n != 1 {
		t.Errorf("the new owner of slot %d has %d keys of it, %v, want 1", slot, n, err)
	}
}

func TestClusterInContainers(t *testing.T) {
	t.Parallel()
	p := topologyProject(t, "cluster", onCompose(t)...)
	ridesOutAReshard(t, p)
	_, port, _ := strings.Cut(p.settings.RedisURL.Addrs()[0], ":")
	probe(t, "--network="+p.settings.Project+"_default", "redis+cluster://default:pw@cluster:"+port)
}

func TestSentinelsInContainers(t *testing.T) {
	t.Parallel()
	p := topologyProject(t, "sentinel", onCompose(t)...)
	client := p.open(t, p.settings.Celery.BrokerURL)
	eventually(t, "write", func(ctx context.Context) error { return writeAll(ctx, client, "before") })
	orderFailover(t, p)
	eventually(t, "write after the failover", func(ctx context.Context) error { return writeAll(ctx, client, "after") })
	if _, err := p.env.Wait(t.Context()); err != nil {
		t.Error(err)
	}
	id := p.service(t, isMaster).Container
	if id == "" {
		out, err := exec.Command("docker", "ps", "-q", "--filter", "label=com.docker.compose.project="+p.settings.Project).Output()
		if err != nil {
			t.Fatal(err)
		}
		id = strings.TrimSpace(string(out))
	}
	probe(t, "--network=container:"+id, p.settings.Celery.BrokerURL.Reveal()+"&sentinel_password=pw")
}

// probe opens a URL in another container.
func probe(t *testing.T, network, url string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "probe")
	build := exec.Command("go", "build", "-o", program, "./testdata/probe")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the probe: %v\n%s", err, out)
	}
	out, err := exec.Command("docker", "run", "--rm", network, "-v", program+":/probe:ro", "--entrypoint", "/probe", localImage(t), url).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "all keys read back") {
		t.Errorf("a client in another container: %v\n%s", err, out)
	}
}
