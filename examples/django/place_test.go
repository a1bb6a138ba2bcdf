package main_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/internal/fleet"
	"github.com/redkit-dev/redkit/internal/freeport"
)

// A place is an environment of devenv that the shop runs on.
type place struct {
	name   string
	golden string // what is seen there, in testdata: "shop" where all works
	play   func(*scene)
	// environ gives what the developer would set, beside the ports.
	environ func(t *testing.T) []string
}

// everything is what Django, Celery and Channels share with Go.
func everything(s *scene) {
	s.caching()
	s.many()
	s.clears()
	s.tasks()
	s.beats()
	s.sockets(devenv.LayerCore)
	s.sockets(devenv.LayerPubSub)
	s.counters()
	s.locks()
}

// up starts the servers, writes .redkit/env.redis and stops all with the test.
func (p place) up(t *testing.T) (*devenv.Settings, string) {
	t.Helper()
	environ := []string{
		"REDKIT_WAIT=60s", "REDKIT_CACHE_PORT=" + list(t, &ports, 1), "REDKIT_BROKER_PORT=" + list(t, &ports, 1),
		"REDKIT_SENTINEL_PORTS=" + list(t, &ports, 3), "REDKIT_SENTINEL_DATA_PORTS=" + list(t, &ports, 3),
		"REDKIT_CLUSTER_PORTS=" + list(t, &nodePorts, 6, fleet.BusOffset),
	}
	s, err := devenv.Load(devenv.LoadOptions{Root: t.TempDir(), Environ: append(environ, p.environ(t)...)})
	if err != nil {
		t.Fatal(err)
	}
	env := devenv.New(s, devenv.Options{Serve: func(context.Context) ([]string, error) { return []string{os.Args[0], serveWord}, nil }})
	t.Cleanup(func() {
		if _, err := env.Down(context.Background(), devenv.DownOptions{Volumes: true}); err != nil {
			t.Error(err)
		}
	})
	if _, err := env.Up(t.Context(), devenv.UpOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := env.WriteEnvFile(); err != nil {
		t.Fatal(err)
	}
	return s, env.EnvFile()
}

// missing ends a test on a machine that has not what it needs.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("REDISTEST_REQUIRE") == "1" {
		t.Fatal("REDISTEST_REQUIRE=1: " + what)
	}
	t.Skip(what)
}

func needNative(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		missing(t, "no redis-server on PATH: apt-get install redis-server")
	}
}

// localImage is an image of Redis that is on this machine.
func localImage(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("REDISTEST_IMAGE"), "redis:7.4"} {
		if name != "" && exec.Command("docker", "image", "inspect", name).Run() == nil {
			return name
		}
	}
	missing(t, "no Docker engine with an image of Redis: run .ci/image, or name one in REDISTEST_IMAGE")
	return ""
}

// ports and nodePorts are ranges that no other package of this module draws
// from; a node of a cluster listens on a second port, too.
var (
	ports     = freeport.Range{First: 32_000, Count: 760}
	nodePorts = freeport.Range{First: 8_400, Count: 100}
)

// list takes ports in the form of settings.
func list(t *testing.T, from *freeport.Range, n int, offsets ...int) string {
	t.Helper()
	found, err := from.Take(n, offsets...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(found), " ", ","), "[]")
}
