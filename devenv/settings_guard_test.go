package devenv_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

// guardedProject works on its servers as each user would.
func guardedProject(t *testing.T, environ ...string) {
	t.Helper()
	p := newProject(t, append(environ, "REDKIT_PROFILE=split,tls,acl", "REDKIT_TLS_CLIENTS=required", "REDKIT_PASSWORD=s3cret-word")...).up(t)
	p.run(t, p.settings.RedisURL, "set", "k", "v")
	p.run(t, p.settings.Celery.BrokerURL, "lpush", "q", "m")
	client, err := p.settings.Open(p.settings.Celery.BrokerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.FlushAll(t.Context()).Err(); err == nil || !strings.HasPrefix(err.Error(), "NOPERM") {
		t.Errorf("FLUSHALL as celery = %v, want NOPERM", err)
	}
	r, err := p.env.Up(t.Context(), devenv.UpOptions{})
	if err != nil || !r.Already {
		t.Errorf("a second Up: already %t, %v, want true", r.Already, err)
	}
	if r, err := p.env.Status(t.Context()); err != nil {
		t.Errorf("Status = %+v, %v, want all ready", r, err)
	}
	p.says(t, "server", "ok    the broker at ", none)
	p.says(t, "certificate", " shows is its own, and good until ", none)
	p.says(t, "password", "ok    the broker asks for its password", none)
	p.run(t, p.settings.Instances()[1].URL, "acl", "setuser", "default", "nopass")
	p.says(t, "password", "FAIL  the broker at ", none)
	// Other rights are other settings: a running environment does not take them silently.
	other, err := devenv.Load(devenv.LoadOptions{Root: p.root, Environ: append(p.environ, "REDIS_APP_PASSWORD=another")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := devenv.New(other, devenv.Options{}).Up(t.Context(), devenv.UpOptions{}); err == nil || !strings.Contains(err.Error(), "the users of profile acl") {
		t.Errorf("Up with another password of app = %v, want a refusal that names the users", err)
	}
}

func TestGuardedNativeServers(t *testing.T) {
	t.Parallel()
	guardedProject(t)
}

func TestGuardedContainers(t *testing.T) {
	t.Parallel()
	guardedProject(t, "REDKIT_BACKEND=compose", "REDKIT_IMAGE="+localImage(t))
}

func TestEmbeddedServersCannotBeGuarded(t *testing.T) {
	t.Parallel()
	s := newProject(t, "REDKIT_BACKEND=embedded", "REDKIT_PROFILE=tls").settings
	env := devenv.New(s, devenv.Options{Serve: func(context.Context) ([]string, error) { return []string{"false"}, nil }})
	_, err := env.Up(t.Context(), devenv.UpOptions{})
	if !errors.Is(err, errors.ErrUnsupported) || devenv.AsFailure(err).Exit != devenv.ExitUnsupported || !strings.Contains(err.Error(), "REDKIT_PROFILE=split,tls asks for") {
		t.Errorf("Up = %v, want a refusal with exit status %d", err, devenv.ExitUnsupported)
	}
}

func TestServersThatOthersReachNeedAPassword(t *testing.T) {
	t.Parallel()
	open := []string{"REDKIT_BIND=0.0.0.0", "REDKIT_ALLOW_REMOTE=on"}
	_, err := load(t, "", open, nil)
	if want := "REDKIT_PASSWORD: other machines reach the servers at REDKIT_BIND=0.0.0.0, which would ask for no password"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Load(%q) = %v, want an error that says %q", open, err, want)
	}
	if _, err := load(t, "", append(open, "REDKIT_PASSWORD=s3cret"), nil); err != nil {
		t.Errorf("Load with a password = %v, want no error", err)
	}
}
