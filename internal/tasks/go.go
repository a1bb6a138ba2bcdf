// Package tasks runs the go command for this repository's own mage targets.
package tasks

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Go runs the go command with args, its output on ours. env entries of the
// form KEY=value are added to the environment and win over it.
func Go(ctx context.Context, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	fmt.Fprintln(os.Stderr, "+", strings.Join(append(env, cmd.Args...), " "))
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w", args[0], err)
	}
	return nil
}

// Race returns the flags that switch the race detector on where it works: it
// needs cgo, and a machine with only Go has no C compiler.
func Race() []string {
	out, err := exec.Command("go", "env", "CGO_ENABLED", "CC").Output()
	if err != nil {
		return nil
	}
	enabled, compiler, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if _, err := exec.LookPath(compiler); enabled != "1" || err != nil {
		return nil
	}
	return []string{"-race"}
}
