//go:build unix

package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// leash is the parent of a bound process. It starts the command given as its
// arguments, with fd 3 as the command's sign of life, then reads its own
// standard input, whose other end only the owner holds. A line "keep", or the
// end of the pipe when the owner dies, makes it kill and reap the command;
// then it removes the directory $leash_dir, unless told to keep it.
//
// A parent-death signal would do the killing on Linux alone, would fire when
// the starting thread ends rather than the process, and would leave the
// directory behind; and a goroutine bound to that thread for as long as the
// child lives would look like a leak in every test that checks for leaks.
const leash = `"$@" </dev/null & pid=$!
exec 3>&-
read -r word
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
[ "$word" = keep ] || rm -rf -- "$leash_dir"
`

// A Bound is a running process that ends with this one, even by SIGKILL. It
// needs no goroutine. Its methods are safe for concurrent use, but Kill and
// Remove count once.
type Bound struct {
	dir   string
	leash *os.Process // also leads the process group
	hold  *os.File    // closed: the leash kills
	life  *os.File    // read end: EOF when the command is dead
}

// StartBound starts c, in a process group of its own so that an interrupt
// typed at the terminal reaches only this process.
func StartBound(c Command) (*Bound, error) {
	sh, err := exec.LookPath("/bin/sh")
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(c.Path), err)
	}
	log, err := os.OpenFile(filepath.Join(c.Dir, Log), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(c.Path), err)
	}
	defer log.Close()
	stdin, hold, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(c.Path), err)
	}
	defer stdin.Close()
	life, sign, err := os.Pipe()
	if err != nil {
		_ = hold.Close()
		return nil, fmt.Errorf("start %s: %w", filepath.Base(c.Path), err)
	}
	defer sign.Close()
	proc, err := os.StartProcess(sh, append([]string{"sh", "-c", leash, "sh", c.Path}, c.Args...), &os.ProcAttr{
		Dir:   c.Dir,
		Env:   append(append(os.Environ(), c.Env...), "leash_dir="+c.Dir),
		Files: []*os.File{stdin, log, log, sign},
		Sys:   &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		_, _ = hold.Close(), life.Close()
		return nil, fmt.Errorf("start %s: %w", filepath.Base(c.Path), err)
	}
	return &Bound{dir: c.Dir, leash: proc, hold: hold, life: life}, nil
}

// Await calls ready until it returns nil: at once, then each time every has
// passed. It gives up, with the process's last words, when the process has
// died or ctx ends.
func (b *Bound) Await(ctx context.Context, every time.Duration, ready func(context.Context) error) error {
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("not ready: %w: %w%s", ctx.Err(), err, b.Words())
		}
		if !b.alive(every) {
			return fmt.Errorf("it ended%s", b.Words())
		}
	}
}

// Group is the process group of the command, for signals to all of it.
func (b *Bound) Group() int { return b.leash.Pid }

// Alive reports whether the process runs.
func (b *Bound) Alive() bool { return b.alive(0) }

// alive waits for the end of the process, at most d. A deadline in the past
// would not read at all, so the least wait is a moment.
func (b *Bound) alive(d time.Duration) bool {
	_ = b.life.SetReadDeadline(time.Now().Add(max(d, 50*time.Microsecond)))
	_, err := b.life.Read(make([]byte, 1))
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// Words returns the last lines the process printed, as the tail of an error.
func (b *Bound) Words() string {
	text, err := os.ReadFile(filepath.Join(b.dir, Log))
	if err != nil || len(text) == 0 {
		return ""
	}
	const most = 2000
	text = text[max(0, len(text)-most):]
	return "; its last words:\n" + strings.TrimRight(string(text), "\n")
}

// Kill ends the process with SIGKILL and returns when it is reaped. Its
// directory stays.
func (b *Bound) Kill() error { return b.end("keep\n") }

// Remove is Kill, then removes the directory.
func (b *Bound) Remove() error { return b.end("") }

func (b *Bound) end(word string) error {
	if _, err := b.hold.WriteString(word); err != nil && !errors.Is(err, syscall.EPIPE) {
		return fmt.Errorf("end the process: %w", err)
	}
	_, _ = b.hold.Close(), b.life.Close()
	if _, err := b.leash.Wait(); err != nil {
		return fmt.Errorf("reap the process: %w", err)
	}
	return nil
}
