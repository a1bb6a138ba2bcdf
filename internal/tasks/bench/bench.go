// Package bench holds the mage targets bench:…; every exported function is one.
// Each prints ratios measured side by side in one run and writes them to bench/.
package bench

import (
	"context"

	"github.com/redkit-dev/redkit/internal/tasks"
)

func run(ctx context.Context, name string) error {
	return tasks.Go(ctx, nil, "run", "./internal/bench/"+name)
}

// Up measures how fast each engine of the local environment is ready.
func Up(ctx context.Context) error { return run(ctx, "up") }

// Environment measures the topologies against the same by hand, and a seed against redis-cli --pipe.
func Environment(ctx context.Context) error { return run(ctx, "environment") }

// Redistest measures a clean Redis for a test against other ways to get one.
func Redistest(ctx context.Context) error { return run(ctx, "redistest") }

// Cache measures reference/cache against the raw client and other caches.
func Cache(ctx context.Context) error { return run(ctx, "cache") }

// Celery measures reference/celery against the raw client, asynq and Celery.
func Celery(ctx context.Context) error { return run(ctx, "celery") }
