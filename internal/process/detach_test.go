//go:build unix

package process_test

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/process"
)

// detachShell starts a shell script as a daemon and returns once the script
// has closed descriptor 3: an echo would turn its stdout elsewhere for a moment,
// which Logging sees. The end of the test stops it at the latest.
func detachShell(t *testing.T, script, log string) process.Daemon {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	d, err := process.Detach(process.Launch{
		Path: "/bin/sh", Args: []string{"-c", script}, Log: log, Pass: []*os.File{w},
	})
	w.Close()
	if err != nil {
		t.Fatalf("Detach: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Stop(t.Context(), time.Millisecond); err != nil {
			t.Errorf("Stop of %+v: %v", d, err)
		}
	})
	if n, err := r.Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("read the script's sign: %d bytes, %v, want %v", n, err, io.EOF)
	}
	if !d.Alive() {
		t.Fatalf("%+v.Alive() = false after its sign, want true", d)
	}
	return d
}

func TestStopEndsADaemonThatListens(t *testing.T) {
	t.Parallel()
	d := detachShell(t, "exec 3>&-; exec sleep 100", filepath.Join(t.TempDir(), "log"))
	// A Stop that waited out its grace would meet the limit of the test run.
	if err := d.Stop(t.Context(), time.Hour); err != nil {
		t.Errorf("Stop = %v, want nil", err)
	}
	if d.Alive() {
		t.Error("Alive() = true after Stop, want false")
	}
	if err := d.Stop(t.Context(), time.Minute); err != nil {
		t.Errorf("second Stop = %v, want nil", err)
	}
}

func TestStopKillsADaemonThatIgnoresTheSignal(t *testing.T) {
	t.Parallel()
	d := detachShell(t, `trap "" TERM; exec 3>&-; exec sleep 100`, filepath.Join(t.TempDir(), "log"))
	if err := d.Stop(t.Context(), 10*time.Millisecond); err != nil {
		t.Errorf("Stop = %v, want nil", err)
	}
	if d.Alive() {
		t.Error("Alive() = true after Stop, want false")
	}
}

func TestStopLeavesAStrangerWithTheSamePIDAlone(t *testing.T) {
	t.Parallel()
	d := detachShell(t, "exec 3>&-; exec sleep 100", filepath.Join(t.TempDir(), "log"))
	recycled := process.Daemon{PID: d.PID, Started: "another time"}
	if recycled.Alive() {
		t.Errorf("%+v.Alive() = true, want false: the process of that id started at %q", recycled, d.Started)
	}
	if err := recycled.Stop(t.Context(), time.Minute); err != nil {
		t.Errorf("Stop = %v, want nil", err)
	}
	if !d.Alive() {
		t.Errorf("Stop of %+v ended %+v, which only has the same process id", recycled, d)
	}
}

func TestADaemonThatHasEndedIsReaped(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	d, err := process.Detach(process.Launch{
		Path: "/bin/sh", Args: []string{"-c", "exit 3"}, Log: filepath.Join(t.TempDir(), "log"), Pass: []*os.File{w},
	})
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); err == nil {
		t.Fatal("the script wrote to its pipe, want end of file when it ends")
	}
	// Stop also waits for the last step of its end, and must not hang on a zombie.
	if err := d.Stop(t.Context(), time.Minute); err != nil {
		t.Errorf("Stop = %v, want nil", err)
	}
	if err := exec.Command("kill", "-0", strconv.Itoa(d.PID)).Run(); err == nil {
		t.Errorf("process %d is still in the process table, want it reaped", d.PID)
	}
}

func TestADaemonOutlivesItsParent(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("DETACH_IN"); dir != "" {
		d, err := process.Detach(process.Launch{Path: "/bin/sleep", Args: []string{"100"}, Log: filepath.Join(dir, "log")})
		if err == nil {
			err = d.WritePID(filepath.Join(dir, "pid"))
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	dir := t.TempDir()
	parent := exec.Command(os.Args[0], "-test.run=^TestADaemonOutlivesItsParent$")
	parent.Env = append(os.Environ(), "DETACH_IN="+dir)
	if out, err := parent.CombinedOutput(); err != nil {
		t.Fatalf("the parent: %v\n%s", err, out)
	}
	d, err := process.ReadPID(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	if !d.Alive() {
		t.Error("the daemon ended with its parent, want it alive")
	}
	if err := d.Stop(t.Context(), time.Minute); err != nil {
		t.Errorf("Stop = %v, want nil", err)
	}
}

func TestLoggingFindsADaemonWithoutItsRecord(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells where the output of a process goes")
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "cache", "log")
	if err := os.Mkdir(filepath.Dir(log), 0o700); err != nil {
		t.Fatal(err)
	}
	want := process.Logger{Daemon: detachShell(t, "exec 3>&-; kill -STOP $$", log), Log: log}
	for _, when := range []string{"with its files", "with its files deleted"} {
		if got, err := process.Logging(dir); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("Logging(%q) = %+v, %v %s, want %+v alone", dir, got, err, when, want)
		}
		if err := os.RemoveAll(filepath.Dir(log)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := process.Logging(dir + "/cac"); err != nil || len(got) != 0 {
		t.Errorf("Logging(%q) = %+v, %v, want none: it names a directory, not a prefix", dir+"/cac", got, err)
	}
}

func TestReadPID(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pid")
	if _, err := process.ReadPID(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadPID(no file) = %v, want fs.ErrNotExist", err)
	}
	want := process.Daemon{PID: 42, Started: "17@boot"}
	if err := want.WritePID(path); err != nil {
		t.Fatal(err)
	}
	if got, err := process.ReadPID(path); err != nil || got != want {
		t.Errorf("ReadPID = %+v, %v, want %+v", got, err, want)
	}
	for _, text := range []string{"", "42\n", "42 17@bo", "x y\n", "-1 17\n", "0 17\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := process.ReadPID(path); err == nil {
			t.Errorf("ReadPID(%q) = %+v, want an error", text, got)
		}
	}
}

func TestListeningNamesTheProcess(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	got, ok := process.Listening(port)
	if !ok || got.PID != os.Getpid() || !strings.Contains(got.String(), strconv.Itoa(os.Getpid())) {
		t.Errorf("Listening(%d) = %+v (%s), %t, want this process, %d", port, got, got, ok, os.Getpid())
	}
	l.Close()
	if got, ok := process.Listening(port); ok {
		t.Errorf("Listening(%d) = %s after Close, want nothing", port, got)
	}
}
