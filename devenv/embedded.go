package devenv

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/process"
)

// An embeddedEngine runs fakes of Redis in one daemon: this very program,
// started again with its target serve. It is in Dir/embedded/servers.
//
// up opens the ports itself and hands them to the daemon, so nobody can take
// them in between and a first connection waits instead of being refused.
type embeddedEngine struct{ e *Env }

// embeddedDaemon is the directory name of the one daemon.
const embeddedDaemon = "servers"

// serveHint is what a fake answers to a command it lacks: the daemon does not
// know how the user called this program.
const serveHint = "_REDKIT_HINT"

// servePorts names the listeners a daemon inherits as descriptors 3, 4, …
const servePorts = "_REDKIT_PORTS"

// limits is what up says about this backend.
const limits = "these servers are fakes: they keep nothing on disk, evict nothing, have no FUNCTION, replication or BGSAVE, and may differ from Redis in a corner; for the real thing install redis-server or Docker"

func (b embeddedEngine) probe(context.Context) (string, error) {
	if b.e.opts.Serve == nil {
		return "", &Failure{
			Code: "serve_missing", Exit: ExitUnsupported,
			Message: "this program has no target serve, which the embedded servers run in",
			Fixes:   []string{"install redis-server, or give devenv.Options a Serve"},
		}
	}
	if b.e.set.guarded() {
		return "", b.e.failGuarded(BackendEmbedded)
	}
	return "fake servers in the background", nil
}

func (b embeddedEngine) daemon() (process.Daemon, bool) {
	d, err := process.ReadPID(pidPath(b.e.set.Dir, BackendEmbedded, embeddedDaemon))
	return d, err == nil && d.Alive()
}

// find lists what is recorded: one daemon serves all.
func (b embeddedEngine) find(context.Context) ([]server, error) {
	d, alive := b.daemon()
	status := statusRunning
	if !alive {
		d, status = process.Daemon{}, "stopped"
	}
	var found []server
	for _, i := range b.e.set.Instances() {
		found = append(found, server{Name: i.Name, Addr: i.Addr(), Daemon: d, Status: status})
	}
	return found, nil
}

func (b embeddedEngine) start(ctx context.Context, instances []Instance) ([]server, func(context.Context) error, error) {
	var begun daemons
	b.e.warn(limits)
	if left, alive := b.daemon(); alive {
		b.e.note("stopping the servers first: a command that was killed left them behind")
		if err := left.Stop(ctx, stopGrace); err != nil {
			return nil, begun.stop, err
		}
	}
	d, err := b.launch(ctx, instances)
	if err != nil {
		return nil, begun.stop, err
	}
	begun.add(d)
	var started []server
	for _, i := range instances {
		started = append(started, server{Name: i.Name, Daemon: d})
	}
	return started, begun.stop, nil
}

func (b embeddedEngine) launch(ctx context.Context, instances []Instance) (process.Daemon, error) {
	argv, err := b.e.opts.Serve(ctx)
	if err != nil {
		return process.Daemon{}, err
	}
	listeners, err := b.e.listenAll(ctx, instances)
	if err != nil {
		return process.Daemon{}, err
	}
	defer closeAll(listeners)
	var names []string
	var files []*os.File
	for n, l := range listeners {
		file, err := l.File()
		if err != nil {
			return process.Daemon{}, fmt.Errorf("hand on port %d: %w", instances[n].Port, err)
		}
		defer file.Close()
		files, names = append(files, file), append(names, instances[n].Name)
	}
	dir := filepath.Join(b.e.set.Dir, string(BackendEmbedded), embeddedDaemon)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return process.Daemon{}, err
	}
	return startDaemon(b.e.set.Dir, BackendEmbedded, embeddedDaemon, process.Launch{
		Path: argv[0], Args: argv[1:], Pass: files, Dir: b.e.set.Root,
		Env: b.environ(names),
	})
}

// environ is the environment of the daemon: what this process resolved from
// its flags, as variables, and none of mage's own.
func (b embeddedEngine) environ(names []string) []string {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		return strings.HasPrefix(entry, "MAGEFILE_")
	})
	s := b.e.set
	return append(env,
		servePorts+"="+strings.Join(names, ","),
		serveHint+"=for the real thing install redis-server or Docker, then "+b.e.run("down")+" and "+b.e.run("up"),
		"REDKIT_BACKEND="+string(BackendEmbedded), "REDKIT_DIR="+s.Dir,
		"REDKIT_PROFILE="+string(s.Profile), "REDKIT_PASSWORD="+s.Password.Reveal())
}

func (b embeddedEngine) await(i Instance, s server) awaited {
	return awaited{
		instance: i, server: s, open: b.e.local(i), knock: true,
		died: func(context.Context) error {
			if s.Daemon.Alive() {
				return nil
			}
			return b.e.failDied(i.Name, b.tail())
		},
		ours: s.isDaemon,
	}
}

func (b embeddedEngine) tail() string {
	return tailFile(logPath(b.e.set.Dir, BackendEmbedded, embeddedDaemon), 20)
}

func (b embeddedEngine) stop(ctx context.Context, grace time.Duration) error {
	return stopDaemons(ctx, b.e.set.Dir, BackendEmbedded, grace)
}

// pause ends all: one daemon serves them.
func (b embeddedEngine) pause(ctx context.Context, _ []string) error {
	return stopDaemons(ctx, b.e.set.Dir, BackendEmbedded, stopGrace)
}

// discard has nothing to do: fakes keep nothing.
func (b embeddedEngine) discard(context.Context, []string) error { return nil }

func (b embeddedEngine) logs(ctx context.Context, o LogOptions, w io.Writer) error {
	o.Service = "" // one log for all
	return copyLogs(ctx, b.e.logFiles(BackendEmbedded), o, w)
}

// inherited returns the listeners that the parent handed on, by instance
// name; nil when there is none.
func inherited() (map[string]net.Listener, error) {
	names := os.Getenv(servePorts)
	if names == "" {
		return nil, nil
	}
	found := map[string]net.Listener{}
	for n, name := range strings.Split(names, ",") {
		file := os.NewFile(uintptr(3+n), name)
		l, err := net.FileListener(file)
		file.Close()
		if err != nil {
			return nil, fmt.Errorf("take over the port of the %s: %w", name, err)
		}
		found[name] = l
	}
	return found, nil
}
