package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A journal is a file of what one process did. Each line is one write, so
// that it stands even if the process is killed the next moment:
//
//	P id time   the publication of a task was acknowledged
//	X id time   a run of it began
//	A id time   the acknowledgement of its message was confirmed
type journal struct{ file *os.File }

func openJournal(path string) (*journal, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	return &journal{f}, err
}

func (j *journal) note(kind, id string) error {
	_, err := fmt.Fprintf(j.file, "%s %s %d\n", kind, id, time.Now().UnixNano())
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

// counts is what became of the tasks of a storm.
type counts struct {
	Executions int            `json:"executions"`
	Extra      map[string]int `json:"executions_beyond_the_first"` // by cause
	AfterAck   int            `json:"executions_after_an_acknowledgement"`
	Lost       int            `json:"acknowledged_publications_lost"`
	lostIDs    []string
}

// count judges the events of workers. kept are published tasks that the
// broker still has.
func count(published []string, kept map[string]bool, events []event, serverKills []time.Time) counts {
	c := counts{Extra: map[string]int{}}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	runs, acks := map[string][]event{}, map[string]time.Time{}
	for _, e := range events {
		switch e.kind {
		case "X":
			c.Executions++
			if at, ok := acks[e.id]; ok && at.Before(e.at) {
				c.AfterAck++
			}
			if before := runs[e.id]; len(before) > 0 {
				c.Extra[cause(before[len(before)-1], e, serverKills)]++
			}
			runs[e.id] = append(runs[e.id], e)
		case "A":
			if _, ok := acks[e.id]; !ok {
				acks[e.id] = e.at
			}
		}
	}
	for _, id := range published {
		if len(runs[id]) == 0 && !kept[id] {
			c.Lost++
			c.lostIDs = append(c.lostIDs, id)
		}
	}
	return c
}

// cause says why a task ran again.
func cause(before, again event, serverKills []time.Time) string {
	within := func(at time.Time) bool { return at.After(before.at) && at.Before(again.at) }
	switch {
	case within(before.proc.ended):
		return "worker killed"
	case slices.ContainsFunc(serverKills, within):
		return "server killed"
	}
	return "connection broken or reply lost"
}
