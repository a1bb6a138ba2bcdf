// Package test holds the mage targets test:…; every exported function is one.
package test

import (
	"context"

	"github.com/redkit-dev/redkit/internal/tasks"
)

// Unit runs every test that needs no server: redistest hands out fakes, and tests of real servers skip.
func Unit(ctx context.Context) error {
	args := append([]string{"test", "-short", "-shuffle=on"}, tasks.Race()...)
	return tasks.Go(ctx, []string{"REDISTEST_ENGINE=fake"}, append(args, "./...")...)
}

// Integration runs the packages that talk to servers, on every engine and version at hand.
func Integration(ctx context.Context) error {
	return tasks.Test(ctx, []string{"-count=1", "-shuffle=on", "-timeout=15m"},
		"./redistest/...", "./reference/...", "./fixtures/...", "./conformance/...", "./internal/fake/...")
}
