package tasks

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
)

// Formatted fails when gofmt would change a file, or cannot read one.
func Formatted(ctx context.Context, files ...string) error {
	var out, words bytes.Buffer
	cmd := exec.CommandContext(ctx, "gofmt", append([]string{"-l"}, files...)...)
	cmd.Stdout, cmd.Stderr = &out, &words
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run gofmt: %w\n%s", err, &words)
	}
	if out.Len() > 0 {
		return fmt.Errorf("gofmt would change:\n%s(run gofmt -w on them)", &out)
	}
	return nil
}
