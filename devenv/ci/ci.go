// Package ci holds one mage target, ci, for the magefile of any module: what a
// change must pass, with reports that continuous integration reads.
//
//	import (
//		// mage:import
//		_ "github.com/redkit-dev/redkit/devenv/ci"
//		// mage:import
//		_ "github.com/redkit-dev/redkit/devenv/targets"
//	)
//
// Then mage up ci starts the servers and tests with them. The package exports
// nothing else, and is apart from the targets of the local environment so that
// a module with a target ci of its own can take those alone.
package ci

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/tasks"
	"github.com/redkit-dev/redkit/internal/tasks/ci"
)

// CI runs go vet and every test, whose servers must be there, and writes report/tests.xml, tests.html and summary.md.
func CI(ctx context.Context,
	timeout *time.Duration, // for all of it; 20m when not given
	packages *string, // what is tested, between commas; ./... when not given
	report *string, // directory of the reports; report when not given
) error {
	limit, dir, pkgs := 20*time.Minute, "report", []string{"./..."}
	if timeout != nil {
		limit = *timeout
	}
	if report != nil {
		dir = *report
	}
	if packages != nil {
		pkgs = strings.Split(*packages, ",")
	}
	late := fmt.Errorf("not done within %s", limit)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()
	tests, env, servers := &ci.Tests{}, []string{"REDISTEST_REQUIRE=1"}, &servers{}
	done := ci.Run(ctx,
		ci.Step{Name: "servers", Run: func(ctx context.Context) (err error) {
			if servers, err = find(ctx); err == nil {
				env = append(env, servers.variables()...)
			}
			return err
		}},
		ci.Step{Name: "vet", Run: func(ctx context.Context) error {
			return tasks.Go(ctx, nil, append([]string{"vet"}, pkgs...)...)
		}},
		ci.Step{Name: "test", Run: func(ctx context.Context) (err error) {
			tests, err = ci.GoTest(ctx, env, os.Stderr, slices.Concat(ci.Flags(limit), tasks.Race(), pkgs)...)
			return err
		}})
	failed := ci.Err(done)
	written := ci.Write(dir, done, tests)
	if failed != nil {
		// The context may be what ended it.
		after, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer stop()
		written = errors.Join(written, servers.logs(after, filepath.Join(dir, "redis.log")))
	}
	return errors.Join(failed, written)
}
