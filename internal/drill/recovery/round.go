package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/internal/drill/durable"
)

// The ways a broker ends without being asked.
const (
	killed = "SIGKILL"    // the process: what it wrote is in the kernel's hands
	power  = "power loss" // the machine: what no fsync has brought to the disk is gone
)

// A round is one broker that is killed under load and comes back.
type round struct {
	AppendFsync string `json:"appendfsync"`
	Kill        string `json:"kill"`
	Acked       int    `json:"acked"` // publishes that were answered before the end
	Lost        int    `json:"lost"`  // of these, not there after the restart
	// Bytes is the length of the append-only file at the end, Synced what of
	// it was on the disk by an fsync.
	Bytes  int64 `json:"bytes"`
	Synced int64 `json:"synced"`
	Syncs  int   `json:"syncs"`
	// Restored is how many messages a backup from before the load held, and
	// had again when it was restored at the end.
	Restored int `json:"restored"`

	judged error
}

// judge tells whether the round is what the settings promise.
func (r *round) judge() {
	switch {
	case r.Acked == 0:
		r.judged = errors.New("no publish was acknowledged: the round proves nothing")
	case r.Kill == killed && r.Lost > 0:
		r.judged = fmt.Errorf("%d acknowledged messages were lost although the machine ran on", r.Lost)
	case r.AppendFsync == "always" && r.Lost > 0:
		r.judged = fmt.Errorf("%d acknowledged messages were lost under appendfsync always", r.Lost)
	case r.AppendFsync == "no" && r.Kill == power && r.Lost == 0:
		r.judged = errors.New("no message was lost under appendfsync no: the power loss was not one")
	}
}

// drill settings of a run.
type drill struct {
	server   string // redis-server
	strace   string
	messages int           // acknowledged publishes before a broker is killed
	limit    time.Duration // for one round
}

// saved is how many messages the backup holds.
const saved = 50

// run makes one round in a directory of its own below dir.
func (d drill) run(ctx context.Context, dir, appendfsync, kill string) (r round, err error) {
	ctx, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	r = round{AppendFsync: appendfsync, Kill: kill}
	dir, err = os.MkdirTemp(dir, "round-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	trace := filepath.Join(dir, "trace")
	wrapped, err := d.wrap(dir, trace)
	if err != nil {
		return r, err
	}
	before, err := start(ctx, dir, wrapped, appendfsync)
	if err != nil {
		return r, err
	}
	defer func() {
		_, down := before.env.Down(context.WithoutCancel(ctx), devenv.DownOptions{Volumes: true})
		err = errors.Join(err, down)
	}()
	client, err := before.open()
	if err != nil {
		return r, err
	}
	defer client.Close()
	if _, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for n := range int64(saved) {
			p.LPush(ctx, "saved", message(n))
		}
		return nil
	}); err != nil {
		return r, err
	}
	backup, err := before.env.Backup(ctx, devenv.BackupOptions{Name: "before"})
	if err != nil {
		return r, err
	}
	files, acked, err := d.kill(ctx, before, client, trace, appendfsync)
	if err != nil {
		return r, err
	}
	r.Acked = len(acked)
	if err := r.cut(files); err != nil {
		return r, err
	}
	after, err := environment(dir, d.server, appendfsync)
	if err != nil {
		return r, err
	}
	if _, err := after.env.Up(ctx, devenv.UpOptions{}); err != nil {
		return r, err
	}
	if r.Lost, err = lost(ctx, client, "celery", acked); err != nil {
		return r, err
	}
	if _, err := after.env.Restore(ctx, devenv.RestoreOptions{Name: backup.Name}); err != nil {
		return r, err
	}
	n, err := client.LLen(ctx, "saved").Result()
	if err != nil {
		return r, err
	}
	if r.Restored = int(n); n != saved {
		return r, fmt.Errorf("the restored backup has %d messages, want %d", n, saved)
	}
	r.judge()
	return r, nil
}

// kill puts the broker under load and ends it in the middle.
func (d drill) kill(ctx context.Context, w world, client redis.UniversalClient, trace, appendfsync string) (map[string]*durable.File, map[int64]bool, error) {
	status, err := w.env.Status(ctx)
	if err != nil {
		return nil, nil, err
	}
	pid := status.Services[0].PID
	l := &load{queue: "celery", open: w.open}
	if err := l.start(ctx); err != nil {
		return nil, nil, err
	}
	err = until(ctx, "enough was published", func() (bool, error) {
		if l.count() < d.messages || appendfsync == "no" {
			return l.count() >= d.messages, nil
		}
		files, _, err := durable.ReadFile(trace)
		for _, f := range files {
			if f.Syncs > 0 && f.Synced > 0 {
				return true, err
			}
		}
		return false, err
	})
	process, found := os.FindProcess(pid)
	if err = errors.Join(err, found); err == nil {
		err = process.Kill()
	}
	if err != nil {
		_ = client.Shutdown(ctx).Err() // ends the load as well
		l.wait()
		return nil, nil, err
	}
	acked := l.wait()
	var files map[string]*durable.File
	err = until(ctx, "the trace is complete", func() (bool, error) {
		var gone map[int]bool
		files, gone, err = durable.ReadFile(trace)
		return gone[pid], err
	})
	return files, acked, err
}

// cut leaves of each append-only file what was on the disk, when the power is lost.
func (r *round) cut(files map[string]*durable.File) error {
	if len(files) == 0 {
		return errors.New("the trace shows no append-only file")
	}
	for path, f := range files {
		stat, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a temporary one
		}
		if err != nil {
			return err
		}
		if f.Written > stat.Size() { // less is a write within which the server was killed
			return fmt.Errorf("the trace has %d bytes written to %s, which holds %d", f.Written, path, stat.Size())
		}
		r.Bytes, r.Synced, r.Syncs = r.Bytes+stat.Size(), r.Synced+f.Synced, r.Syncs+f.Syncs
		if r.Kill != power {
			continue
		}
		if err := os.Truncate(path, f.Synced); err != nil {
			return err
		}
	}
	return nil
}

// wrap writes a program that runs the server under strace. The server keeps
// the process id that its starter knows (-D).
func (d drill) wrap(dir, trace string) (string, error) {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	path := filepath.Join(dir, "traced-server")
	script := fmt.Sprintf("#!/bin/sh\nexec %s -D %s -o %s %s \"$@\"\n", quote(d.strace), strings.Join(durable.Flags(), " "), quote(trace), quote(d.server))
	return path, os.WriteFile(path, []byte(script), 0o700)
}

// find fills in the programs.
func (d drill) find() (drill, error) {
	var err error
	if d.server, err = exec.LookPath("redis-server"); err != nil {
		return d, fmt.Errorf("the drill kills a real server: apt install redis-server: %w", err)
	}
	if d.strace, err = exec.LookPath("strace"); err != nil {
		return d, fmt.Errorf("the drill follows the server's fsyncs: apt install strace: %w", err)
	}
	return d, nil
}
