//go:build unix

package targets_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// noDockerGroup is fails for a user who may not talk to the Docker engine: one
// is there, and the mode of its socket keeps everybody out. Nothing keeps root
// out, so a test of root's runs the program as the user nobody.
func noDockerGroup(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: nodockergroup CODE PROGRAM ARG…")
	}
	dir, err := os.MkdirTemp("", "redkit-nobody-") // that of the test is for its user alone
	ts.Check(err)
	ts.Defer(func() { os.RemoveAll(dir) })
	ts.Check(os.Chmod(dir, 0o755))
	socket, home := filepath.Join(dir, "docker.sock"), filepath.Join(dir, "home")
	l, err := net.Listen("unix", socket)
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Check(os.Chmod(socket, 0))
	ts.Check(os.Mkdir(home, 0o777))
	ts.Check(os.Chmod(home, 0o777))
	program, err := lookIn(ts.Getenv("PATH"), args[1])
	ts.Check(err)
	text, err := os.ReadFile(program)
	ts.Check(err)
	command := []string{args[0], filepath.Join(dir, args[1])}
	ts.Check(os.WriteFile(command[1], text, 0o755))
	if os.Geteuid() == 0 {
		command = []string{args[0], "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", command[1]}
	}
	before := map[string]string{}
	for name, value := range map[string]string{"DOCKER_HOST": "unix://" + socket, "HOME": home, "XDG_CACHE_HOME": home, "DOCKER_CONFIG": home} {
		before[name] = ts.Getenv(name)
		ts.Setenv(name, value)
	}
	ts.Check(ts.Chdir(home))
	fails(ts, false, append(command, args[2:]...))
	ts.Check(ts.Chdir(ts.Getenv("WORK")))
	for name, value := range before {
		ts.Setenv(name, value)
	}
}

// lookIn finds a program on a PATH that is not this process's own.
func lookIn(path, name string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found, nil
		}
	}
	return "", &exec.Error{Name: name, Err: exec.ErrNotFound}
}

// outgoing sets a variable to a port that an outgoing connection of this
// machine holds, until the script ends.
func outgoing(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: outgoing NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	conn, err := net.Dial("tcp", l.Addr().String())
	ts.Check(err)
	ts.Defer(func() { conn.Close() })
	_, port, err := net.SplitHostPort(conn.LocalAddr().String())
	ts.Check(err)
	ts.Setenv(args[0], port)
}
