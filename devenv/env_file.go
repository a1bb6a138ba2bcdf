package devenv

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// EnvFile is where WriteEnvFile writes.
func (e *Env) EnvFile() string { return filepath.Join(e.set.Dir, "env.redis") }

// WriteEnvFile writes the application's variables, with their secrets, to a
// file that only this user can read. Both `. file` in a shell and a dotenv
// reader understand it.
func (e *Env) WriteEnvFile() error {
	text := []byte(FormatEnv(e.set.Env(true)))
	if old, err := os.ReadFile(e.EnvFile()); err == nil && bytes.Equal(old, text) {
		return nil // it has been 0600 since it was made
	}
	if err := writeFile(e.EnvFile(), text); err != nil {
		return fmt.Errorf("write the application's environment: %w", err)
	}
	return nil
}
