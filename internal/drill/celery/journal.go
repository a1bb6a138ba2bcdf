package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// A journal is a file of what one process did, beside the broker and safe from
// what happens to it. Each line is one write, and an effect is on the disk
// before its task goes on, so that it stands even if the process is killed the
// next moment:
//
//	P publication time   it was acknowledged
//	X effect time        a run had this effect
//	W effect time        … which was not to be: its input was wrong, or it came too early
//	A effect time        the acknowledgement of its message was confirmed
type journal struct{ file *os.File }

func openJournal(path string) (*journal, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	return &journal{f}, err
}

func (j *journal) note(kind, id string) error {
	_, err := fmt.Fprintf(j.file, "%s %s %d\n", kind, id, time.Now().UnixNano())
	if err == nil && kind == "X" {
		err = j.file.Sync()
	}
	return err
}

// An event is a line of a journal.
type event struct {
	kind, id string
	at       time.Time
	proc     *worker // whose journal it is
}

// read returns what a process noted.
func read(path string, proc *worker) ([]event, error) {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, nil // it was killed before it noted anything
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []event
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		parts := strings.Fields(lines.Text())
		if len(parts) != 3 {
			return nil, fmt.Errorf("%s: line %q: want kind, id and time", path, lines.Text())
		}
		ns, err := strconv.ParseInt(parts[2], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, event{parts[0], parts[1], time.Unix(0, ns), proc})
	}
	return all, lines.Err()
}
