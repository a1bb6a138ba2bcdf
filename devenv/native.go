package devenv

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/process"
)

// stopGrace is how long a server may take to save its data and end.
const stopGrace = 20 * time.Second

// A nativeEngine runs the redis-server or valkey-server of this machine, one
// daemon per instance. Everything of one is in Dir/native/NAME: redis.conf,
// pid, log, data.
type nativeEngine struct{ e *Env }

func (n nativeEngine) dir(name string) string { return filepath.Join(n.e.set.Dir, "native", name) }

// binary finds the server: REDKIT_REDIS_SERVER, else the PATH.
func (n nativeEngine) binary() (string, error) {
	if path := n.e.set.RedisServer; path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", n.e.failNoServer(fmt.Sprintf("REDKIT_REDIS_SERVER=%s cannot be run", path), err)
		}
		return found, nil
	}
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", n.e.failNoServer("neither redis-server nor valkey-server is on PATH", exec.ErrNotFound)
}

// probe does not ask the server for its version: the process would cost as
// much as half a start, and INFO tells it soon.
func (n nativeEngine) probe(context.Context) (string, error) { return n.binary() }

// find reads the pid files. What has none, because its up was killed before
// it wrote one, still carries its mark.
func (n nativeEngine) find(context.Context) ([]server, error) {
	return findDaemons(n.e.set.Dir, BackendNative)
}

func (n nativeEngine) start(ctx context.Context, instances []Instance) ([]server, func(context.Context) error, error) {
	var begun daemons
	binary, err := n.binary()
	if err != nil {
		return nil, begun.stop, err
	}
	if err := stopLeft(ctx, n.e, BackendNative, instances); err != nil {
		return nil, begun.stop, err
	}
	if err := n.e.portsFree(ctx, withBuses(instances)); err != nil {
		return nil, begun.stop, err
	}
	var started []server
	launch := func(i Instance) (server, error) {
		d, err := n.launch(binary, i)
		begun.add(d)
		s := server{Name: i.Name, Daemon: d}
		started = append(started, s)
		return s, err
	}
	for _, i := range slowestFirst(instances) {
		if i.Group != "" {
			continue
		}
		if err := n.writeConf(binary, i); err != nil {
			return nil, begun.stop, err
		}
		if _, err := launch(i); err != nil {
			return nil, begun.stop, err
		}
	}
	for name, missing := range groups(instances) {
		if err := n.startGroup(ctx, name, missing, binary, launch); err != nil {
			return nil, begun.stop, err
		}
	}
	return started, begun.stop, nil
}

// slowestFirst lets the server that also opens an append-only file boot while
// the others are launched.
func slowestFirst(instances []Instance) []Instance {
	var slow, quick []Instance
	for _, i := range instances {
		if i.Persistence == PersistAOF {
			slow = append(slow, i)
		} else {
			quick = append(quick, i)
		}
	}
	return append(slow, quick...)
}

func (n nativeEngine) await(i Instance, s server) awaited {
	return awaited{
		instance: i, server: s, open: n.e.local(i), knock: true, boots: n.boots(i.Name), look: 5 * time.Millisecond,
		died: func(context.Context) error {
			if s.Daemon.Alive() {
				return nil
			}
			return n.e.failDied(i.Name, tailFile(logPath(n.e.set.Dir, BackendNative, i.Name), 20))
		},
		ours: func(ctx context.Context, f info) error {
			if _, err := os.Stat(filepath.Join(n.data(i.Name), "appendonlydir")); err == nil && f.beforeMultipart() {
				return n.e.failTooOld(i.Name, f["redis_version"])
			}
			return s.isDaemon(ctx, f)
		},
	}
}

// boots reads the log for the line that ends the boot of every Redis and
// Valkey. That costs far less than a refused connection, which takes the
// processor from the server that is waited for. Soon it is not believed any
// more: a wrapper may log elsewhere.
func (n nativeEngine) boots(name string) func(time.Duration) bool {
	path := logPath(n.e.set.Dir, BackendNative, name)
	return func(since time.Duration) bool {
		if since > 100*time.Millisecond {
			return false
		}
		text, err := os.ReadFile(path)
		return err == nil && !bytes.Contains(text, []byte("eady to accept connections")) && !bytes.Contains(text, []byte("Sentinel ID is"))
	}
}

func (n nativeEngine) conf(name string) string { return filepath.Join(n.dir(name), "redis.conf") }

func (n nativeEngine) data(name string) string { return filepath.Join(n.dir(name), "data") }

// writeConf writes an instance's redis.conf, and more lines after it.
func (n nativeEngine) writeConf(binary string, i Instance, more ...string) error {
	if err := os.MkdirAll(n.data(i.Name), 0o700); err != nil {
		return err
	}
	guard, err := n.e.guardConf(binary, i)
	if err != nil {
		return err
	}
	text := n.e.config(i, n.data(i.Name))
	text = append(append(text, guard...), strings.Join(append(more, ""), "\n")...)
	return os.WriteFile(n.conf(i.Name), text, 0o600)
}

// launch starts an instance with the redis.conf it has.
func (n nativeEngine) launch(binary string, i Instance) (process.Daemon, error) {
	args := []string{n.conf(i.Name)}
	if i.Watches {
		args = append(args, "--sentinel")
	}
	return startDaemon(n.e.set.Dir, BackendNative, i.Name, process.Launch{Path: binary, Args: args})
}

// config is the configuration file of an instance, the same settings as the
// compose file gives the container.
func (e *Env) config(i Instance, data string) []byte {
	var b strings.Builder
	set := func(name string, values ...string) {
		b.WriteString(name)
		for _, v := range values {
			b.WriteString(" " + confQuote(v))
		}
		b.WriteByte('\n')
	}
	savePoints := func() { // one a line: Redis 6.0 passes over several on one, without a word
		set("save", "3600", "1")
		set("save", "300", "100")
		set("save", "60", "10000")
	}
	b.WriteString("# written by redkit at every up\n")
	set("bind", e.set.Bind)
	set("port", fmt.Sprint(i.Port))
	set("protected-mode", "no") // Bind and the password decide who may connect
	set("daemonize", "no")
	set("dir", data)
	if p := e.set.Password; !p.IsZero() {
		set("requirepass", p.Reveal())
	}
	if i.Watches {
		return []byte(b.String())
	}
	set("always-show-logo", "no")
	set("latency-monitor-threshold", "100")
	set("repl-diskless-sync-delay", "0")
	if i.Group != string(ProfileCluster) {
		set("databases", "1024") // enough to lend one to every test that redistest runs here at once
	}
	set("maxmemory", fmt.Sprint(int64(i.MaxMemory)))
	set("maxmemory-policy", i.Policy)
	switch i.Persistence {
	case PersistAOF:
		set("appendonly", "yes")
		set("appendfsync", i.AppendFsync)
		if i.Group != "" {
			set("save", "") // their data do not outlive them
			break
		}
		savePoints()
	case PersistRDB:
		set("appendonly", "no")
		savePoints()
	default:
		set("appendonly", "no")
		set("save", "")
	}
	b.WriteString(e.groupConf(i))
	return []byte(b.String())
}

// confQuote writes a value so that the server reads back these very bytes.
func confQuote(value string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(value) {
		switch c := value[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20 || c > 0x7e:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// stop also removes the data that were not meant to outlive their process.
func (n nativeEngine) stop(ctx context.Context, grace time.Duration) error {
	if err := stopDaemons(ctx, n.e.set.Dir, BackendNative, grace); err != nil {
		return err
	}
	found, err := n.find(ctx)
	if err != nil {
		return err
	}
	instances := n.e.set.Instances()
	var names []string
	for _, s := range found {
		keeps := slices.Contains(keepers(), s.Name) && !slices.ContainsFunc(instances, func(i Instance) bool { return i.Name == s.Name && !i.Keep })
		if !keeps {
			names = append(names, s.Name)
		}
	}
	return n.discard(ctx, names)
}

func (n nativeEngine) pause(ctx context.Context, names []string) error {
	found, err := n.find(ctx)
	if err != nil {
		return err
	}
	var list daemons
	for _, s := range found {
		if s.running() && slices.Contains(names, s.Name) {
			list.add(s.Daemon)
		}
	}
	return list.end(ctx, stopGrace)
}

func (n nativeEngine) discard(_ context.Context, names []string) error {
	for _, name := range names {
		if err := os.RemoveAll(n.data(name)); err != nil {
			return fmt.Errorf("delete the data of the %s: %w", name, err)
		}
	}
	return nil
}

func (n nativeEngine) logs(ctx context.Context, o LogOptions, w io.Writer) error {
	return copyLogs(ctx, append(n.e.logFiles(BackendNative), n.e.logFiles(companionDaemons)...), o, w)
}
