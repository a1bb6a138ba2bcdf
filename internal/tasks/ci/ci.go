// Package ci runs what a change must pass and reports it in the forms that
// continuous integration reads: JUnit, an HTML page and a summary in Markdown.
package ci

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A Step is one thing that must pass.
type Step struct {
	Name string
	Run  func(context.Context) error
}

// An Outcome is how a step went.
type Outcome struct {
	Name    string
	Elapsed time.Duration
	Err     error
}

// Run makes all steps one after the other, also after one has failed, until
// ctx ends: what has not begun then fails too.
func Run(ctx context.Context, steps ...Step) []Outcome {
	var done []Outcome
	for _, s := range steps {
		begun := time.Now()
		err := context.Cause(ctx)
		if err == nil {
			err = s.Run(ctx)
		}
		if ended := context.Cause(ctx); err != nil && ended != nil && !errors.Is(err, ended) {
			err = fmt.Errorf("%w: %w", ended, err)
		}
		done = append(done, Outcome{s.Name, time.Since(begun), err})
	}
	return done
}

// Err joins the errors of the steps; nil when all have passed.
func Err(done []Outcome) error {
	var errs []error
	for _, o := range done {
		if o.Err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", o.Name, o.Err))
		}
	}
	return errors.Join(errs...)
}

// Flags are those of go test within a limit for all of CI: one package may
// take as long as all of it, not only go test's own ten minutes.
func Flags(limit time.Duration) []string {
	return []string{"-shuffle=on", "-timeout=" + limit.String()}
}

// GoTest runs go test -json with args, shows what fails as it happens, and
// returns every result. Variables of env, as KEY=value, win over those of this
// process. The error is that of go test.
func GoTest(ctx context.Context, env []string, progress io.Writer, args ...string) (*Tests, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	var words bytes.Buffer
	cmd.Stderr = &words
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return &Tests{}, err
	}
	fmt.Fprintln(progress, "+", strings.Join(cmd.Args, " "))
	if err := cmd.Start(); err != nil {
		return &Tests{}, err
	}
	tests, read := Read(io.TeeReader(out, &failures{w: progress}))
	err = cmd.Wait()
	if err != nil && words.Len() > 0 {
		err = fmt.Errorf("%w\n%s", err, strings.TrimSpace(words.String()))
	}
	if err != nil {
		err = fmt.Errorf("go test: %w", err)
	}
	return tests, errors.Join(err, read)
}

// Write puts tests.xml, tests.html and summary.md into dir, and adds the
// summary to the file that GitHub shows when it names one.
func Write(dir string, done []Outcome, tests *Tests) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	summary := Markdown(done, tests)
	var errs []error
	for name, write := range map[string]func(io.Writer) error{
		"tests.xml":  tests.JUnit,
		"tests.html": func(w io.Writer) error { return HTML(w, done, tests) },
		"summary.md": func(w io.Writer) error { _, err := io.WriteString(w, summary); return err },
	} {
		var b bytes.Buffer
		err := write(&b)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o644)
		}
		errs = append(errs, err)
	}
	if path := os.Getenv("GITHUB_STEP_SUMMARY"); path != "" {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err == nil {
			_, err = f.WriteString(summary)
			err = errors.Join(err, f.Close())
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
