// Package conformance holds the mage targets conformance:…; every exported function is one.
package conformance

import (
	"context"

	"github.com/redkit-dev/redkit/internal/tasks"
)

func run(ctx context.Context, args ...string) error {
	return tasks.Go(ctx, nil, append([]string{"run", "./internal/conform"}, args...)...)
}

// Server judges the Redis at url by every family that can judge it, in free databases only.
func Server(ctx context.Context, url string) error { return run(ctx, "server", url) }

// Cache judges a cache by the cache family: ours on the Redis at a URL, or the one behind an adapter's command, which is emptied.
func Cache(ctx context.Context, target string) error { return run(ctx, "cache", target) }

// Interop judges the references beside LocMemCache, Django's RedisCache and django-redis, and writes the matrix to report/.
func Interop(ctx context.Context) error { return run(ctx, "interop") }
