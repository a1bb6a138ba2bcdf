package devenv

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/redkit-dev/redkit/internal/process"
)

// The daemons of the native and the embedded engine. Each has a directory
// Dir/BACKEND/NAME with its pid file and its log; the log finds it even when
// the pid file is lost.

func logPath(dir string, b Backend, name string) string {
	return filepath.Join(dir, string(b), name, "log")
}

// logDir is the state directory in the path of a daemon's log.
func logDir(log string) string { return filepath.Dir(filepath.Dir(filepath.Dir(log))) }

func pidPath(dir string, b Backend, name string) string {
	return filepath.Join(dir, string(b), name, "pid")
}

// startDaemon starts a daemon and records it. A daemon that cannot be recorded
// is stopped again.
func startDaemon(dir string, b Backend, name string, l process.Launch) (process.Daemon, error) {
	l.Log = logPath(dir, b, name)
	if err := os.Remove(l.Log); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return process.Daemon{}, err
	}
	d, err := process.Detach(l)
	if err != nil {
		return process.Daemon{}, err
	}
	if err := d.WritePID(pidPath(dir, b, name)); err != nil {
		return process.Daemon{}, errors.Join(err, d.Stop(context.Background(), stopGrace))
	}
	return d, nil
}

// isDaemon tells a daemon from another server that answers on its port.
func (s server) isDaemon(_ context.Context, f info) error {
	if int(f.number("process_id")) != s.Daemon.PID {
		return errStranger
	}
	return nil
}

// findDaemons lists the daemons of a backend that have a directory.
func findDaemons(dir string, b Backend) ([]server, error) {
	entries, err := os.ReadDir(filepath.Join(dir, string(b)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found []server
	for _, entry := range entries {
		s := server{Name: entry.Name(), Status: "stopped"}
		if d, err := process.ReadPID(pidPath(dir, b, s.Name)); err == nil && d.Alive() {
			s.Daemon, s.Status = d, statusRunning
		}
		found = append(found, s)
	}
	return found, nil
}

// stopLeft ends the daemons that an earlier command left without recording
// the environment: nobody knows with which settings they run.
func stopLeft(ctx context.Context, e *Env, b Backend, instances []Instance) error {
	found, err := findDaemons(e.set.Dir, b)
	if err != nil {
		return err
	}
	var left daemons
	for _, s := range found {
		if s.running() && slices.ContainsFunc(instances, func(i Instance) bool { return i.Name == s.Name }) {
			e.note("stopping the %s first: a command that was killed left it behind", s.Name)
			left.add(s.Daemon)
		}
	}
	return left.end(ctx, stopGrace)
}

// stopDaemons ends every daemon of a backend, all at once, and forgets them:
// also those that are not recorded, because their up was killed before it
// could or because the directory was deleted.
func stopDaemons(ctx context.Context, dir string, b Backend, grace time.Duration) error {
	found, err := findDaemons(dir, b)
	if err != nil {
		return err
	}
	strays, err := process.Logging(filepath.Join(dir, string(b)))
	if err != nil {
		return err
	}
	var all, homeless daemons
	for _, s := range found {
		all.add(s.Daemon)
	}
	for _, l := range strays {
		if _, err := os.Stat(l.Log); err != nil {
			homeless.add(l.Daemon) // it cannot save, and would refuse to end
		} else {
			all.add(l.Daemon)
		}
	}
	if err := errors.Join(homeless.end(ctx, 100*time.Millisecond), all.end(ctx, grace)); err != nil {
		return err
	}
	for _, s := range found {
		if err := os.Remove(pidPath(dir, b, s.Name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// daemons are some to end together: what one call has started, or found left.
type daemons struct{ list []process.Daemon }

func (d *daemons) add(one process.Daemon) {
	if one.PID != 0 && !slices.Contains(d.list, one) {
		d.list = append(d.list, one)
	}
}

// stop takes them back: they have served nobody yet.
func (d *daemons) stop(ctx context.Context) error { return d.end(ctx, 2*time.Second) }

func (d *daemons) end(ctx context.Context, grace time.Duration) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, one := range d.list {
		group.Go(func() error { return one.Stop(ctx, grace) })
	}
	return group.Wait()
}
