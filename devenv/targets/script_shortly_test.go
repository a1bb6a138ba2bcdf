//go:build unix

package targets_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// environOf is the environment that a script's programs have.
func environOf(ts *testscript.TestScript) []string {
	ts.Check(ts.Exec("env", "-0"))
	return strings.Split(strings.TrimRight(ts.ReadFile("stdout"), "\x00"), "\x00")
}

// runShortly returns all that a run prints; one that goes on is interrupted.
func runShortly(ts *testscript.TestScript, environ, args []string) []byte {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	goesOn := slices.Contains([]string{"metrics", "serve", "monitor"}, args[0]) || slices.ContainsFunc(args, func(a string) bool { return a == "-follow" || strings.HasPrefix(a, "-watch") })
	program, err := lookIn(ts.Getenv("PATH"), "rk")
	ts.Check(err)
	cmd := exec.CommandContext(ctx, program, args...)
	out := &printed{came: make(chan struct{})}
	cmd.Stdout, cmd.Stderr, cmd.Dir, cmd.Env = out, (*asides)(out), ts.MkAbs("."), environ
	cmd.WaitDelay = 10 * time.Second
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // ends with the program, which the context bounds
	if goesOn {
		select {
		case <-out.came:
		case <-time.After(2 * time.Second): // one that says nothing is interrupted all the same
		case err = <-ended:
			ended <- err
		}
		for _, url := range out.urls() {
			page, err := get(ctx, http.DefaultClient, url)
			_, _ = out.Write([]byte(page))
			ts.Logf("GET %s: %d bytes, %v", url, len(page), err)
		}
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
	}
	err = <-ended
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		ts.Fatalf("rk %v: %v", args, err)
	}
	if s, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && s.Signaled() && s.Signal() != syscall.SIGINT {
		ts.Fatalf("rk %v was ended by %v:\n%s", args, s.Signal(), out.bytes())
	}
	return out.bytes()
}

// printed collects what a program prints, and tells when its result begins.
type printed struct {
	mu   sync.Mutex
	b    bytes.Buffer
	once sync.Once
	came chan struct{}
}

func (p *printed) Write(text []byte) (int, error) {
	p.once.Do(func() { close(p.came) })
	return (*asides)(p).Write(text)
}

// asides are what a program prints beside its result.
type asides printed

func (a *asides) Write(text []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.b.Write(text)
}

func (p *printed) bytes() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Clone(p.b.Bytes())
}

func (p *printed) urls() (found []string) {
	for word := range strings.FieldsSeq(string(p.bytes())) {
		if strings.HasPrefix(word, "http://127.0.0.1:") {
			found = append(found, word)
		}
	}
	return found
}
