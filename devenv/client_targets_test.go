package devenv_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/fixtures"
)

// seedCluster applies fixtures to caches of a cluster, and dumps them again.
func seedCluster(t *testing.T, client redis.UniversalClient) {
	t.Helper()
	targets := fixtures.Targets{Caches: map[string]fixtures.Cache{"default": {Client: client}, "permissions": {Client: client, KeyPrefix: "permissions"}}, Broker: fixtures.Queue{Client: client}}
	for _, name := range []string{"types", "permissions"} {
		if _, err := fixtures.Named(name).ApplyTo(t.Context(), targets, fixtures.Options{}); err != nil {
			t.Fatal(err)
		}
		report, err := fixtures.Named(name).ApplyTo(t.Context(), targets, fixtures.Options{DryRun: true})
		if err != nil || strings.Contains(report.String(), "new") || strings.Contains(report.String(), "changed") {
			t.Errorf("a dry run of %s after it was applied: %v\n%s", name, err, report)
		}
	}
	dump, err := fixtures.Dump(t.Context(), "dump", targets)
	if err != nil {
		t.Fatal(err)
	}
	text, err := dump.YAML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"types:stream", "user:1:\n", "superusers:", "key: key7"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the dump of the cluster does not say %q:\n%s", want, text)
		}
	}
}

func TestFixtureTargetsFollowTheSettings(t *testing.T) {
	t.Parallel()
	p := newProject(t, "REDIS_CACHE_PERMISSIONS_KEY_PREFIX=perm", "REDIS_CACHE_DEFAULT_TIMEOUT=", "CHANNEL_LAYERS_DEFAULT_PREFIX=lay", "CELERY_BROKER_GLOBAL_KEYPREFIX=shop:").up(t)
	targets, closeAll, err := p.settings.FixtureTargets()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fixtures.Named("demo").ApplyTo(t.Context(), targets, fixtures.Options{}); err != nil {
		t.Fatal(err)
	}
	permissions, _ := p.settings.Alias("permissions")
	sessions, _ := p.settings.Alias("sessions")
	for _, where := range []struct {
		url  devenv.URL
		keys string
	}{
		{p.settings.RedisURL, ":1:greeting :1:maintenance :1:product:1 :1:product:2 :1:visits shop:leaderboard"},
		{permissions.URL, "perm:1:user:1 perm:1:user:2"},
		{sessions.URL, "sessions:1:3k9yq2ch0aqn4f1m7x5d6s8w2b4v6n8p"},
		{p.settings.Celery.BrokerURL, "shop:_kombu.binding.celery shop:celery shop:celery\x06\x163 shop:events"},
		{p.settings.Channels.URL, "lay:group:shop.prices"},
	} {
		keys := open(t, where.url.Reveal(), devenv.ClientOptions{}).Keys(t.Context(), "*").Val()
		slices.Sort(keys)
		if got := strings.Join(keys, " "); got != where.keys {
			t.Errorf("%s holds %q, want %q", where.url, got, where.keys)
		}
	}
	if ttl := open(t, p.settings.RedisURL.Reveal(), devenv.ClientOptions{}).PTTL(t.Context(), ":1:greeting").Val(); ttl >= 0 {
		t.Errorf("an entry of an alias without timeout lives %v, want for ever", ttl)
	}
	if err := closeAll(); err != nil {
		t.Error(err)
	}
	if err := targets.Broker.Client.Ping(t.Context()).Err(); err == nil {
		t.Error("a client answers after closeAll")
	}
	broken := newProject(t, "REDIS_TLS_CA_FILE=missing.crt", "REDIS_CACHE_DEFAULT_URL=rediss://127.0.0.1:1/0")
	if _, _, err := broken.settings.FixtureTargets(); err == nil || !strings.Contains(err.Error(), "cache alias default: open rediss://127.0.0.1:1/0") {
		t.Errorf("FixtureTargets without the authority's file = %v, want an error that names the alias", err)
	}
}
