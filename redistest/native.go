package redistest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/internal/process"
)

// readyPoll is how often a booting server is asked for a PONG.
const readyPoll = 200 * time.Microsecond

// nativeEngine boots a server binary of this machine on a unix socket.
type nativeEngine struct {
	path string // empty means redis-server or valkey-server on PATH
	name string // empty means native
}

func (e nativeEngine) Name() string {
	if e.name == "" {
		return "native"
	}
	return e.name
}

func (e nativeEngine) Boot(ctx context.Context, conf Config) (Instance, error) {
	binary, err := e.find()
	if err != nil {
		return nil, err
	}
	dir, err := runDir()
	if err != nil {
		return nil, err
	}
	n := &nativeInstance{binary: binary, dir: dir, conf: conf}
	if err := n.bootAnew(ctx); err != nil {
		n.dead = true
		_ = n.Stop(ctx) // what matters is why it did not boot
		return nil, fmt.Errorf("boot %s: %w", binary, err)
	}
	return n, nil
}

// find returns the binary to run.
func (e nativeEngine) find() (string, error) {
	if e.path != "" {
		path, err := exec.LookPath(e.path)
		if err != nil {
			return "", fmt.Errorf("%w: %q is no program (%s, %s): %w", ErrMissing, e.path, envServer, envServers, err)
		}
		return filepath.Abs(path)
	}
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: no redis-server or valkey-server on PATH: install one (apt-get install redis-server, brew install redis), or set %s=/path/to/redis-server, or %s=redis://host:port",
		ErrMissing, envServer, envURL)
}

// runDir makes a directory whose name is short enough for a socket in it: a
// unix socket's path has at most 103 bytes on some systems, and TMPDIR may be
// long.
func runDir() (string, error) {
	parent, err := filepath.Abs(os.TempDir()) // the server runs elsewhere
	if err == nil {
		var dir string
		if dir, err = os.MkdirTemp(parent, "redistest-"); err == nil && len(dir) > 90 {
			_ = os.Remove(dir)
			dir, err = os.MkdirTemp("/tmp", "redistest-")
		}
		if err == nil {
			return dir, nil
		}
	}
	if tmp := os.Getenv("TMPDIR"); tmp != "" {
		return "", fmt.Errorf("make a directory for redis-server: TMPDIR=%q: want a directory that is there and can be written to: %w", tmp, err)
	}
	return "", fmt.Errorf("make a directory for redis-server: %w", err)
}

// quoted is a word of redis.conf.
func quoted(word string) string {
	if strings.ContainsAny(word, " \t'\"\\#") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
	}
	return word
}

// A nativeInstance is one server process. It needs no goroutine.
type nativeInstance struct {
	binary, dir string
	conf        Config
	end         Endpoint
	args        []string // after the name of redis.conf
	port        *port    // nil on a unix socket

	mu    sync.Mutex // held over a kill or a restart, which exclude each other
	child *process.Bound
	dead  bool // killed, or its restart failed
}

// configure writes redis.conf, the lines of the test last so that they win.
func (n *nativeInstance) configure() error {
	lines, err := n.listen()
	if err != nil {
		return err
	}
	lines = append(lines, "dir "+quoted(n.dir), `save ""`)
	if n.conf.Exclusive {
		// Kill and Restart keep the data: what was written to the file
		// survives SIGKILL without an fsync.
		lines = append(lines, "appendonly yes", "appendfsync no")
	}
	return n.write(append(lines, n.conf.Lines()...))
}

// write writes redis.conf.
func (n *nativeInstance) write(lines []string) error {
	return os.WriteFile(n.file(), []byte(strings.Join(lines, "\n")+"\n"), 0o600)
}

func (n *nativeInstance) file() string { return filepath.Join(n.dir, "redis.conf") }

func (n *nativeInstance) Endpoint() Endpoint { return n.end }

func (n *nativeInstance) lingering() {}

// boot starts the process and waits for its PONG.
func (n *nativeInstance) boot(ctx context.Context) error {
	child, err := process.StartBound(process.Command{Path: n.binary, Args: append([]string{n.file()}, n.args...), Dir: n.dir})
	if err != nil {
		return err
	}
	if err := child.Await(ctx, readyPoll, n.end.Ping); err != nil {
		return errors.Join(err, child.Kill())
	}
	n.child, n.dead = child, false
	return nil
}

// Kill ends the process with SIGKILL; its data stay for Restart.
func (n *nativeInstance) Kill(context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.kill()
}

func (n *nativeInstance) kill() error {
	if n.dead {
		return nil
	}
	n.dead = true
	return n.child.Kill()
}

// Restart starts the process again on the same socket with the same data.
func (n *nativeInstance) Restart(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.kill(); err != nil {
		return err
	}
	if err := n.boot(ctx); err != nil {
		return fmt.Errorf("boot %s again: %w", n.binary, err)
	}
	return nil
}

// Ended tells whether the process is dead though nobody killed it, and the
// last words it printed.
func (n *nativeInstance) Ended() (words string, dead bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.dead || n.child.Alive() {
		return "", false
	}
	return n.child.Words(), true
}

func (n *nativeInstance) Stop(context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.port != nil {
		defer n.port.letGo()
	}
	if n.dead {
		return os.RemoveAll(n.dir)
	}
	return n.child.Remove()
}

var _ Process = (*nativeInstance)(nil)
