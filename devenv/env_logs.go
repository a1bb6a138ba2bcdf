package devenv

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// LogOptions select what Logs copies. The zero value is all of it, once.
type LogOptions struct {
	Service string // one server by name; empty means all
	Tail    int    // only so many last lines of each; 0 means all
	Follow  bool   // go on until the context ends
	// Since leaves out what is older; zero: nothing. Of servers on this
	// machine it goes by the time in their lines.
	Since time.Time
	// Timestamps puts before each line when it was written, in UTC: a
	// container's time by its engine, a server's on this machine by what it
	// says itself, and "-" where nobody knows.
	Timestamps bool
	// JSON makes each line an object with service, at and line.
	JSON bool
}

// Logs copies what the servers printed to w, each line after the server's
// name. With Follow it returns nil when ctx ends.
func (e *Env) Logs(ctx context.Context, o LogOptions, w io.Writer) error {
	st := readState(e.set.Dir)
	none := e.failNotRunning("nothing is recorded as started here, so there are no logs")
	backend := e.backendOf(st)
	if backend == BackendAuto {
		return none
	}
	counted := &countingWriter{w: w}
	if o.Service == companionMetrics {
		return copyLogs(ctx, e.logFiles(companionDaemons), o, w)
	}
	err := e.engine(backend).logs(ctx, o, counted)
	switch {
	case o.Follow && ctx.Err() != nil:
		return nil
	case err == nil && st == nil && counted.n == 0:
		return none
	}
	return err
}

type countingWriter struct {
	w io.Writer
	n int
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += n
	return n, err
}

// A logFile is the log of one daemon.
type logFile struct{ name, path string }

// logFiles lists the logs of a backend's daemons.
func (e *Env) logFiles(b Backend) []logFile {
	paths, _ := filepath.Glob(filepath.Join(e.set.Dir, string(b), "*", "log"))
	var files []logFile
	for _, path := range paths {
		files = append(files, logFile{filepath.Base(filepath.Dir(path)), path})
	}
	return files
}

// copyLogs copies the files one after the other, or side by side when following.
func copyLogs(ctx context.Context, files []logFile, o LogOptions, w io.Writer) error {
	out := o.lineWriter(w)
	group, ctx := errgroup.WithContext(ctx)
	if !o.Follow {
		group.SetLimit(1)
	}
	found := false
	var names []string
	for _, f := range files {
		names = append(names, f.name)
		if o.Service != "" && o.Service != f.name {
			continue
		}
		found = true
		group.Go(func() error { return copyLog(ctx, f, o, out) })
	}
	if !found && o.Service != "" {
		return failNoService(o.Service, names)
	}
	return group.Wait()
}

func copyLog(ctx context.Context, f logFile, o LogOptions, out *lineWriter) error {
	file, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	fresh := &freshLines{since: o.Since}
	if o.Tail > 0 {
		for line := range strings.Lines(tailFile(f.path, o.Tail)) {
			if fresh.has(line) {
				out.line(f.name, fresh.at, line)
			}
		}
		if _, err := file.Seek(0, io.SeekEnd); err != nil {
			return err
		}
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	lines := bufio.NewReader(file)
	var part string
	for {
		text, err := lines.ReadString('\n')
		part += text
		switch {
		case err == nil:
			if fresh.has(part) {
				out.line(f.name, fresh.at, part)
			}
			part = ""
			continue
		case !errors.Is(err, io.EOF):
			return err
		case !o.Follow:
			if part != "" && fresh.has(part) {
				out.line(f.name, fresh.at, part)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// tailFile returns the last n lines of a file, "" if it cannot be read.
func tailFile(path string, n int) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	lines := strings.SplitAfter(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "")
}
