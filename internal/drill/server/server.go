// Package server runs the redis-server of a drill: one that can be killed, and
// that can lose power.
package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/drill/durable"
	"github.com/redkit-dev/redkit/internal/process"
)

// A Server keeps an append-only file. It can be killed and started again, and
// it can lose power: then the file is cut to what was on the disk for sure.
// One goroutine at a time may start, kill and close it.
type Server struct {
	Options
	Addr   string        // on loopback; the same after every start
	Client *redis.Client // that does not try again
	Lost   int64         // bytes that were written and not yet flushed when power failed

	bound *process.Bound
	trace *trace // of its writes; nil unless Power
}

// Options of a Server.
type Options struct {
	Binary string // redis-server
	Dir    string // of its data; its output goes to a directory of each run's own
	Fsync  string // appendfsync; always, before every answer, if empty
	Power  bool   // Kill is a power failure
}

// New takes a port for a server that Start starts.
func New(o Options) (*Server, error) {
	if o.Fsync == "" {
		o.Fsync = "always"
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{Options: o, Addr: l.Addr().String()}
	s.Client = redis.NewClient(&redis.Options{Addr: s.Addr, MaxRetries: -1})
	return s, l.Close()
}

// Start returns when the server answers and, for Power, when its writes are followed.
func (s *Server) Start(ctx context.Context) error {
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return err
	}
	run, err := os.MkdirTemp(s.Dir, "run-")
	if err != nil {
		return err
	}
	s.bound, err = process.StartBound(process.Command{Path: s.Binary, Dir: run, Args: []string{"--bind", "127.0.0.1", "--port", port, "--dir", s.Dir,
		"--save", "", "--appendonly", "yes", "--appendfsync", s.Fsync, "--auto-aof-rewrite-percentage", "0", "--daemonize", "no"}})
	if err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := s.bound.Await(wait, 5*time.Millisecond, func(ctx context.Context) error { return s.Client.Ping(ctx).Err() }); err != nil {
		return fmt.Errorf("start the server: %w", err)
	}
	if s.Power {
		pid, err := s.pid(wait)
		if err == nil {
			s.trace, err = follow(wait, pid, run)
		}
		if err != nil {
			return fmt.Errorf("follow the server's writes: %w", err)
		}
	}
	return nil
}

func (s *Server) pid(ctx context.Context) (int, error) {
	info, err := s.Client.Info(ctx, "server").Result()
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(info) {
		if text, ok := strings.CutPrefix(line, "process_id:"); ok {
			return strconv.Atoi(strings.TrimSpace(text))
		}
	}
	return 0, errors.New("INFO holds no process_id")
}

// Kill ends the server with SIGKILL and returns when it is dead; for Power it
// then takes from its file what was not flushed.
func (s *Server) Kill() error {
	if err := s.bound.Kill(); err != nil {
		return err
	}
	if s.trace == nil {
		return nil
	}
	file, length, err := s.trace.end()
	s.trace = nil
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.Size() < length {
		return fmt.Errorf("%s has %d bytes, and %d were flushed: the trace is wrong", file, info.Size(), length)
	}
	s.Lost += info.Size() - length
	return os.Truncate(file, length)
}

// Words is what the server printed last, to be put behind an error.
func (s *Server) Words() string { return s.bound.Words() }

// Close ends everything; the directory is the caller's to remove.
func (s *Server) Close() error {
	err := s.Client.Close()
	if s.bound != nil && s.bound.Alive() {
		err = errors.Join(err, s.bound.Kill())
	}
	if s.trace != nil {
		_, _, bad := s.trace.end()
		err = errors.Join(err, bad)
	}
	return err
}

// openFile is the path of the append-only file that a process writes to.
func openFile(pid int) (string, error) {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		path, err := os.Readlink(filepath.Join(dir, e.Name()))
		if err == nil && strings.HasSuffix(path, ".aof") {
			return path, nil
		}
	}
	return "", fmt.Errorf("process %d has no append-only file open", pid)
}

// follow attaches strace to a server that is at rest.
func follow(ctx context.Context, pid int, dir string) (*trace, error) {
	path, err := exec.LookPath("strace")
	if err != nil {
		return nil, fmt.Errorf("%w: install it with: apt-get install strace", err)
	}
	t := &trace{log: filepath.Join(dir, "strace.log")}
	if t.file, err = openFile(pid); err != nil {
		return nil, err
	}
	info, err := os.Stat(t.file)
	if err != nil {
		return nil, err
	}
	t.size = info.Size()
	own, err := os.MkdirTemp(dir, "strace-")
	if err != nil {
		return nil, err
	}
	t.strace, err = process.StartBound(process.Command{Path: path, Dir: own,
		Args: append(durable.Flags(), "-q", "-p", strconv.Itoa(pid), "-o", t.log)})
	if err != nil {
		return nil, err
	}
	return t, t.strace.Await(ctx, time.Millisecond, func(context.Context) error {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err == nil && strings.Contains(string(status), "TracerPid:\t0\n") {
			err = errors.New("strace is not attached yet")
		}
		return err
	})
}
