//go:build unix

package targets_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/internal/process"
)

// condition knows [native]: a server is on PATH. Where REDISTEST_REQUIRE=1
// nothing is skipped for want of one: the script runs, and fails.
func condition(name string) (bool, error) {
	switch name {
	case "native":
		if os.Getenv("REDISTEST_REQUIRE") == "1" {
			return true, nil
		}
		_, err := exec.LookPath("redis-server")
		return err == nil, nil
	case "defaultports":
		if os.Getenv("REDISTEST_REQUIRE") == "1" {
			return true, nil
		}
		for _, addr := range []string{"127.0.0.1:6379", "127.0.0.1:6380"} {
			l, err := net.Listen("tcp", addr)
			if err != nil {
				return false, nil
			}
			l.Close()
		}
		return true, nil
	case "plugin": // compose is where every user finds it
		found, err := filepath.Glob("/usr/*/*/docker/cli-plugins/docker-compose")
		more, err2 := filepath.Glob("/usr/*/docker/cli-plugins/docker-compose")
		return len(found)+len(more) > 0, errors.Join(err, err2)
	case "server6":
		return server6() != "", nil
	case "docker":
		if os.Getenv("REDISTEST_REQUIRE") == "1" {
			return true, nil
		}
		return exec.Command("docker", "info").Run() == nil, nil
	}
	if image, ok := strings.CutPrefix(name, "image:"); ok {
		return exec.Command("docker", "image", "inspect", image).Run() == nil, nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
}

// server6 is the redis-server of before Redis 7 among REDISTEST_SERVERS, or "".
func server6() string {
	for path := range strings.SplitSeq(os.Getenv("REDISTEST_SERVERS"), ":") {
		if strings.HasSuffix(path, "-6.0") || strings.HasSuffix(path, "-6.2") {
			return path
		}
	}
	return ""
}

func noDaemon(ts *testscript.TestScript, neg bool, _ []string) {
	daemons, err := process.Logging(ts.Getenv("WORK"))
	ts.Check(err)
	if (len(daemons) == 0) == neg {
		ts.Fatalf("processes of this environment: %v", daemons)
	}
}

// waitDaemons waits at most 10 s until so many processes of this script's
// environments run.
func waitDaemons(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: daemons N")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		daemons, err := process.Logging(ts.Getenv("WORK"))
		ts.Check(err)
		if strconv.Itoa(len(daemons)) == args[0] {
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("after 10s these run: %v, want %s", daemons, args[0])
		case <-tick.C:
		}
	}
}

// realCompose is a compose program of this machine, for stand-ins that call it.
func realCompose() string {
	for _, path := range []string{os.Getenv("REDISTEST_COMPOSE"), "/usr/libexec/docker/cli-plugins/docker-compose", "/usr/lib/docker/cli-plugins/docker-compose", "docker-compose"} {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	return ""
}

// appears waits at most 20 s until a file holds a text so many times.
func appears(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: appears FILE TEXT N")
	}
	want, err := strconv.Atoi(args[2])
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && strings.Count(string(text), args[1]) >= want {
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("after 20s %s holds, %v:\n%s", args[0], err, text)
		case <-tick.C:
		}
	}
}

// sigkill ends the daemon of that name.
func sigkill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sigkill NAME")
	}
	daemons, err := process.Logging(ts.Getenv("WORK"))
	ts.Check(err)
	for _, d := range daemons {
		if filepath.Base(filepath.Dir(d.Log)) == args[0] {
			p, err := os.FindProcess(d.PID)
			ts.Check(err)
			ts.Check(p.Kill())
			ts.Check(d.Stop(context.Background(), 10*time.Second)) // waits until it is gone
			return
		}
	}
	ts.Fatalf("no daemon %s in %v", args[0], daemons)
}

// stopAll ends what a script that failed has left.
func stopAll(t *testing.T, dir string) {
	daemons, err := process.Logging(dir)
	if err != nil {
		t.Error(err)
	}
	for _, d := range daemons {
		if err := d.Stop(context.Background(), time.Second); err != nil {
			t.Error(err)
		}
	}
}

// takeDefaultPorts makes this script the only one on this machine that uses
// the default ports, until it ends.
func takeDefaultPorts(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: takedefaultports")
	}
	file, err := os.OpenFile(filepath.Join(os.TempDir(), "redkit-default-ports.lock"), os.O_CREATE|os.O_RDWR, 0o666)
	ts.Check(err)
	ts.Defer(func() { file.Close() })
	ts.Check(syscall.Flock(int(file.Fd()), syscall.LOCK_EX)) // waits for its turn
}

const projectLabel = "label=com.docker.compose.project="

// project gives the script a compose project, and removes all of it at the end.
func project(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: project")
	}
	name := fmt.Sprintf("redkit-script-%s-%x", ts.Name(), rand.Uint32())
	name = strings.ReplaceAll(name, "_", "-")
	ts.Setenv("REDKIT_PROJECT", name)
	ts.Defer(func() {
		remove := map[string][]string{"container": {"rm", "-f", "-v"}, "network": {"rm"}, "volume": {"rm", "-f"}}
		for _, kind := range []string{"container", "network", "volume"} {
			ids, err := exec.Command("docker", kind, "ls", "-q", "--filter", projectLabel+name).Output()
			if kind == "container" {
				ids, err = exec.Command("docker", kind, "ls", "-aq", "--filter", projectLabel+name).Output()
			}
			if err == nil && len(ids) > 0 {
				args := append(append([]string{kind}, remove[kind]...), strings.Fields(string(ids))...)
				if out, err := exec.Command("docker", args...).CombinedOutput(); err != nil {
					ts.Logf("docker %v: %v\n%s", args, err, out)
				}
			}
		}
	})
}

func killContainer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: killcontainer SERVICE")
	}
	id, err := exec.Command("docker", "ps", "-q", "--filter", projectLabel+ts.Getenv("REDKIT_PROJECT"),
		"--filter", "label=com.docker.compose.service="+args[0]).Output()
	ts.Check(err)
	out, err := exec.Command("docker", "kill", "-s", "KILL", strings.TrimSpace(string(id))).CombinedOutput()
	if err != nil {
		ts.Fatalf("docker kill: %v\n%s", err, out)
	}
}

// none fails when docker lists something of the project.
func none(list ...string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, _ []string) {
		out, err := exec.Command("docker", append(list, "--filter", projectLabel+ts.Getenv("REDKIT_PROJECT"))...).Output()
		ts.Check(err)
		if (len(out) == 0) == neg {
			ts.Fatalf("docker %s of project %s:\n%s", strings.Join(list, " "), ts.Getenv("REDKIT_PROJECT"), out)
		}
	}
}

// fails runs a program that must end with this very failure: a code of
// devenv.FailureCodes, which it also tells to GitHub, or an exit code.
func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails CODE PROGRAM ARG…")
	}
	want, named := args[0], false
	for _, c := range devenv.FailureCodes() {
		if c.Code == args[0] {
			want, named = strconv.Itoa(c.Exit), true
		}
	}
	if _, err := strconv.Atoi(want); err != nil {
		ts.Fatalf("devenv.FailureCodes lists no %q", args[0])
	}
	before := ts.Getenv("GITHUB_ACTIONS")
	ts.Setenv("GITHUB_ACTIONS", "true")
	err := ts.Exec(args[1], args[2:]...)
	ts.Setenv("GITHUB_ACTIONS", before)
	code := "0"
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = strconv.Itoa(exit.ExitCode())
	} else {
		ts.Check(err)
	}
	if said := ts.ReadFile("stderr"); code != want || named && !strings.Contains(said, " ("+args[0]+")::") {
		ts.Fatalf("%q ended with code %s, want %s (%s)", args[1:], code, want, args[0])
	}
}
