package compose_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/compose"
)

func TestArgsNameTheFilesOfTheStack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		stack compose.Stack
		want  string
	}{
		{"default", compose.Stack{}, "docker-compose.yml"},
		{"cache in memory", compose.Stack{CachePersistence: "none"}, "docker-compose.yml"},
		{"cache kept", compose.Stack{CachePersistence: "rdb"}, "docker-compose.yml docker-compose.cache-data.yml"},
		{"all in memory", compose.Stack{BrokerVolatile: true}, "docker-compose.yml docker-compose.volatile.yml"},
		{"the reverse", compose.Stack{CachePersistence: "aof", BrokerVolatile: true}, "docker-compose.yml docker-compose.cache-data.yml docker-compose.volatile.yml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.stack.Project = "shop"
			want := []string{"--ansi", "never", "-p", "shop"}
			for name := range strings.FieldsSeq(tt.want) {
				want = append(want, "-f", filepath.Join("dir", name))
			}
			want = append(want, "up", "-d")
			if diff := cmp.Diff(want, tt.stack.Args("dir", "up", "-d")); diff != "" {
				t.Errorf("Args (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEnvironReplacesWhatWouldChangeTheStack(t *testing.T) {
	t.Parallel()
	stack := compose.Stack{Password: "0", CachePort: 21379, CacheMaxMemory: "0"}
	got := stack.Environ([]string{"PATH=/bin", "COMPOSE_FILE=other.yml", "REDKIT_IMAGE=stale", "DOCKER_HOST=unix:///d.sock"})
	want := []string{"PATH=/bin", "DOCKER_HOST=unix:///d.sock", "COMPOSE_PROFILES=single,sentinel,cluster", "REDKIT_CACHE_PORT=21379", "REDKIT_PASSWORD=0", "REDKIT_CACHE_MAXMEMORY=0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Environ (-want +got):\n%s", diff)
	}
}

func TestServicesFollowTheProfile(t *testing.T) {
	t.Parallel()
	for profile, want := range map[string][]string{"": {"cache", "broker"}, compose.Split: {"cache", "broker"}, compose.Single: {"redis"}, compose.Sentinel: {"sentinel"}, compose.Cluster: {"cluster", "broker"}} {
		if got := (compose.Stack{Profile: profile}).Services(); !slices.Equal(got, want) {
			t.Errorf("Services() of profile %q = %q, want %q", profile, got, want)
		}
	}
}

func TestWriteReplacesTheFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stale := filepath.Join(dir, "docker-compose.yml")
	if err := os.WriteFile(stale, []byte("stale"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := (compose.Stack{Password: "s3cret-word"}).Write(dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 4 {
		t.Errorf("Write left %d files, want 4: %v", len(entries), entries)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(content), "services:") || strings.Contains(string(content), "s3cret-word") {
			t.Errorf("%s is no compose file without secrets:\n%s", e.Name(), content)
		}
	}
}

func TestWriteNamesTheFileItCannotWrite(t *testing.T) {
	t.Parallel()
	err := compose.Stack{}.Write(filepath.Join(t.TempDir(), "missing"))
	if err == nil || !strings.Contains(err.Error(), "docker-compose.yml") {
		t.Errorf("Write into a missing directory = %v, want an error that names docker-compose.yml", err)
	}
}
