package devenv

import (
	"context"
	"errors"
	"fmt"
	"os"
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
// frees the lock when its holder dies, however it dies. unlock frees it.
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
			return func() { file.Close() }, nil
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
