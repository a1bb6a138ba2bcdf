//go:build unix

package process_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/internal/process"
)

// envOwner makes the test binary an owner for TestBoundEndsWithItsOwner.
const envOwner = "PROCESS_TEST_OWNER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(envOwner); dir != "" {
		own(dir)
	}
	goleak.VerifyTestMain(m)
}

// sleeper is a command with a child of its own, so that a kill which spares
// the rest of the group shows.
func sleeper(dir string) process.Command {
	return process.Command{Path: "/bin/sh", Args: []string{"-c", "echo up >ready; exec sleep 600"}, Dir: dir}
}

func awaitReady(ctx context.Context, b *process.Bound, dir string) error {
	return b.Await(ctx, 200*time.Microsecond, func(context.Context) error {
		_, err := os.Stat(filepath.Join(dir, "ready"))
		return err
	})
}

// gone waits until the process group has no living member and the directory
// is no more.
func gone(t *testing.T, group int, dir string) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.After(10 * time.Second)
	for {
		alive := syscall.Kill(-group, 0)
		_, err := os.Stat(dir)
		if errors.Is(alive, syscall.ESRCH) && errors.Is(err, fs.ErrNotExist) {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("10 s after its owner's death: signal 0 to group %d = %v, want ESRCH; stat %s = %v, want not exist", group, alive, dir, err)
		}
	}
}

// own starts a bound process, tells its group and waits for SIGKILL.
func own(dir string) {
	b, err := process.StartBound(sleeper(dir))
	if err == nil {
		err = awaitReady(context.Background(), b, dir)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("group", b.Group())
	select {}
}

func TestBoundEndsWithItsOwner(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), envOwner+"="+dir)
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	defer owner.Wait() // reaps; the error is the SIGKILL below
	defer owner.Process.Kill()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	group, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "group ")))
	if err != nil {
		t.Fatalf("the owner said %q, want group N", line)
	}
	if err := syscall.Kill(-group, 0); err != nil {
		t.Fatalf("signal 0 to the group of a living owner's command = %v, want nil", err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	gone(t, group, dir)
}

func TestRemoveLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	b, err := process.StartBound(sleeper(dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := awaitReady(t.Context(), b, dir); err != nil {
		t.Fatal(err)
	}
	if err := b.Remove(); err != nil {
		t.Fatal(err)
	}
	gone(t, b.Group(), dir)
}

func TestKillKeepsTheDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, err := process.StartBound(sleeper(dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := awaitReady(t.Context(), b, dir); err != nil {
		t.Fatal(err)
	}
	if !b.Alive() {
		t.Error("Alive() of a running process = false, want true")
	}
	if err := b.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(-b.Group(), 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("signal 0 to the group after Kill = %v, want ESRCH", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "ready")); err != nil {
		t.Errorf("Kill removed the directory: %v", err)
	}
}

func TestAwaitTellsTheLastWordsOfADeadProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, err := process.StartBound(process.Command{Path: "/bin/sh", Args: []string{"-c", "echo bad option >&2; exit 1"}, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	err = awaitReady(t.Context(), b, dir)
	if err == nil || !strings.Contains(err.Error(), "bad option") {
		t.Errorf("Await = %v, want an error with the words %q", err, "bad option")
	}
	if b.Alive() {
		t.Error("Alive() of a dead process = true, want false")
	}
	if err := b.Kill(); err != nil {
		t.Errorf("Kill of a dead process = %v, want nil", err)
	}
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b, err := process.StartBound(process.Command{Path: "/bin/sleep", Args: []string{"600"}, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	never := errors.New("never ready")
	err = b.Await(ctx, time.Millisecond, func(context.Context) error { return never })
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, never) {
		t.Errorf("Await = %v, want both the deadline and the last error", err)
	}
}

func TestStartBoundRefusesADirectoryThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := process.StartBound(process.Command{Path: "/bin/true", Dir: filepath.Join(t.TempDir(), "no")})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("StartBound in a missing directory = %v, want fs.ErrNotExist", err)
	}
}
