package devenv_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/reference/cache"
)

// aliases are those of settings that must be right, of which only names count.
func aliases(t *testing.T, s *devenv.Settings) map[string]cache.Alias {
	t.Helper()
	all, err := s.CacheAliases()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCacheAliasesOpenWhatTheSettingsName(t *testing.T) {
	t.Parallel()
	p := newProject(t, "REDIS_CACHE_PERMISSIONS_KEY_PREFIX=perm", "REDIS_CACHE_PERMISSIONS_SERIALIZER=json", "REDIS_CACHE_PERMISSIONS_VERSION=3").up(t)
	for _, open := range []struct {
		name string
		opts []cache.OpenOption
		here bool // the server has it
	}{
		{"memory", []cache.OpenOption{cache.InMemory()}, false},
		{"servers", nil, true},
	} {
		caches, err := cache.Open(aliases(t, p.settings), open.opts...)
		if err != nil {
			t.Fatal(err)
		}
		defer caches.Close()
		c, err := caches.Get("permissions")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Set(t.Context(), "ann", []any{"read"}, cache.Default); err != nil {
			t.Fatal(err)
		}
		a, _ := p.settings.Alias("permissions")
		client, err := p.settings.Open(a.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		stored := client.Get(t.Context(), "perm:3:ann").Val()
		if want := map[bool]string{true: `["read"]`}[open.here]; stored != want {
			t.Errorf("in %s: perm:3:ann = %q, want %q", open.name, stored, want)
		}
		if left := client.TTL(t.Context(), "perm:3:ann").Val(); open.here && (left <= 30*time.Second || left > time.Minute) {
			t.Errorf("in %s: perm:3:ann lives %v, want the minute of the alias", open.name, left)
		}
	}
}

func TestCacheAliasesSayAllThatTheSettingsSay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		environ []string
		want    cache.Alias
	}{
		{"replicas", []string{
			"REDIS_CACHE_MINE_URL=redis://ann:s3cret@10.0.0.1:6380/2?socket_timeout=2&max_connections=7&timeout=4", "REDIS_CACHE_MINE_TIMEOUT=", "REDIS_CACHE_MINE_VERSION=2",
			"REDIS_CACHE_MINE_REPLICAS=10.0.0.2:6380,10.0.0.3:6380", "REDIS_CACHE_MINE_COMPRESSOR=zstd", "REDIS_CACHE_MINE_IGNORE_EXCEPTIONS=on",
		}, cache.Alias{
			Location: []string{"redis://10.0.0.1:6380/2?client_name=redkit", "redis://10.0.0.2:6380/2?client_name=redkit", "redis://10.0.0.3:6380/2?client_name=redkit"},
			Username: "ann", Password: "s3cret", SocketTimeout: 2 * time.Second, PoolTimeout: 4 * time.Second, PoolSize: 7,
			KeyPrefix: "mine", Version: 2, Timeout: cache.Forever, Compressor: "zstd", IgnoreExceptions: true,
		}},
		{"sentinels", []string{
			"REDIS_CACHE_MINE_URL=sentinel://:pw@10.0.0.1:26379/1;sentinel://10.0.0.2:26379/1?master_name=shop", "REDIS_SENTINEL_PASSWORD=watch",
			"REDIS_CACHE_MINE_MAX_CONNECTIONS=3", "REDIS_CACHE_MINE_SERIALIZER=msgpack",
		}, cache.Alias{
			Location: []string{"redis://shop/1?client_name=redkit"}, Password: "pw", PoolSize: 3,
			Sentinel:  &cache.Sentinel{Addrs: []string{"10.0.0.1:26379", "10.0.0.2:26379"}, Password: "watch"},
			KeyPrefix: "mine", Version: 1, Timeout: cache.For(300 * time.Second), Serializer: "msgpack",
		}},
		{"a cluster over TLS", []string{"REDIS_CACHE_MINE_URL=rediss+cluster://10.0.0.1:7001,10.0.0.2:7002?ssl_cert_reqs=none"}, cache.Alias{
			Location: []string{"rediss://10.0.0.1:7001/0?client_name=redkit", "rediss://10.0.0.2:7002/0?client_name=redkit"}, Cluster: true,
			KeyPrefix: "mine", Version: 1, Timeout: cache.For(300 * time.Second),
		}},
		{"a socket", []string{"REDIS_CACHE_MINE_URL=unix:///run/redis.sock?db=4"}, cache.Alias{
			Location: []string{"unix:///run/redis.sock?client_name=redkit&db=4"}, KeyPrefix: "mine", Version: 1, Timeout: cache.For(300 * time.Second),
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := aliases(t, mustLoad(t, "", tt.environ...))
			mine := got["mine"]
			if tls := strings.HasPrefix(mine.Location[0], "rediss"); tls != (mine.TLS != nil) || tls && !mine.TLS.InsecureSkipVerify {
				t.Errorf("TLS = %+v, want that of the URL", mine.TLS)
			}
			if diff := cmp.Diff(tt.want, mine, cmpopts.IgnoreFields(cache.Alias{}, "TLS")); diff != "" {
				t.Errorf("alias mine (-want +got):\n%s", diff)
			}
			caches, err := cache.Open(got)
			if err != nil {
				t.Fatalf("cache.Open = %v, want it to take what the settings give", err)
			}
			if err := caches.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCacheAliasesNameWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := mustLoad(t, "", "REDIS_CACHE_MINE_URL=sentinel://:s3cret@10.0.0.1:26379/1?master_name=shop", "REDIS_CACHE_MINE_REPLICAS=10.0.0.2:6379")
	_, err := s.CacheAliases()
	if err == nil || !strings.Contains(err.Error(), "REDIS_CACHE_MINE_REPLICAS: want them with a redis:// or rediss:// URL only") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("CacheAliases with replicas behind sentinels = %v, want an error that names them, and no password", err)
	}
}

// TestEnvPrintsTheOptionsOfAnAlias holds that an application hears of them.
func TestEnvPrintsTheOptionsOfAnAlias(t *testing.T) {
	t.Parallel()
	set := []string{
		"REDIS_CACHE_DEFAULT_SERIALIZER=json", "REDIS_CACHE_DEFAULT_COMPRESSOR=lz4", "REDIS_CACHE_DEFAULT_REPLICAS=10.0.0.2:6379",
		"REDIS_CACHE_DEFAULT_MAX_CONNECTIONS=9", "REDIS_CACHE_DEFAULT_IGNORE_EXCEPTIONS=on",
	}
	s := mustLoad(t, "", append(set, "REDIS_CACHE_SESSIONS_SERIALIZER=pickle", "REDIS_CACHE_SESSIONS_COMPRESSOR=none", "REDIS_CACHE_SESSIONS_IGNORE_EXCEPTIONS=off")...)
	var got []string
	for _, v := range s.Env(false) {
		for _, field := range []string{"_SERIALIZER", "_COMPRESSOR", "_REPLICAS", "_MAX_CONNECTIONS", "_IGNORE_EXCEPTIONS"} {
			if strings.HasSuffix(v.Name, field) {
				got = append(got, v.Name+"="+v.Value)
			}
		}
	}
	if diff := cmp.Diff(set, got); diff != "" {
		t.Errorf("options in Env (-want +got):\n%s", diff)
	}
}
