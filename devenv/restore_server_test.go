package devenv_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

// TestRestoreAcrossServers has every server of REDISTEST_SERVERS give its data
// to itself and to every other: a backup either comes back whole, into a
// server with an append-only file, or is refused and nothing has changed.
func TestRestoreAcrossServers(t *testing.T) {
	t.Parallel()
	servers := filepath.SplitList(os.Getenv("REDISTEST_SERVERS"))
	if len(servers) == 0 {
		servers = []string{""}
	}
	var files []string
	for n, server := range servers { // in the order of their formats
		p := newProject(t, "REDKIT_BACKEND=native", "REDKIT_REDIS_SERVER="+server).up(t)
		broker, err := p.settings.Open(p.settings.Celery.BrokerURL)
		if err != nil {
			t.Fatal(err)
		}
		defer broker.Close()
		value := func() string { return broker.LRange(t.Context(), "celery", 0, -1).String() }
		if err := broker.RPush(t.Context(), "celery", "one", "two").Err(); err != nil {
			t.Fatal(err)
		}
		const want = "lrange celery 0 -1: [one two]"
		b, err := p.env.Backup(t.Context(), devenv.BackupOptions{Service: "broker", Name: "own"})
		if err != nil {
			t.Fatalf("%s: %v", server, err)
		}
		files = append(files, filepath.Join(p.settings.Dir, "backups", b.ID, "broker.rdb"))
		for m, file := range files {
			if err := broker.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			if _, err := p.env.Restore(t.Context(), devenv.RestoreOptions{File: file, Service: "broker"}); err != nil {
				if m != n && devenv.AsFailure(err).Code == "data_too_new" {
					continue // Valkey does not read what Redis writes since 7.4
				}
				t.Errorf("%s restores what %s saved: %v", server, servers[m], err)
				continue
			}
			if got := value(); got != want {
				t.Errorf("%s has, of what %s saved, %s, want %s", server, servers[m], got, want)
			}
		}
		if got := broker.ConfigGet(t.Context(), "appendonly").String(); !strings.Contains(got, "yes") {
			t.Errorf("%s: %s, want an append-only file", server, got)
		}
	}
	if len(servers) < 2 {
		return
	}
	// The oldest server reads nothing of the newer ones, and says so.
	p := newProject(t, "REDKIT_BACKEND=native", "REDKIT_REDIS_SERVER="+servers[0]).up(t)
	for m, file := range files[1:] {
		_, err := p.env.Restore(t.Context(), devenv.RestoreOptions{File: file, Service: "broker"})
		if f := devenv.AsFailure(err); f == nil || f.Code != "data_too_new" || f.Exit != devenv.ExitData {
			t.Errorf("%s restores what %s saved: %v, want a refusal", servers[0], servers[m+1], err)
		}
	}
}
