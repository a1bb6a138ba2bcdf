//go:build mage

// The targets of this repository. The life of the local environment is in
// devenv/targets, which other repositories import the same way.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/tasks"
	"github.com/redkit-dev/redkit/internal/tasks/ci"

	//mage:import
	_ "github.com/redkit-dev/redkit/devenv/targets"
	//mage:import bench
	_ "github.com/redkit-dev/redkit/internal/tasks/bench"
	//mage:import conformance
	_ "github.com/redkit-dev/redkit/internal/tasks/conformance"
	//mage:import drill
	_ "github.com/redkit-dev/redkit/internal/tasks/drill"
	//mage:import test
	_ "github.com/redkit-dev/redkit/internal/tasks/test"
)

// Test runs every test; one whose server is not on this machine skips and says how to get it.
func Test(ctx context.Context) error {
	return tasks.Test(ctx, []string{"-shuffle=on", "-timeout=20m"}, "./...")
}

// Conformance judges the reference implementations on every engine at hand and writes report/.
func Conformance(ctx context.Context) error {
	return tasks.Go(ctx, nil, "run", "./cmd/conform", "run")
}

// Lint checks formatting, go vet with and without the mage tag, and staticcheck.
func Lint(ctx context.Context) error {
	files, err := exec.CommandContext(ctx, "git", "ls-files", "*.go").Output()
	if err != nil {
		return fmt.Errorf("list the files: %w", err)
	}
	if err := tasks.Formatted(ctx, strings.Fields(string(files))...); err != nil {
		return err
	}
	return errors.Join(
		tasks.Go(ctx, nil, "vet", "./..."),
		tasks.Go(ctx, nil, "vet", "-tags=mage", "."),
		tasks.Go(ctx, nil, "tool", "staticcheck", "./..."),
	)
}

// CI runs what a change must pass: lint, every test with every server required, and conformance; it writes report/tests.xml, tests.html and summary.md.
func CI(ctx context.Context,
	timeout *time.Duration, // for all of it; 20m when not given
) error {
	limit := 20 * time.Minute
	if timeout != nil {
		limit = *timeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not done within %s", limit))
	defer cancel()
	if err := os.Setenv("REDISTEST_REQUIRE", "1"); err != nil {
		return err
	}
	tests := &ci.Tests{}
	done := ci.Run(ctx,
		ci.Step{Name: "lint", Run: Lint},
		ci.Step{Name: "test", Run: func(ctx context.Context) (err error) {
			for _, args := range tasks.Runs(ci.Flags(limit), "./...") {
				more, failed := ci.GoTest(ctx, nil, os.Stderr, args...)
				tests.Add(more)
				err = errors.Join(err, failed)
			}
			return err
		}},
		ci.Step{Name: "conformance", Run: Conformance})
	return errors.Join(ci.Err(done), ci.Write("report", done, tests))
}
