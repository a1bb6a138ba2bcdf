package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/redkit-dev/redkit/internal/process"
)

const python = "/usr/bin/python3"

// needPython ends the test on a machine without the originals.
func needPython(t *testing.T) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), python, "-c", "import celery, channels, channels_redis, django_redis, rest_framework").CombinedOutput()
	if err != nil {
		missing(t, "the shop needs its originals: apt-get install python3-celery python3-channels-redis python3-django-redis python3-djangorestframework\n"+string(out))
	}
}

// shell are the arguments of /usr/bin/env for a command in the Django project
// that knows of Redis what `. .redkit/env.redis` tells, and nothing else.
func shell(t *testing.T, envFile string, command ...string) []string {
	t.Helper()
	project, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	return append([]string{
		"-i", "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "PYTHONPATH=" + project, "PYTHONDONTWRITEBYTECODE=1", "DJANGO_SETTINGS_MODULE=shop.settings",
		"/bin/sh", "-c", `set -a; . "$0"; exec "$@"`, envFile,
	}, command...)
}

// A driver is a Python process that evaluates expressions in the project.
type driver struct {
	in    io.Writer
	out   *bufio.Reader
	words *strings.Builder // what it says on stderr; read when it has ended
	end   func() error
}

// drive starts a driver, which ends with the test, and by the end of its input
// with this process.
func drive(t *testing.T, envFile string) *driver {
	t.Helper()
	script, err := filepath.Abs("testdata/drive.py")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "/usr/bin/env", shell(t, envFile, python, script)...)
	d := &driver{words: &strings.Builder{}}
	cmd.Stderr = d.words
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d.in, d.out = in, bufio.NewReader(out)
	d.end = func() error { return errors.Join(in.Close(), cmd.Wait()) }
	t.Cleanup(func() {
		if err := d.end(); err != nil {
			t.Errorf("the Python side ended with %v:\n%s", err, d.words)
		}
	})
	return d
}

// ask returns the value of an expression.
func (d *driver) ask(expression string) (any, error) {
	line, err := json.Marshal(map[string]string{"ask": expression})
	if err != nil {
		return nil, err
	}
	if _, err := d.in.Write(append(line, '\n')); err != nil {
		return nil, err
	}
	text, err := d.out.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var answer struct {
		Out   any
		Error string
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, err
	}
	if answer.Error != "" {
		return nil, errors.New(answer.Error)
	}
	return answer.Out, nil
}

// celeryProcess starts a command of Celery's, which ends with the test, and with
// this process however it ends.
func celeryProcess(t *testing.T, envFile string, args ...string) *process.Bound {
	t.Helper()
	command := append([]string{python, "-m", "celery", "-A", "shop"}, args...)
	p, err := process.StartBound(process.Command{Path: "/usr/bin/env", Args: shell(t, envFile, command...), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("celery %s%s", args[0], p.Words())
		}
		if err := errors.Join(syscall.Kill(-p.Group(), syscall.SIGKILL), p.Kill()); err != nil {
			t.Error(err)
		}
	})
	return p
}
