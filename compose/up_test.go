package compose_test

import (
	"context"
	"fmt"
	"os/exec"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/compose"
	"github.com/redkit-dev/redkit/devenv"
)

// start brings a stack up, and takes all of it down when the test ends.
func start(t *testing.T, flavour []string, stack compose.Stack) {
	t.Helper()
	dir := t.TempDir()
	if err := stack.Write(dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := run(ctx, t, flavour, stack, dir, "down", "-v"); err != nil {
			t.Errorf("the stack is left behind: %v", err)
		}
		for _, list := range [][]string{{"ps", "-aq"}, {"volume", "ls", "-q"}, {"network", "ls", "-q"}} {
			out, err := exec.CommandContext(ctx, "docker", append(list, "--filter", "label=com.docker.compose.project="+stack.Project)...).Output()
			if err != nil || len(out) > 0 {
				t.Errorf("docker %s after down: %s %v", list[0], out, err)
			}
		}
	})
	if _, err := run(t.Context(), t, flavour, stack, dir, append([]string{"up", "-d"}, stack.Services()...)...); err != nil {
		t.Fatal(err)
	}
}

// client returns a client that keeps trying while the server starts.
func client(t *testing.T, port int, password string) *redis.Client {
	t.Helper()
	c := redis.NewClient(&redis.Options{
		Addr: fmt.Sprintf("127.0.0.1:%d", port), Password: password,
		MaxRetries: 200, MinRetryBackoff: 20 * time.Millisecond, MaxRetryBackoff: 50 * time.Millisecond,
	})
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := c.Ping(t.Context()).Err(); err != nil {
		t.Fatalf("PING on port %d: %v", port, err)
	}
	return c
}

func config(t *testing.T, c *redis.Client, names ...string) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, name := range names {
		values, err := c.ConfigGet(t.Context(), name).Result()
		if err != nil {
			t.Fatal(err)
		}
		got[name] = values[name]
	}
	return got
}

func want(t *testing.T, got map[string]string, name, value string) {
	t.Helper()
	if got[name] != value {
		t.Errorf("%s = %q, want %q", name, got[name], value)
	}
}

func TestSplitRunsACacheAndABroker(t *testing.T) {
	t.Parallel()
	for version, flavour := range flavours(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			const password = "s3cret-#%&*word"
			stack := compose.Stack{
				Project: fmt.Sprintf("redkit-up-%d", freePort(t)), Image: image(t), Password: password,
				CachePort: freePort(t), BrokerPort: freePort(t), CacheMaxMemory: "32mb", BrokerAppendFsync: "always",
			}
			start(t, flavour, stack)
			cache := config(t, client(t, stack.CachePort, password), "maxmemory", "maxmemory-policy", "appendonly", "save", "databases")
			want(t, cache, "databases", "1024")
			want(t, cache, "maxmemory", "33554432")
			want(t, cache, "maxmemory-policy", "allkeys-lru")
			want(t, cache, "appendonly", "no")
			want(t, cache, "save", "")
			broker := config(t, client(t, stack.BrokerPort, password), "maxmemory", "maxmemory-policy", "appendonly", "appendfsync", "databases")
			want(t, broker, "databases", "1024")
			want(t, broker, "maxmemory", "268435456")
			want(t, broker, "maxmemory-policy", "noeviction")
			want(t, broker, "appendonly", "yes")
			want(t, broker, "appendfsync", "always")
			refusesAnonymous(t, stack.CachePort)
			hidesPassword(t, stack.Project, password)
			healthy(t, stack.Project)
		})
	}
}

func TestSingleRunsOneDurableServer(t *testing.T) {
	t.Parallel()
	for version, flavour := range flavours(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			stack := compose.Stack{
				Project: fmt.Sprintf("redkit-up-%d", freePort(t)), Image: image(t), Profile: compose.Single,
				CachePort: freePort(t), BrokerVolatile: true,
			}
			start(t, flavour, stack)
			got := config(t, client(t, stack.CachePort, ""), "maxmemory-policy", "appendonly")
			want(t, got, "maxmemory-policy", "noeviction")
			want(t, got, "appendonly", "yes")
			healthy(t, stack.Project)
			if n := len(containers(t, stack.Project)); n != 1 {
				t.Errorf("%d containers run, want 1", n)
			}
		})
	}
}

func TestGuardedSpeaksTLSAndKnowsUsers(t *testing.T) {
	t.Parallel()
	for version, flavour := range flavours(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			settings, err := devenv.Load(devenv.LoadOptions{Root: t.TempDir(), Environ: []string{
				"REDKIT_PROFILE=single,tls,acl", "REDKIT_TLS_CLIENTS=required", "REDKIT_PASSWORD=s3cret-word", "REDKIT_IMAGE=" + image(t), fmt.Sprint("REDKIT_CACHE_PORT=", freePort(t)),
				fmt.Sprint("REDKIT_PROJECT=redkit-up-", freePort(t)), "REDKIT_CACHE_PERSISTENCE=rdb", "REDIS_CELERY_PASSWORD=w0rker-s3cret",
			}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := devenv.WriteCerts(settings.CertsDir(), time.Now()); err != nil {
				t.Fatal(err)
			}
			start(t, flavour, settings.Stack())
			admin := settings.Instances()[0].URL.Reveal() + "&socket_timeout=1"
			for _, u := range []string{admin, settings.RedisURL.Reveal(), settings.Celery.BrokerURL.Reveal()} {
				c, err := devenv.OpenClient(u, devenv.ClientOptions{})
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				ready(t, c)
			}
			healthy(t, settings.Project)
			hidesPassword(t, settings.Project, "s3cret-word")
			hidesPassword(t, settings.Project, "w0rker-s3cret")
			plain := redis.NewClient(&redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", settings.CachePort), MaxRetries: -1})
			defer plain.Close()
			if err := plain.Ping(t.Context()).Err(); err == nil {
				t.Error("PING without TLS succeeds, want an error")
			}
		})
	}
}

// ready pings until the server, which has just been started, answers. Each
// try waits for the kernel: there is nothing to be told by.
func ready(t *testing.T, c redis.UniversalClient) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		err := c.Ping(ctx).Err()
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("PING: %v", err)
		}
	}
}
