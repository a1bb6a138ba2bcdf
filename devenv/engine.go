package devenv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// An engine runs the servers of an environment in one way.
type engine interface {
	// probe tells what would serve ("redis-server 7.0.15"), or why this
	// engine cannot.
	probe(ctx context.Context) (string, error)
	// find lists the servers of this environment that exist, running or not.
	find(ctx context.Context) ([]server, error)
	// start brings up the instances, which do not run. undo takes back what
	// this call created; it is never nil, and must be called when start or
	// the wait for readiness fails.
	start(ctx context.Context, instances []Instance) (started []server, undo func(context.Context) error, err error)
	// await tells how to recognise that a server is ready, and ours.
	await(i Instance, s server) awaited
	// stop ends all servers of this environment.
	stop(ctx context.Context, grace time.Duration) error
	// pause ends servers by name, which start takes up again with all they
	// have kept.
	pause(ctx context.Context, names []string) error
	// discard deletes the kept data of servers that do not run, by name.
	discard(ctx context.Context, names []string) error
	// logs copies what the servers print.
	logs(ctx context.Context, o LogOptions, w io.Writer) error
}

// autoOrder is the order in which BackendAuto tries the engines. External
// servers are never taken unasked: they are somebody's.
func autoOrder() []Backend { return []Backend{BackendCompose, BackendNative, BackendEmbedded} }

func (e *Env) engine(b Backend) engine {
	switch b {
	case BackendCompose:
		return composeEngine{e}
	case BackendNative:
		return nativeEngine{e}
	case BackendExternal:
		return externalEngine{e}
	default:
		return embeddedEngine{e}
	}
}

// A chosen engine is one with the reason it was taken.
type chosen struct {
	backend Backend
	engine  engine
	serves  string   // what its probe told
	passed  []string // the engines before it and why they cannot serve
}

// reason is what up prints: "native (redis-server 7.0.15); passed over: …".
func (c chosen) reason() string {
	text := fmt.Sprintf("%s (%s)", c.backend, c.serves)
	if len(c.passed) > 0 {
		text += "; passed over " + strings.Join(c.passed, ", ")
	}
	return text
}

// choose takes the engine the settings name, or the first that can serve. A
// named engine that cannot is an error: nothing falls back silently.
func (e *Env) choose(ctx context.Context) (chosen, error) {
	order := autoOrder()
	if e.set.Backend != BackendAuto {
		order = []Backend{e.set.Backend}
	} else if e.set.External {
		order = slices.Concat([]Backend{BackendExternal}, order)
	}
	var passed []string
	var errs []error
	for _, b := range order {
		eng := e.engine(b)
		serves, err := eng.probe(ctx)
		if err == nil {
			return chosen{b, eng, serves, passed}, nil
		}
		if ctx.Err() != nil {
			return chosen{}, err
		}
		passed = append(passed, fmt.Sprintf("%s (%s)", b, brief(err)))
		errs = append(errs, err)
	}
	if len(errs) == 1 {
		return chosen{}, errs[0]
	}
	return chosen{}, &Failure{
		Code: "no_backend", Exit: ExitUnsupported, Message: "no backend can serve: " + strings.Join(passed, ", "),
		Fixes: []string{"install redis-server or Docker, or point the URLs at a server: REDKIT_BACKEND=external"},
		Err:   errors.Join(errs...),
	}
}
