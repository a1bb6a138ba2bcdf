package devenv

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A PasswordPlace is where REDKIT_PASSWORD stands; it never holds the password.
type PasswordPlace struct {
	Origin  string `json:"origin"` // the file and line, or "environment"
	Written bool   `json:"written"`
}

// passwordVariable is what the user default of our servers is asked for.
const passwordVariable = "REDKIT_PASSWORD"

// EnsurePassword sees to it that REDKIT_PASSWORD is set: if neither the
// environment nor the .env file has it, it appends one to that file, 26 random
// letters and digits of at least 128 bits. Whoever else could read the file no
// longer can. It reads no other setting, as none is valid before profile acl
// has its password. Not safe beside another program that writes the file.
func EnsurePassword(o LoadOptions) (PasswordPlace, error) {
	root, err := filepath.Abs(o.Root)
	if err != nil {
		return PasswordPlace{}, fmt.Errorf("find the project's directory: %w", err)
	}
	environ := o.Environ
	if environ == nil {
		environ = os.Environ()
	}
	for _, entry := range environ {
		if value, ok := strings.CutPrefix(entry, passwordVariable+"="); ok && value != "" {
			return PasswordPlace{Origin: "environment"}, nil
		}
	}
	l := &loader{settings: &Settings{Root: root}}
	path := l.path(firstNonEmpty(o.dotEnv(environ), ".env"))
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return PasswordPlace{}, fmt.Errorf("read the .env file: %w", err)
	}
	entries, problems := ParseDotEnv(filepath.Base(path), string(content))
	if len(problems) > 0 {
		return PasswordPlace{}, problems
	}
	for _, e := range entries {
		if e.Name == passwordVariable && e.Value != "" {
			return PasswordPlace{Origin: fmt.Sprintf("%s:%d", path, e.Line)}, nil
		}
	}
	text := string(content)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	text += passwordVariable + "=" + rand.Text() + "\n"
	if err := writeFile(path, []byte(text)); err != nil {
		return PasswordPlace{}, fmt.Errorf("write the password to the .env file: %w", err)
	}
	return PasswordPlace{Origin: fmt.Sprintf("%s:%d", path, strings.Count(text, "\n")), Written: true}, nil
}
