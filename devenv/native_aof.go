package devenv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/redkit-dev/redkit/internal/process"
)

// checkAOF has the program that came with the server read an instance's
// append-only files, and with fix cut off what is damaged. It returns nothing
// when there are none, or no such program.
func (n nativeEngine) checkAOF(ctx context.Context, binary, name string, fix bool) (aofCheck, error) {
	data := n.data(name)
	files, _ := filepath.Glob(filepath.Join(data, multipartDir, "*.manifest")) // the pattern is good
	if len(files) == 0 {
		files = []string{filepath.Join(data, singleAOF)}
	}
	if _, err := os.Stat(files[0]); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	checker := aofChecker(binary)
	if checker == "" {
		return "", nil
	}
	cmd := exec.CommandContext(ctx, checker, files[0])
	if fix {
		cmd.Args, cmd.Stdin = []string{checker, "--fix", files[0]}, strings.NewReader("y\n")
	}
	cmd.Args[0] = filepath.Base(cmd.Args[0])
	if checker == binary {
		cmd.Args[0] = "redis-check-aof" // the programs are one, and go by their name
	}
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return "", fmt.Errorf("run %s: %w", checker, err)
	}
	return aofCheck(out), nil
}

// aofChecker is the program beside a server's that checks append-only files,
// the server's own when there is none, or "" when that is only a script, which
// may do anything.
func aofChecker(binary string) string {
	real, err := filepath.EvalSymlinks(binary)
	if err != nil {
		return ""
	}
	for _, dir := range []string{filepath.Dir(binary), filepath.Dir(real)} {
		for _, name := range []string{"redis-check-aof", "valkey-check-aof"} {
			if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
				return found
			}
		}
	}
	file, err := os.Open(real)
	if err != nil {
		return ""
	}
	defer file.Close()
	head := make([]byte, 2)
	if _, err := file.Read(head); err != nil || bytes.Equal(head, []byte("#!")) {
		return ""
	}
	return binary
}

// mendAOF cuts off what is damaged, after a copy to the directory keep.
func (n nativeEngine) mendAOF(ctx context.Context, name, keep string) error {
	if d, err := process.ReadPID(pidPath(n.e.set.Dir, BackendNative, name)); err == nil && d.Alive() {
		return fmt.Errorf("it runs: stop it first, with %s", n.e.run("down"))
	}
	binary, err := n.binary()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(keep, 0o700); err != nil {
		return err
	}
	for _, path := range []string{multipartDir, singleAOF} {
		if _, err := os.Stat(filepath.Join(n.data(name), path)); err != nil {
			continue // the one form or the other
		}
		if err := n.copyData(ctx, name, path, keep); err != nil {
			return fmt.Errorf("keep a copy: %w", err)
		}
	}
	told, err := n.checkAOF(ctx, binary, name, true)
	return errors.Join(err, told.wantMended())
}
