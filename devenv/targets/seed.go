package targets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/fixtures"
)

// Seed writes a named set of data to the caches, the Celery queues and the channel layer.
func Seed(ctx context.Context,
	o *string, // form of the result: table or json (REDKIT_OUTPUT)
	set *string, // name of the set (REDKIT_SET)
	fixtures *string, // directory with your own sets (REDKIT_FIXTURES)
	only *string, // caches, queues, results, channels, or aliases, between commas (REDKIT_ONLY)
	flush *bool, // first empty the databases it writes to (REDKIT_FLUSH)
	yes *bool, // do not ask (REDKIT_YES)
	dryRun *bool, // tell what would change, write nothing (REDKIT_DRY_RUN)
	allowRemote *bool, // also on another machine (REDKIT_ALLOW_REMOTE)
) error {
	f := flags{}.text("o", o).text("set", set).text("fixtures", fixtures).text("only", only).
		flag("flush", flush).flag("yes", yes).flag("dry-run", dryRun).flag("allow-remote", allowRemote)
	return run("seed", f, func(s *session) error {
		if _, err := s.env.Status(ctx); err != nil {
			return err
		}
		return s.seed(ctx)
	})
}

func (s *session) seed(ctx context.Context) error {
	c := s.settings.Command
	set, err := readSet(c.Set, c.Fixtures)
	if err != nil {
		return err
	}
	if set, err = part(set, c.Only); err != nil {
		return err
	}
	to, closeAll, err := destinations(s.settings)
	if err != nil {
		return err
	}
	defer closeAll()
	o := fixtures.Options{DryRun: c.DryRun, Flush: c.Flush, AllowRemote: s.settings.AllowRemote || loopback(s.settings)}
	if c.Flush && !c.DryRun {
		if err := s.confirmFlush(ctx, set, to, o); err != nil {
			return err
		}
	}
	bar := newBar(s.progress)
	o.Progress = bar.show
	done, err := set.ApplyTo(ctx, to, o)
	bar.end()
	switch {
	case errors.Is(err, fixtures.ErrRemote):
		return &devenv.Failure{
			Code: "remote", Exit: devenv.ExitRefused, Message: err.Error(),
			Fixes: []string{"if it may be changed: " + command("seed", "-allow-remote")}, Err: err,
		}
	case err != nil:
		return fmt.Errorf("seed %s: %w", c.Set, err)
	}
	if s.settings.Output == "json" {
		return s.printJSON(done)
	}
	_, err = fmt.Fprintln(s.out, strings.TrimRight(done.String(), "\n"))
	return err
}

// loopback reports whether every place of a set is on this machine, going by
// its URL: a client of sentinels does not tell.
func loopback(s *devenv.Settings) bool {
	urls := []devenv.URL{s.Celery.BrokerURL, s.Celery.ResultBackend, s.Channels.URL}
	for _, a := range s.Aliases {
		urls = append(urls, a.URL)
	}
	return !slices.ContainsFunc(urls, func(u devenv.URL) bool { return !u.IsZero() && !u.Loopback() })
}

// readSet takes the set from the user's directory, else from those of the
// fixtures package.
func readSet(name, dir string) (*fixtures.Set, error) {
	if dir != "" {
		set, err := fixtures.Read(os.DirFS(dir), name)
		if err != nil {
			return nil, fmt.Errorf("read the set %s in %s: %w", name, dir, err)
		}
		return set, nil
	}
	set := fixtures.Named(name)
	if set.Err() == nil {
		return set, nil
	}
	return nil, &devenv.Failure{
		Code: "no_such_set", Exit: devenv.ExitUsage, Message: fmt.Sprintf("there is no set of data called %q", name),
		Fixes: []string{"one of these: " + strings.Join(fixtures.Names(), ", "), "your own: " + command("seed", "-set="+name, "-fixtures=DIR")},
		Err:   set.Err(),
	}
}

// destinations opens a client for every place of a set.
func destinations(s *devenv.Settings) (to fixtures.Targets, closeAll func(), err error) {
	var clients []redis.UniversalClient
	closeAll = func() {
		for _, c := range clients {
			c.Close()
		}
	}
	dial := func(u devenv.URL) redis.UniversalClient {
		if err != nil || u.IsZero() {
			return nil
		}
		var c redis.UniversalClient
		if c, err = s.Open(u); err != nil {
			return nil
		}
		clients = append(clients, c)
		return c
	}
	to.Caches = map[string]fixtures.Cache{}
	for _, a := range s.Aliases {
		to.Caches[a.Name] = fixtures.Cache{Client: dial(a.URL), KeyPrefix: a.KeyPrefix, Version: a.Version, Timeout: timeout(a.Timeout)}
	}
	to.Broker = fixtures.Queue{Client: dial(s.Celery.BrokerURL), Prefix: s.Celery.GlobalKeyPrefix}
	to.Results = dial(s.Celery.ResultBackend)
	to.Channels = fixtures.Layer{Client: dial(s.Channels.URL), Prefix: s.Channels.Prefix}
	if err != nil {
		closeAll()
	}
	return to, closeAll, err
}

// timeout says "never" as fixtures does. An alias whose entries are gone at
// once keeps them for the shortest time there is.
func timeout(d time.Duration) time.Duration {
	switch d {
	case devenv.NoTimeout:
		return fixtures.Never
	case 0:
		return time.Millisecond
	}
	return d
}
