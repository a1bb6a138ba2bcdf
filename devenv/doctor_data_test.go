package devenv_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

func TestDoctorOnData(t *testing.T) {
	t.Parallel()
	p := newProject(t).up(t)
	p.says(t, "data", "ok    the servers can read the data", none)
	if _, err := p.env.Down(context.Background(), devenv.DownOptions{}); err != nil {
		t.Fatal(err)
	}
	p.says(t, "data", "ok    the servers can read the data", none)
	bases, err := filepath.Glob(filepath.Join(p.settings.Dir, "native", "broker", "data", "appendonlydir", "*.base.rdb"))
	if err != nil || len(bases) != 1 {
		t.Skipf("this server keeps one append-only file: %v, %v", bases, err)
	}
	if err := os.WriteFile(bases[0], []byte("REDIS0099"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.says(t, "data", "FAIL  the data of the broker were written by a newer server (RDB format 99)", none)

	// A server of before Redis 7 would start empty beside them.
	old := filepath.Join(t.TempDir(), "redis-server")
	if err := os.WriteFile(old, []byte("#!/bin/sh\necho Redis server v=6.0.16 sha=0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	environ := append([]string{"REDKIT_REDIS_SERVER=" + old}, p.environ...)
	s, err := devenv.Load(devenv.LoadOptions{Root: p.root, Environ: environ})
	if err != nil {
		t.Fatal(err)
	}
	text := project{p.root, environ, s, devenv.New(s, devenv.Options{})}.examine(t, "data", none)
	if !strings.Contains(text, "FAIL") || !strings.Contains(text, "server 6.0.16 would start empty and ignore them") {
		t.Errorf("doctor on a server of before Redis 7 = %q", text)
	}
}
