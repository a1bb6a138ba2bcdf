package redistest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

// A failed test is told about once, when it ends and its servers still run.
type failed struct {
	tb   TB
	hold time.Duration // how long the servers stay for somebody to look
	text string        // the report
	look string        // the command that looks; empty: nothing reaches the server
	all  func(context.Context) (Snapshot, error)
}

// report logs the report, keeps the data as a file if there is a place for it,
// and waits while somebody looks.
func (f failed) report(ctx context.Context) {
	if line := f.keep(ctx); line != "" {
		f.text += "\n" + line
	}
	f.tb.Logf("%s", f.text)
	if f.hold > 0 {
		f.wait()
	}
}

// keep writes the report and all data to a file of the test's artifacts, under
// go test -artifacts, and returns what the log should say about it.
func (f failed) keep(ctx context.Context) string {
	place, ok := f.tb.(interface{ ArtifactDir() string })
	if on := flag.Lookup("test.artifacts"); !ok || on == nil || on.Value.String() != "true" {
		return ""
	}
	text := f.text + "\n\nall its data:\n"
	if snap, err := f.all(ctx); err != nil {
		text += fmt.Sprintf("cannot be read: %v\n", err)
	} else {
		text += snap.String()
	}
	name, err := writeNew(place.ArtifactDir(), "redis", ".txt", text)
	if err != nil {
		return fmt.Sprintf("its data cannot be kept: %v", err)
	}
	return "all its data are in " + name
}

// writeNew writes text to a file that was not there: redis.txt, redis-2.txt
// for the second server of a test.
func writeNew(dir, name, suffix, text string) (string, error) {
	path := filepath.Join(dir, name+suffix)
	for n := 2; ; n++ {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			path = filepath.Join(dir, fmt.Sprintf("%s-%d%s", name, n, suffix))
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = file.WriteString(text)
		return path, errors.Join(err, file.Close())
	}
}

// wait holds the servers until the time is up or Ctrl-C is typed, which then
// ends the wait rather than the process, so that all is cleaned up. The test
// run's own deadline is not waited for.
func (f failed) wait() {
	if f.look == "" {
		f.tb.Logf("redistest: %s: nothing outside reaches the server of this test, so there is no wait: go test -artifacts keeps its data as a file", envHold)
		return
	}
	limit := f.hold
	if t, ok := f.tb.(interface{ Deadline() (time.Time, bool) }); ok {
		if end, set := t.Deadline(); set {
			limit = min(limit, time.Until(end)-2*endLimit)
		}
	}
	if limit <= 0 {
		return
	}
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)
	defer signal.Stop(interrupt)
	fmt.Fprintf(os.Stderr, "redistest: %s failed; its servers stay for %v, or until Ctrl-C:\n  %s\n", f.tb.Name(), limit.Round(time.Second), f.look)
	select {
	case <-interrupt:
	case <-time.After(limit):
	}
}

// readHold reads REDISTEST_HOLD.
func readHold() (time.Duration, error) {
	text := os.Getenv(envHold)
	if text == "" {
		return 0, nil
	}
	hold, err := time.ParseDuration(text)
	if err != nil || hold < 0 {
		return 0, fmt.Errorf("%s=%q: want how long the servers of a failed test stay, such as 10m", envHold, text)
	}
	return hold, nil
}
