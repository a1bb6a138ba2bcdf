package redistest_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/redistest"
)

func TestMain(m *testing.M) {
	if mode := os.Getenv(envOwner); mode != "" {
		own(mode)
	}
	if _, err := exec.LookPath("redis-server"); err != nil && os.Getenv("REDISTEST_SERVER") == "" {
		// An example cannot skip, so those that need a server are left out.
		flag.Parse()
		if err := flag.Set("test.skip", needServer); err != nil {
			process{}.Fatalf("%v", err)
		}
	}
	goleak.VerifyTestMain(m)
}

// needServer matches the examples that need a server binary.
const needServer = "^Example(Real|Native|External|Exclusive|Conf|Auth|AtLeast|Fence|Seed|Each|Versions|With|User|Clock|DialFunc|" +
	"Server_(Advance|Prefix|Certificates)|Faults_(Kill|Restart)|Cluster|Sentinel|TLS)"

// needNative skips t, saying how to get a server, where there is none.
func needNative(t *testing.T) {
	t.Helper()
	redistest.Start(t, redistest.Native())
}

// A recorder is a TB that keeps what is reported to it, for tests in which a
// helper fails.
type recorder struct {
	testing.TB // of the test that records, for Name, Context and Helper

	mu      sync.Mutex
	failed  bool
	skipped bool
	lines   []string
	cleanup []func()
}

func (r *recorder) add(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *recorder) fail() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
}

func (r *recorder) Logf(format string, args ...any)   { r.add(format, args...) }
func (r *recorder) Errorf(format string, args ...any) { r.fail(); r.add(format, args...) }
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...); runtime.Goexit() }
func (r *recorder) Skipf(format string, args ...any) {
	r.mu.Lock()
	r.skipped = true
	r.mu.Unlock()
	r.add(format, args...)
	runtime.Goexit()
}
func (r *recorder) Failed() bool { r.mu.Lock(); defer r.mu.Unlock(); return r.failed }
func (r *recorder) Cleanup(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cleanup = append(r.cleanup, f)
}
func (r *recorder) Context() context.Context { return r.TB.Context() }

// text is all that was reported.
func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

// record runs a test body to its end, clean-up included, and returns what it
// reported.
func record(t *testing.T, body func(tb redistest.TB)) *recorder {
	t.Helper()
	r := &recorder{TB: t}
	run := func(f func()) {
		done := make(chan struct{})
		go func() { // ends by itself or by Goexit; waited for below
			defer close(done)
			f()
		}()
		<-done
	}
	run(func() { body(r) })
	for _, f := range slices.Backward(r.cleanup) {
		run(f)
	}
	return r
}

// wantText fails t unless text holds each of the words.
func wantText(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("reported\n\t%s\nwant it to hold %q", strings.ReplaceAll(text, "\n", "\n\t"), word)
		}
	}
}
