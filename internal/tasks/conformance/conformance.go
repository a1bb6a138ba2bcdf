// Package conformance holds the mage targets conformance:…; every exported function is one.
package conformance

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/redkit-dev/redkit/internal/tasks"
)

func run(ctx context.Context, args ...string) error {
	return tasks.Go(ctx, nil, append([]string{"run", "./internal/conform"}, args...)...)
}

// Server judges the Redis at url by every family that can judge it, in free databases only.
func Server(ctx context.Context, url string) error { return run(ctx, "server", url) }

// Cache judges our cache on the Redis at url by the cache family, in free databases only.
func Cache(ctx context.Context, url string) error { return run(ctx, "cache", url) }

// Remote judges the adapter whose command follows --, flags first, and what it serves: conformance:remote -- -family=cache ./adapter.
func Remote(ctx context.Context, dashes string) error {
	command := os.Args[slices.Index(os.Args, "--")+1:]
	if dashes != "--" || len(command) == 0 {
		return errors.New("usage: mage conformance:remote -- [flags] COMMAND…, as in mage conformance:remote -- ./adapter")
	}
	if err := run(ctx, append([]string{"remote"}, command...)...); err != nil {
		return err
	}
	os.Exit(0) // mage would take the words of the command for targets
	return nil
}

// Interop judges the references beside LocMemCache, Django's RedisCache and django-redis, and writes the matrix to report/.
func Interop(ctx context.Context) error { return run(ctx, "interop") }
