package devenv_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

// load reads settings from nothing but what the test gives.
func load(t *testing.T, dotenv string, environ []string, flags map[string]string) (*devenv.Settings, error) {
	t.Helper()
	root := t.TempDir()
	if dotenv != "" {
		if err := os.WriteFile(filepath.Join(root, ".env"), []byte(dotenv), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if environ == nil {
		environ = []string{}
	}
	return devenv.Load(devenv.LoadOptions{Root: root, Environ: environ, Flags: flags})
}

func mustLoad(t *testing.T, dotenv string, environ ...string) *devenv.Settings {
	t.Helper()
	s, err := load(t, dotenv, environ, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLoadPrecedence(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, dotenv string
		environ      []string
		flags        map[string]string
		want         int
		origin       string
	}{
		{name: "default", want: 6379},
		{name: "file", dotenv: "# ours\nREDKIT_CACHE_PORT=6001\n", want: 6001, origin: ".env:2"},
		{name: "environment over file", dotenv: "REDKIT_CACHE_PORT=6001", environ: []string{"REDKIT_CACHE_PORT=6002"}, want: 6002, origin: "environment"},
		{name: "flag over environment", dotenv: "REDKIT_CACHE_PORT=6001", environ: []string{"REDKIT_CACHE_PORT=6002"}, flags: map[string]string{"cache-port": "6003"}, want: 6003, origin: "flag -cache-port"},
		{name: "empty environment restores the default", dotenv: "REDKIT_CACHE_PORT=6001", environ: []string{"REDKIT_CACHE_PORT="}, want: 6379},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := load(t, tt.dotenv, tt.environ, tt.flags)
			if err != nil {
				t.Fatal(err)
			}
			if s.CachePort != tt.want || s.Origin("REDKIT_CACHE_PORT") != tt.origin {
				t.Errorf("CachePort = %d from %q, want %d from %q", s.CachePort, s.Origin("REDKIT_CACHE_PORT"), tt.want, tt.origin)
			}
		})
	}
}

func TestLoadListsEveryProblemAtOnce(t *testing.T) {
	t.Parallel()
	_, err := load(t, "REDKIT_BACKND=native\nREDKIT_PROFILE=double\n", []string{
		"REDKIT_CACHE_PORT=70000", "REDKIT_CACHE_MAXMEMORY=lots", "REDKIT_BIND=0.0.0.0",
		"REDIS_URL=redis://default:s3cret@host:port/0", "REDIS_TLS_CERT_FILE=a.crt",
	}, map[string]string{"profil": "single"})
	if !errors.Is(err, devenv.ErrSettings) {
		t.Fatalf("Load() error = %v, want one that wraps ErrSettings", err)
	}
	var problems devenv.Problems
	if !errors.As(err, &problems) || len(problems) != 8 {
		t.Errorf("Load() error lists %d problems, want 8", len(problems))
	}
	text := err.Error()
	for _, want := range []string{
		"REDKIT_BACKND (.env:1): there is no such setting", "did you mean REDKIT_BACKEND?",
		`REDKIT_PROFILE=double (.env:2): unknown profile "double": known are split, single, sentinel, cluster, tls, acl and monitoring`,
		"REDKIT_CACHE_PORT=70000 (environment): want a port from 1 to 65535",
		"REDKIT_CACHE_MAXMEMORY=lots", "REDKIT_BIND=0.0.0.0",
		"REDIS_URL=redis://default:***@host:port/0", "REDIS_TLS_CERT_FILE",
		"-profil: there is no such flag", "did you mean -profile?",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the error does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "s3cret") {
		t.Errorf("the error shows a password:\n%s", text)
	}
}

func TestDerivedURLs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		environ []string
		want    map[string]string
	}{
		{"split", []string{"REDKIT_CACHE_PORT=7001", "REDKIT_BROKER_PORT=7002", "REDKIT_PASSWORD=p@ss"}, map[string]string{
			"REDIS_URL": "redis://default:p%40ss@127.0.0.1:7001/0", "REDIS_CACHE_PERMISSIONS_URL": "redis://default:p%40ss@127.0.0.1:7001/1",
			"REDIS_CACHE_SESSIONS_URL": "redis://default:p%40ss@127.0.0.1:7002/3",
			"CELERY_BROKER_URL":        "redis://default:p%40ss@127.0.0.1:7002/0", "CHANNEL_LAYERS_DEFAULT_URL": "redis://default:p%40ss@127.0.0.1:7002/2",
		}},
		{"single", []string{"REDKIT_PROFILE=single"}, map[string]string{
			"REDIS_URL": "redis://127.0.0.1:6379/0", "REDIS_CACHE_SESSIONS_URL": "redis://127.0.0.1:6379/3",
			"CELERY_BROKER_URL": "redis://127.0.0.1:6379/4", "CELERY_RESULT_BACKEND": "redis://127.0.0.1:6379/5", "CHANNEL_LAYERS_DEFAULT_URL": "redis://127.0.0.1:6379/6",
		}},
		{"channel layer", []string{"CHANNEL_LAYERS_DEFAULT_PREFIX=shop"}, map[string]string{
			"CHANNEL_LAYERS_DEFAULT_PREFIX": "shop", "CHANNEL_LAYERS_DEFAULT_BACKEND": "core",
		}},
		{"the other channel layer", []string{"CHANNEL_LAYERS_DEFAULT_BACKEND=pubsub"}, map[string]string{"CHANNEL_LAYERS_DEFAULT_BACKEND": "pubsub"}},
		{"one URL", []string{"REDIS_URL=redis://elsewhere/2"}, map[string]string{
			"REDIS_CACHE_DEFAULT_URL": "redis://elsewhere/2", "CELERY_BROKER_URL": "redis://elsewhere/2", "CELERY_RESULT_BACKEND": "redis://elsewhere/2",
		}},
		{"nearest wins", []string{"REDIS_URL=redis://a", "REDIS_CACHE_URL=redis://b", "REDIS_CACHE_PERMISSIONS_URL=redis://c", "REDIS_BROKER_URL=redis://d", "CELERY_BROKER_URL=redis://e"}, map[string]string{
			"REDIS_URL": "redis://a", "REDIS_CACHE_DEFAULT_URL": "redis://b", "REDIS_CACHE_PERMISSIONS_URL": "redis://c",
			"CELERY_BROKER_URL": "redis://e", "CELERY_RESULT_BACKEND": "redis://e", "CHANNEL_LAYERS_DEFAULT_URL": "redis://d",
		}},
		{"sentinel", []string{"REDKIT_PROFILE=sentinel", "REDKIT_SENTINEL_PORTS=1,2,3", "REDKIT_PASSWORD=pw"}, map[string]string{
			"CELERY_BROKER_URL":               "sentinel://default:pw@127.0.0.1:1/4;sentinel://127.0.0.1:2/4;sentinel://127.0.0.1:3/4?master_name=mymaster",
			"REDIS_SENTINEL_PASSWORD":         "pw",
			"CELERY_BROKER_TRANSPORT_OPTIONS": `{"fanout_prefix":"/4.","master_name":"mymaster","sentinel_kwargs":{"password":"pw"}}`,
		}},
		{"cluster", []string{"REDKIT_PROFILE=cluster", "REDKIT_CLUSTER_PORTS=1-4,8 9"}, map[string]string{
			"REDIS_URL":                "redis+cluster://127.0.0.1:1,127.0.0.1:2,127.0.0.1:3,127.0.0.1:4,127.0.0.1:8,127.0.0.1:9",
			"CELERY_BROKER_URL":        "redis://127.0.0.1:6380/0",
			"REDIS_CACHE_SESSIONS_URL": "redis://127.0.0.1:6380/3",
		}},
		{"tls", []string{"REDKIT_PROFILE=tls", "REDKIT_DIR=/state", "REDKIT_TLS_CLIENTS=required"}, map[string]string{
			"REDIS_URL": "rediss://127.0.0.1:6379/0?ssl_ca_certs=%2Fstate%2Fcerts%2Fca.crt&ssl_cert_reqs=required&ssl_certfile=%2Fstate%2Fcerts%2Fclient.crt&ssl_keyfile=%2Fstate%2Fcerts%2Fclient.key",
		}},
		{"acl", []string{"REDKIT_PROFILE=single,acl", "REDKIT_PASSWORD=root", "REDIS_APP_PASSWORD=a1", "REDIS_CELERY_USERNAME=worker", "REDIS_CELERY_PASSWORD=c1", "REDIS_MONITOR_PASSWORD=m1"}, map[string]string{
			"REDIS_CACHE_DEFAULT_URL": "redis://app:a1@127.0.0.1:6379/0", "CELERY_BROKER_URL": "redis://worker:c1@127.0.0.1:6379/4",
			"CHANNEL_LAYERS_DEFAULT_URL": "redis://app:a1@127.0.0.1:6379/6", "REDIS_MONITOR_USERNAME": "monitor", "REDIS_MONITOR_PASSWORD": "m1",
		}},
		{"an alias of the user", []string{"REDIS_CACHE_REPORTS_TIMEOUT=10"}, map[string]string{
			"REDIS_CACHE_REPORTS_URL": "redis://127.0.0.1:6379/7", "REDIS_CACHE_REPORTS_TIMEOUT": "10", "REDIS_CACHE_REPORTS_KEY_PREFIX": "reports",
		}},
		{"sentinels", []string{"REDIS_SENTINELS=h1:26379,h2:26379", "REDIS_SENTINEL_MASTER=m"}, map[string]string{
			"REDIS_URL": "sentinel://h1:26379/0;sentinel://h2:26379/0?master_name=m", "CELERY_RESULT_BACKEND": "sentinel://h1:26379/1;sentinel://h2:26379/1?master_name=m",
		}},
		{"cluster", []string{"REDIS_CLUSTER_NODES=h1:7001,h2:7002"}, map[string]string{
			"REDIS_URL": "redis+cluster://h1:7001,h2:7002", "CELERY_BROKER_URL": "redis://127.0.0.1:6380/0",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := map[string]string{}
			for _, v := range mustLoad(t, "", tt.environ...).Env(true) {
				got[v.Name] = v.Value
			}
			for name, want := range tt.want {
				if got[name] != want {
					t.Errorf("%s = %q, want %q", name, got[name], want)
				}
			}
		})
	}
}

func TestWhatIsNotRedisIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := mustLoad(t, "", "CELERY_BROKER_URL=amqp://u:s3cret@h//", "CELERY_RESULT_BACKEND=django-db")
	for _, v := range s.Env(true) {
		if v.Name == "CELERY_BROKER_URL" || v.Name == "CELERY_RESULT_BACKEND" {
			t.Errorf("Env has %s, want the application's own value to stand", v.Name)
		}
	}
	if text := strings.Join(s.Warnings, "\n"); strings.Count(text, "is not Redis") != 2 || strings.Contains(text, "s3cret") {
		t.Errorf("warnings = %s", text)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		environ []string
		want    string // "" for no warning
	}{
		{"defaults", nil, ""},
		{"single", []string{"REDKIT_PROFILE=single"}, ""},
		{"ephemeral port", []string{"REDKIT_CACHE_PORT=40000"}, "REDKIT_CACHE_PORT=40000 lies where"},
		{"one URL for all", []string{"REDIS_URL=redis://h/0"}, "The broker is REDIS_URL"},
		{"shared by aliases", []string{"REDIS_CACHE_URL=redis://h/0"}, "default, permissions, api_responses, sessions share database h:6379/0"},
		{"shared with queues", []string{"CELERY_BROKER_URL=redis://127.0.0.1:6379/0"}, "Celery's queues and cache alias default share"},
		{"sessions evicted", []string{"REDIS_CACHE_SESSIONS_URL=redis://localhost:6379/3"}, "users are logged out"},
		{"sessions kept", []string{"REDIS_CACHE_SESSIONS_URL=redis://localhost:6379/3", "REDKIT_CACHE_POLICY=noeviction"}, ""},
		{"Celery's trap", []string{"CELERY_RESULT_BACKEND=rediss://h/1"}, "CELERY_RESULT_BACKEND is rediss:// without ssl_cert_reqs"},
		{"a database for Go alone", []string{"CELERY_BROKER_URL=sentinel://h1;sentinel://h2/4?master_name=m"}, "CELERY_BROKER_URL has its database behind the last sentinel alone"},
		{"a database for both", []string{"CELERY_BROKER_URL=sentinel://h1/4;sentinel://h2/4?master_name=m"}, ""},
		{"misspelt", []string{"REDIS_CACHE_DEFAULT_TIMOUT=5", "CELERY_BROKER_POOL_LIMIT=3"}, "REDIS_CACHE_DEFAULT_TIMOUT (environment) is no setting: did you mean REDIS_CACHE_DEFAULT_TIMEOUT?"},
		{"the application's own", []string{"CELERY_BROKER_POOL_LIMIT=3", "REDIS_CACHE_ENABLED=1", "REDIS_HOST=h"}, ""},
		{"trap avoided", []string{"CELERY_RESULT_BACKEND=rediss://h/1?ssl_cert_reqs=required"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Join(mustLoad(t, "", tt.environ...).Warnings, "\n")
			if tt.want == "" && text != "" || !strings.Contains(text, tt.want) {
				t.Errorf("warnings = %q, want %q", text, tt.want)
			}
		})
	}
}
