package server

import (
	"context"
	"errors"
	"time"

	"github.com/redkit-dev/redkit/internal/drill/durable"
	"github.com/redkit-dev/redkit/internal/process"
)

// A trace is what strace saw a server write to its append-only file.
type trace struct {
	strace *process.Bound
	log    string
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
	files, _, err := durable.ReadFile(t.log)
	if f := files[t.file]; f != nil {
		return t.file, t.size + f.Synced, err
	}
	return t.file, t.size, err
}
