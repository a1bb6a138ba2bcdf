package main

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/lazy"
)

// A durable file is how much of one is on the disk for certain: what was
// written before an fsync began that has come back.
type durable struct {
	written int64 // so far
	synced  int64 // as of the last fsync that succeeded
	syncs   int
}

// A call is one that a thread has begun and not ended.
type call struct {
	name, path string
	length     int64 // fsync: what was written when it began
}

var (
	traced  = lazy.Regexp(`^(\d+) +(write|fsync|fdatasync)\(\d+<([^>]*)>`)
	resumed = lazy.Regexp(`^(\d+) +<\.\.\. (write|fsync|fdatasync) resumed>`)
	ending  = lazy.Regexp(`\) += (-?\d+)`)
	ended   = lazy.Regexp(`^(\d+) +\+\+\+ (?:killed|exited)`)
)

// readTrace follows the append-only files through what strace -f -y wrote. It
// also tells which processes have ended.
func readTrace(r io.Reader) (files map[string]*durable, gone map[int]bool, err error) {
	files, gone = map[string]*durable{}, map[int]bool{}
	open := map[string]call{} // by thread
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		if m := ended().FindStringSubmatch(line); m != nil {
			pid, _ := strconv.Atoi(m[1])
			gone[pid] = true
			continue
		}
		var thread string
		var c call
		if m := traced().FindStringSubmatch(line); m != nil {
			thread, c = m[1], call{name: m[2], path: m[3]}
			if !strings.HasSuffix(c.path, ".aof") {
				continue
			}
			if files[c.path] == nil {
				files[c.path] = &durable{}
			}
			c.length = files[c.path].written
			if strings.HasSuffix(line, "<unfinished ...>") {
				open[thread] = c
				continue
			}
		} else if m := resumed().FindStringSubmatch(line); m != nil {
			var known bool
			if c, known = open[m[1]]; !known || c.name != m[2] {
				continue
			}
			delete(open, m[1])
		} else {
			continue
		}
		m := ending().FindStringSubmatch(line)
		if m == nil {
			continue // killed within the call: it has not come back
		}
		result, _ := strconv.ParseInt(m[1], 10, 64)
		f := files[c.path]
		switch {
		case result < 0:
		case c.name == "write":
			f.written += result
		default:
			f.synced, f.syncs = max(f.synced, c.length), f.syncs+1
		}
	}
	return files, gone, lines.Err()
}
