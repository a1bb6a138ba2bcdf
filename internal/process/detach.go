package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Daemon names one process for all time: a process id alone is reused by
// the kernel, a process id with the moment it started is not. The zero
// value names no process. Its methods are safe for concurrent use.
type Daemon struct {
	PID     int    `json:"pid"`
	Started string `json:"started"`
}

// A Launch describes a daemon to start.
type Launch struct {
	Path string     // the program
	Args []string   // its arguments, without the program's name
	Env  []string   // its environment; nil means that of this process
	Dir  string     // its working directory; empty means that of this process
	Log  string     // a file that receives its stdout and stderr, appended to; see Logging
	Pass []*os.File // files handed on as descriptors 3, 4, …; the caller closes its own
}

// Detach starts a process that is meant to outlive this one: it leads a
// session of its own, so neither the end of its parent nor that of the
// terminal reaches it. Nobody waits for it; the caller records the Daemon
// and stops it one day with Stop.
func Detach(l Launch) (Daemon, error) {
	log, err := os.OpenFile(l.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return Daemon{}, fmt.Errorf("open the log: %w", err)
	}
	defer log.Close()

	cmd := exec.Command(l.Path, l.Args...)
	cmd.Dir, cmd.ExtraFiles = l.Dir, l.Pass
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = l.Env
	cmd.SysProcAttr = ownSession()
	if err := cmd.Start(); err != nil {
		return Daemon{}, fmt.Errorf("start %s: %w", l.Path, err)
	}
	pid := cmd.Process.Pid
	started, _, err := startTime(pid)
	if err != nil {
		// Without its start time it could not be stopped safely later.
		return Daemon{}, errors.Join(fmt.Errorf("name process %d: %w", pid, err), cmd.Process.Kill(), cmd.Wait())
	}
	// From here on Alive and Stop reap it, if it dies while we still live.
	if err := cmd.Process.Release(); err != nil {
		return Daemon{}, fmt.Errorf("release process %d: %w", pid, err)
	}
	return Daemon{PID: pid, Started: started}, nil
}

// Find names the process that has this id now.
func Find(pid int) (Daemon, error) {
	started, ended, err := startTime(pid)
	if err == nil && ended {
		err = fmt.Errorf("process %d has ended", pid)
	}
	if err != nil {
		return Daemon{}, err
	}
	return Daemon{PID: pid, Started: started}, nil
}

// Alive reports whether this very process still runs. A process that has
// ended and waits to be reaped is dead, and is reaped if it is our child.
func (d Daemon) Alive() bool {
	if d.PID <= 0 {
		return false
	}
	if reap(d.PID) {
		return false
	}
	started, ended, err := startTime(d.PID)
	if err == nil && ended {
		reap(d.PID) // it ended between the two questions
	}
	return err == nil && !ended && started == d.Started
}

// Stop asks the process to end (SIGTERM), and makes it end (SIGKILL) when it
// has not after grace or when ctx is done. It returns nil once the process is
// gone, also when it had gone before; a stranger that was given the same
// process id is left alone.
func (d Daemon) Stop(ctx context.Context, grace time.Duration) error {
	if !d.Alive() {
		return nil
	}
	if err := signal(d.PID, syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop process %d: %w", d.PID, err)
	}
	soft, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	if d.gone(soft) {
		return nil
	}
	if err := signal(d.PID, syscall.SIGKILL); err != nil {
		return fmt.Errorf("kill process %d: %w", d.PID, err)
	}
	// The kernel ends a killed process at once unless it hangs in a device.
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if !d.gone(hard) {
		return fmt.Errorf("kill process %d: it is still there 5s after SIGKILL", d.PID)
	}
	return nil
}

// gone waits until the process has ended; false means that ctx ended first.
func (d Daemon) gone(ctx context.Context) bool {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for d.Alive() {
		select {
		case <-ctx.Done():
			return !d.Alive()
		case <-tick.C:
		}
	}
	return true
}

// WritePID records the daemon in a file: its process id, a space, its start.
// Half a record, of a process killed while it wrote, is one ReadPID refuses.
func (d Daemon) WritePID(path string) error {
	return os.WriteFile(path, fmt.Appendf(nil, "%d %s\n", d.PID, d.Started), 0o600)
}

// A Logger is a process that writes to the log it was detached with.
type Logger struct {
	Daemon
	Log string
}

// ReadPID reads what WritePID wrote. A missing file is an error that
// satisfies errors.Is(err, fs.ErrNotExist).
func ReadPID(path string) (Daemon, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Daemon{}, err
	}
	line, whole := strings.CutSuffix(string(text), "\n")
	pid, started, ok := strings.Cut(line, " ")
	n, err := strconv.Atoi(pid)
	if !whole || !ok || err != nil || n <= 0 {
		return Daemon{}, fmt.Errorf("read %s: %q is not a process id and a start time", path, text)
	}
	return Daemon{PID: n, Started: started}, nil
}
