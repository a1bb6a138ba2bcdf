// Package durable tells from what strace saw of a server how much of its
// append-only files is on the disk for certain.
package durable

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/lazy"
)

// A File is how much of one is on the disk for certain: what was written
// before an fsync began that has come back.
type File struct {
	Written int64 // so far, in bytes
	Synced  int64 // as of the last fsync that succeeded
	Syncs   int   // that succeeded
}

// Flags are those that strace needs beside what it traces and -o.
func Flags() []string { return []string{"-f", "-y", "-s", "0", "-e", "trace=write,fsync,fdatasync"} }

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

// ReadFile is Read of the file at path; one that is not there yet tells nothing.
func ReadFile(path string) (files map[string]*File, gone map[int]bool, err error) {
	trace, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer trace.Close()
	return Read(trace)
}

// Read follows the files that end in .aof, by their paths, through what strace
// wrote with Flags. It also tells which processes have ended.
func Read(r io.Reader) (files map[string]*File, gone map[int]bool, err error) {
	files, gone = map[string]*File{}, map[int]bool{}
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
				files[c.path] = &File{}
			}
			c.length = files[c.path].Written
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
			f.Written += result
		default:
			f.Synced, f.Syncs = max(f.Synced, c.length), f.Syncs+1
		}
	}
	return files, gone, lines.Err()
}
