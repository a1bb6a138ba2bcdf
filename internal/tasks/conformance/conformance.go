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
	return tasks.Go(ctx, nil, append([]string{"run", "./cmd/conform"}, args...)...)
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

// Matrix writes COMPATIBILITY.md and report/compatibility.html, the references and the originals side by side, from recorded verdicts.
func Matrix(ctx context.Context,
	judge *bool, // judge the references on every engine at hand first, and record what they do
	only *string, // with judge: a regular expression of requirements; the others stay as they are recorded
) error {
	var args []string
	if judge != nil && *judge {
		args = append(args, "-judge")
	}
	if only != nil {
		args = append(args, "-only", *only)
	}
	return run(ctx, append(args, "matrix")...)
}

// Interop judges the references beside Django's caches, kombu and the layers of Channels, and writes the matrix to report/.
func Interop(ctx context.Context) error { return run(ctx, "interop") }
