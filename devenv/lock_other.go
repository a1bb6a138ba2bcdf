//go:build !unix

package devenv

import (
	"errors"
	"os"
)

// tryLock refuses: Redis does not run here either, but it does in WSL.
func tryLock(*os.File) error { return errors.ErrUnsupported }
