package devenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

var errLocked = errors.New("locked by another process")

// lockFor is lock with a time limit.
func (e *Env) lockFor(ctx context.Context, limit time.Duration) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return e.lock(ctx)
}

// lock makes this process the only one that changes the environment. It waits
// for another one that holds it, saying so once, until ctx ends. The kernel
// frees the lock when its holder dies, however it dies, and the programs that
// the holder has handed it to (see lend) have ended. unlock frees it.
func (e *Env) lock(ctx context.Context) (unlock func(), err error) {
	if err := os.MkdirAll(e.set.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the state directory: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(e.set.Dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for told := false; ; told = true {
		err := tryLock(file)
		if err == nil {
			e.held.Store(file)
			return func() {
				e.held.Store(nil)
				file.Close()
			}, nil
		}
		if !errors.Is(err, errLocked) {
			file.Close()
			return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
		}
		if !told {
			e.note("another command is changing this environment; waiting for it")
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, &Failure{
				Code: "locked", Exit: ExitTimeout,
				Message: "another command holds " + file.Name() + " and did not finish in time",
				Fixes:   []string{"find it with: lsof " + file.Name()},
				Err:     ctx.Err(),
			}
		case <-tick.C:
		}
	}
}

// lend hands the lock to a program that changes the environment for the
// command that holds it: when that command is killed the program works on, and
// whoever comes next waits for what it does.
func (e *Env) lend(cmd *exec.Cmd) {
	if file := e.held.Load(); file != nil {
		cmd.ExtraFiles = append(cmd.ExtraFiles, file)
	}
}
