package ci

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/redkit-dev/redkit/devenv"
)

// leases is the database of a server of up in which redistest notes the
// databases that it lends to tests: its last one.
const leases = "1023"

// servers are those of the environment that up has started; the zero value is
// none.
type servers struct {
	settings *devenv.Settings
	env      *devenv.Env
	real     bool // no fakes
}

// find looks for them. That none was started is no error: tests may bring
// theirs. That one does not answer is.
func find(ctx context.Context) (*servers, error) {
	none := &servers{}
	settings, err := devenv.Load(devenv.LoadOptions{})
	if err != nil {
		return none, err
	}
	flags := devenv.RecordedFlags(settings.Dir)
	if settings, err = devenv.Load(devenv.LoadOptions{Flags: flags}); err != nil {
		return none, err
	}
	env := devenv.New(settings, devenv.Options{})
	r, err := env.Status(ctx)
	if r == nil || r.Backend == "" {
		return none, nil
	}
	return &servers{settings, env, r.Backend != devenv.BackendEmbedded}, err
}

// variables name the servers to tests, unless the environment does: as the
// application reads them, and as redistest does.
func (s *servers) variables() (found []string) {
	add := func(name, value string) {
		if _, set := os.LookupEnv(name); !set && value != "" {
			found = append(found, name+"="+value)
		}
	}
	if s.env == nil {
		return nil
	}
	const secrets = true // a test could not log in without them
	for _, v := range s.settings.Env(secrets) {
		add(v.Name, v.Value)
		if u, err := url.Parse(v.Value); v.Name == "CELERY_BROKER_URL" && err == nil && u.Scheme == "redis" && s.real {
			u.Path = "/" + leases // the broker never evicts
			add("REDISTEST_URL", u.String())
		}
	}
	return found
}

// logs writes what the servers have said last into a file.
func (s *servers) logs(ctx context.Context, path string) error {
	if s.env == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := s.env.Logs(ctx, devenv.LogOptions{Tail: 200}, file); err != nil {
		return fmt.Errorf("keep the logs of the servers: %w", err)
	}
	return file.Close()
}
