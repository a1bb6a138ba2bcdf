package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/adaptertest"
	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/remote"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/servertest"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/conformance/tasktest"
	"github.com/redkit-dev/redkit/redistest"
)

// server is the variable by which redistest finds a server binary.
const server = "REDISTEST_SERVER"

// newest is the variable with server binaries that are judged as servers alone:
// what our references do on them is asked of those in REDISTEST_SERVERS.
const newest = "REDISTEST_NEWEST"

// A judged is a subject of some family, ready to be judged.
type judged struct {
	name  string
	judge func(context.Context, conformance.Options) *conformance.Report
}

// of binds a subject to the suite of its family.
func of[P any](suite conformance.Suite[P], subject conformance.Subject[P]) judged {
	return judged{subject.Name, func(ctx context.Context, opts conformance.Options) *conformance.Report {
		return suite.Check(ctx, subject, opts)
	}}
}

// only narrows what judges j.
func (j judged) only(ids func(conformance.ID) bool) judged {
	return judged{j.name, func(ctx context.Context, opts conformance.Options) *conformance.Report {
		asked := opts.Only
		opts.Only = func(id conformance.ID) bool { return ids(id) && (asked == nil || asked(id)) }
		return j.judge(ctx, opts)
	}}
}

// find returns the subjects that a command line asks for.
func find(ctx context.Context, args []string, t target, notes io.Writer) ([]judged, error) {
	switch {
	case len(args) == 1 && args[0] == "run":
		return references(), nil
	case len(args) == 1 && args[0] == "interop":
		found, err := originalsAtHand(ctx, notes)
		return append(references(), found...), err
	case len(args) == 2 && args[0] == "server":
		u, err := address(args[1])
		if err != nil {
			return nil, fmt.Errorf("%w: server: %w", errUsage, err)
		}
		return servers(u), nil
	case len(args) == 2 && args[0] == "cache":
		u, err := address(args[1])
		if err != nil {
			return nil, fmt.Errorf("%w: cache: %w", errUsage, err)
		}
		there := redistest.External(args[1])
		return []judged{at(cachetest.Suite(), there, subjects.Redis(u.Redacted(), there))}, nil
	case len(args) >= 2 && args[0] == "remote":
		return t.remote(ctx, args[1:], notes)
	}
	return nil, fmt.Errorf("%w: conform [flags] run | matrix | interop | server URL | cache URL | remote COMMAND…; -h lists the flags", errUsage)
}

// address reads the URL of a server.
func address(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" && u.Scheme != "unix" {
		return nil, errors.New("the address is no URL: want redis://host:port/db, rediss:// or unix:///path")
	}
	return u, nil
}

// servers judges the Redis at u by every family that can: by what clients ask
// of any server, and through a reference of ours on it.
func servers(u *url.URL) []judged {
	there := redistest.External(u.String())
	return []judged{
		at(servertest.Suite(), there, subjects.Server(u.Redacted(), false, there).Conformance()),
		at(cachetest.Suite(), there, subjects.Redis(u.Redacted(), there)),
	}
}

// references are the implementations of this repository on every engine at
// hand: in memory, on the fake, on the server on PATH or of REDISTEST_SERVER,
// and on each server of REDISTEST_SERVERS; the servers of REDISTEST_NEWEST
// themselves are judged, too, and the sample adapter.
func references() []judged {
	cache, broker, results, tasks := cachetest.Suite(), brokertest.Suite(), resulttest.Suite(), tasktest.Suite()
	all := []judged{
		of(cache, subjects.Memory()),
		of(cache, subjects.Redis("fake", redistest.Fake())),
		of(broker, subjects.MemoryBroker()),
		of(broker, subjects.RedisBroker("fake", redistest.Fake())),
		of(results, subjects.ResultsInMemory()),
		of(results, subjects.ResultsOnRedis("fake", redistest.Fake())),
		of(tasks, subjects.TasksInline()),
		of(tasks, subjects.TasksDeferred()),
		of(tasks, subjects.TasksThreaded()),
		of(tasks, subjects.TasksOnRedis("fake", redistest.Fake())),
		of(tasks, subjects.TasksInWorker("fake", redistest.Fake())),
		of(layertest.Suite(), subjects.LayerInMemory()),
		of(layertest.Suite(), subjects.LayerOnRedis("fake", redistest.Fake())),
		of(layertest.Suite(), subjects.LayerOnPubSub("fake", redistest.Fake())),
		of(servertest.Suite(), subjects.Server("fake", false, redistest.Fake()).Conformance()),
	}
	for i, path := range binaries() {
		subject := subjects.Redis(filepath.Base(path), native(path))
		if i == len(binaries())-1 { // on one of them also what needs a server for each requirement
			subject = subjects.RedisAlone(filepath.Base(path), native(path))
		}
		all = append(all, of(cache, subject), of(broker, subjects.RedisBroker(filepath.Base(path), native(path))), of(results, subjects.ResultsOnRedis(filepath.Base(path), native(path), redistest.Exclusive())),
			of(tasks, subjects.TasksOnRedis(filepath.Base(path), native(path))), of(tasks, subjects.TasksInWorker(filepath.Base(path), native(path))),
			of(layertest.Suite(), subjects.LayerOnRedis(filepath.Base(path), native(path))),
			on(layertest.Suite(), "pub/sub layer on "+filepath.Base(path), func(tb redistest.TB) layertest.Subject {
				alone := redistest.Start(tb, native(path), redistest.Exclusive()) // what is published passes between databases
				return subjects.LayerOnPubSub(filepath.Base(path), redistest.External(alone.URL()))
			}),
			of(servertest.Suite(), subjects.Server(filepath.Base(path), true, native(path)).Conformance()))
	}
	for _, path := range filepath.SplitList(os.Getenv(newest)) {
		all = append(all, of(servertest.Suite(), subjects.Server(filepath.Base(path), true, native(path)).Conformance()))
	}
	return append(append(all, topologies()...), adapters()...)
}

// adapters is the sample adapter, where there is a Python. Those for the
// originals take ten times as long to start, anew for each requirement: tests
// beside them judge what they do not have in common with the sample.
func adapters() []judged {
	const python = "python3"
	if _, err := exec.LookPath(python); err != nil && os.Getenv("REDISTEST_REQUIRE") != "1" {
		return nil
	}
	return []judged{of(adaptertest.Suite(), remote.Sample(python))}
}

// topologies are the cache on more servers than one: the newest at hand.
func topologies() []judged {
	cache, paths := cachetest.Suite(), binaries()
	if len(paths) == 0 {
		return nil
	}
	newest := native(paths[len(paths)-1])
	return []judged{
		on(cache, "Redis Cluster", func(tb redistest.TB) cachetest.Subject {
			return subjects.RedisOnCluster(redistest.Cluster(tb, 3, 1, newest))
		}),
		on(cache, "Redis Sentinel", func(tb redistest.TB) cachetest.Subject {
			return subjects.RedisOnSentinel(redistest.Sentinel(tb, 1, newest))
		}),
		of(cache, subjects.RedisWithReplica("fake", redistest.Fake())).only(subjects.ReplicaRules),
	}
}

// native is the engine of one binary: redistest reads the variable when the
// option is made.
func native(path string) redistest.Option {
	before, was := os.LookupEnv(server)
	_ = os.Setenv(server, path) // the name is a good one
	defer func() {
		if was {
			_ = os.Setenv(server, before)
		} else {
			_ = os.Unsetenv(server)
		}
	}()
	return redistest.Native()
}

// binaries are the servers at hand.
func binaries() []string {
	if list := filepath.SplitList(os.Getenv("REDISTEST_SERVERS")); len(list) > 0 {
		return list
	}
	if path := os.Getenv(server); path != "" {
		return []string{path}
	}
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return []string{path}
		}
	}
	return nil
}
