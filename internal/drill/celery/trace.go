package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/process"
)

// A trace is what strace saw a server write to its append-only file.
type trace struct {
	strace *process.Bound
	log    string
	fd     int
	file   string
	size   int64 // when it began; all of it was flushed
}

// end waits for strace, which ends with the server, and returns how much of
// the file had been flushed.
func (t *trace) end() (file string, flushed int64, err error) {
	wait, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_ = t.strace.Await(wait, 5*time.Millisecond, func(context.Context) error { return errors.New("strace runs") })
	if err := t.strace.Kill(); err != nil {
		return "", 0, err
	}
	f, err := os.Open(t.log)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	written, err := flushedBytes(bufio.NewScanner(f), t.fd)
	return t.file, t.size + written, err
}

// flushedBytes reads lines as "write(8, ""..., 130) = 130" and
// "fdatasync(8) = 0" and returns how many bytes were written to fd before the
// last flush of it that succeeded.
func flushedBytes(lines *bufio.Scanner, fd int) (flushed int64, err error) {
	lines.Buffer(nil, 1<<20)
	var written int64
	for lines.Scan() {
		call, rest, ok := strings.Cut(lines.Text(), "(")
		if !ok {
			continue
		}
		number, _, _ := strings.Cut(strings.NewReplacer(",", " ", ")", " ").Replace(rest), " ")
		if n, err := strconv.Atoi(number); err != nil || n != fd {
			continue
		}
		at := strings.LastIndex(rest, " = ")
		if at < 0 {
			continue // it did not return: the kill was faster
		}
		text, _, _ := strings.Cut(rest[at+3:], " ")
		result, err := strconv.ParseInt(text, 10, 64)
		if err != nil && text != "?" {
			return 0, fmt.Errorf("read strace's line %q: %w", lines.Text(), err)
		}
		switch {
		case result < 0 || text == "?":
		case call == "write":
			written += result
		default:
			flushed = written
		}
	}
	return flushed, lines.Err()
}
