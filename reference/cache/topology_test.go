package cache_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/cache"
)

// eventually repeats what a change of servers may break for a while.
func eventually(t *testing.T, what string, try func(ctx context.Context) error) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := try(t.Context())
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s still fails after 30 s: %v", what, err)
		}
		<-time.After(20 * time.Millisecond) // between two looks
	}
}

// holds writes a value under key through one alias and reads it through
// another, which may read from a replica.
func holds(t *testing.T, write, read cache.Cache, key string) {
	t.Helper()
	eventually(t, "set "+key, func(ctx context.Context) error { return write.Set(ctx, key, []any{key, 1.5}, cache.For(time.Hour)) })
	eventually(t, "get "+key, func(ctx context.Context) error {
		v, err := read.Get(ctx, key)
		if list, ok := v.([]any); err == nil && (!ok || list[0] != key) {
			t.Errorf("Get(%s) = %v, want what was set", key, v)
		}
		return err
	})
}

// TestAnAliasFollowsTheSentinels writes and reads by aliases that know only the
// sentinels, before and after a failover and the death of a master.
func TestAnAliasFollowsTheSentinels(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := redistest.Sentinel(t, 2, redistest.Auth("", "s3cret"))
	alias := func(replicas bool) cache.Alias {
		return cache.Alias{
			Location: []string{"redis://" + s.MasterName() + "/0"}, Password: "s3cret", SocketTimeout: 2 * time.Second,
			Sentinel: &cache.Sentinel{Addrs: s.Addrs(), ReadReplicas: replicas},
		}
	}
	roles := alias(false)
	roles.Location = []string{roles.Location[0] + "?is_master=1", roles.Location[0] + "?is_master=0"}
	onReplica := alias(false)
	onReplica.Location = roles.Location[1:]
	caches := open(t, map[string]cache.Alias{"default": alias(false), "replicas": roles, "flag": alias(true), "readonly": onReplica})
	master, replicas := must[cache.Cache](t)(caches.Get("default")), must[cache.Cache](t)(caches.Get("replicas"))
	holds(t, master, master, "before")
	holds(t, replicas, replicas, "before-by-a-replica")
	if err := s.Client().Wait(ctx, 2, 10*time.Second).Err(); err != nil {
		t.Fatal(err)
	}
	flag, readonly := must[cache.Cache](t)(caches.Get("flag")), must[cache.Cache](t)(caches.Get("readonly"))
	holds(t, flag, flag, "before-by-the-flag")
	if err := readonly.Set(ctx, "k", 1); !errors.Is(err, cache.ErrUnavailable) {
		t.Errorf("Set by ?is_master=0 alone = %v, want ErrUnavailable: replicas take no writes", err)
	}
	for name, change := range map[string]func(context.Context) error{"failover": s.Failover, "death": s.KillMaster} {
		was := must[string](t)(s.Master(ctx))
		if err := change(ctx); err != nil {
			t.Fatal(err)
		}
		if is := must[string](t)(s.Master(ctx)); is == was {
			t.Fatalf("the master is still %s after a %s", is, name)
		}
		holds(t, master, master, "after-"+name)
		eventually(t, "get what was there before a "+name, func(ctx context.Context) error {
			_, err := master.Get(ctx, "before")
			return err
		})
		holds(t, replicas, replicas, "by-a-replica-after-"+name)
		if err := s.Restart(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAnAliasOverTLS reads and writes where a server speaks TLS only, with the
// certificates given by Go's configuration, and by the options of redis-py's
// URLs.
func TestAnAliasOverTLS(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := redistest.Start(t, redistest.Native(), redistest.MutualTLS())
	dir := t.TempDir()
	if err := srv.Certificates().Write(dir); err != nil {
		t.Fatal(err)
	}
	config := must[*tls.Config](t)(srv.Certificates().ClientConfig())
	files := url.Values{
		"ssl_ca_certs": {filepath.Join(dir, "ca.crt")}, "ssl_cert_reqs": {"required"},
		"ssl_certfile": {filepath.Join(dir, "client.crt")}, "ssl_keyfile": {filepath.Join(dir, "client.key")},
	}
	stranger := config.Clone()
	stranger.Certificates = nil
	caches := open(t, map[string]cache.Alias{
		"config":      {Location: []string{srv.URL()}, TLS: config},
		"url":         {Location: []string{srv.URL() + "?" + files.Encode()}},
		"unknown":     {Location: []string{srv.URL()}},
		"no identity": {Location: []string{srv.URL()}, TLS: stranger},
	})
	holds(t, alias(t, caches, "config"), alias(t, caches, "url"), "a")
	holds(t, alias(t, caches, "url"), alias(t, caches, "config"), "b")
	var unknown x509.UnknownAuthorityError
	if _, err := alias(t, caches, "unknown").Get(ctx, "a"); !errors.Is(err, cache.ErrUnavailable) || !errors.As(err, &unknown) {
		t.Errorf("Get without the authority = %v, want ErrUnavailable for an unknown authority", err)
	}
	if _, err := alias(t, caches, "no identity").Get(ctx, "a"); !errors.Is(err, cache.ErrUnavailable) {
		t.Errorf("Get without a certificate = %v, want ErrUnavailable", err)
	}
}

// TestAliasesOnSeveralServersOverTLS finds each server by its own name, not by
// that of the service or of the first node.
func TestAliasesOnSeveralServersOverTLS(t *testing.T) {
	t.Parallel()
	s := redistest.Sentinel(t, 1, redistest.TLS())
	c := redistest.Cluster(t, 3, 0, redistest.TLS())
	watched, clustered := must[*tls.Config](t)(s.Certificates().ClientConfig()), must[*tls.Config](t)(c.Certificates().ClientConfig())
	watched.ServerName, clustered.ServerName = "", "" // each by its own
	var nodes []string
	for _, addr := range c.Addrs() {
		nodes = append(nodes, "rediss://"+addr)
	}
	caches := open(t, map[string]cache.Alias{
		"sentinel": {Location: []string{"rediss://" + s.MasterName() + "/0"}, Sentinel: &cache.Sentinel{Addrs: s.Addrs()}, TLS: watched},
		"cluster":  {Location: nodes, Cluster: true, TLS: clustered},
	})
	for _, name := range caches.Names() {
		c := alias(t, caches, name)
		holds(t, c, c, "a")
	}
	if err := s.Failover(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := alias(t, caches, "sentinel")
	holds(t, again, again, "after")
}

// TestAliasesShareThePoolsOfEqualConnections counts connections by the name
// that they give themselves.
func TestAliasesShareThePoolsOfEqualConnections(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := redistest.Start(t, redistest.Native())
	name := fmt.Sprintf("redkit-pools-%d-%d", os.Getpid(), time.Now().UnixNano())
	at, err := url.Parse(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	with := func(options ...string) []string {
		q := at.Query()
		q.Set("client_name", name)
		for i := 0; i < len(options); i += 2 {
			q.Set(options[i], options[i+1])
		}
		u := *at
		u.RawQuery = q.Encode()
		return []string{u.String()}
	}
	caches := open(t, map[string]cache.Alias{
		"one":      {Location: with()},
		"the same": {Location: with(), KeyPrefix: "p", Timeout: cache.Forever, Serializer: "json", Compressor: "zlib", IgnoreExceptions: true},
		"backoff":  {Location: with("max_retry_backoff", "1s")},
		"idle":     {Location: with("max_idle_conns", "3")},
		"size":     {Location: with(), PoolSize: 7},
		"socket":   {Location: with(), SocketTimeout: time.Minute},
	})
	for _, name := range caches.Names() {
		if err := alias(t, caches, name).Set(ctx, "k", 1); err != nil {
			t.Fatal(err)
		}
	}
	list := must[string](t)(srv.Client().ClientList(ctx).Result())
	if got := strings.Count(list, " name="+name+" "); got != 5 {
		t.Errorf("%d connections, want 5 of which one serves two aliases:\n%s", got, list)
	}
}
