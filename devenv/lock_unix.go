//go:build unix

package devenv

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the lock or returns errLocked. Closing the file frees it; the
// descriptor is handed on only by lend, so no daemon keeps it.
func tryLock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
