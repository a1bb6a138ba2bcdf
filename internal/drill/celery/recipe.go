package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/reference/celery"
)

// Publications are of kinds, by their number; peer.py has the same. A task
// notes its effect under its id and the number of the retry, and its input
// follows from its id, so that who judges needs to know the number alone.
const kinds = 20

func kindOf(n int) string {
	switch k := n % kinds; {
	case k < 10:
		return "plain"
	case k < 12:
		return "later"
	case k < 14:
		return "retried"
	case k < 16:
		return "chain"
	case k < 17:
		return "chord"
	case k < 18:
		return "compressed"
	case k < 19:
		return "prioritized"
	}
	return "large"
}

// The tasks of workers, on both sides.
const (
	runTask  = "drill.run"  // size, payload, retries: in a chain behind the result of the task before
	partTask = "drill.part" // the same in the header of a chord
	joinTask = "drill.join" // the results of a header
)

const (
	countdown = 300 * time.Millisecond
	pause     = 100 * time.Millisecond // before a retry
	parts     = 3                      // of a chain or a header
)

// publication is the name of one by its number.
func publication(n int) string { return fmt.Sprintf("task-%07d", n) }

// numberOf is the number of the publication that a task or an effect is of.
func numberOf(id string) (int, error) {
	digits, ok := strings.CutPrefix(id, "task-")
	if n, err := strconv.Atoi(digits[:min(7, len(digits))]); ok && err == nil {
		return n, nil
	}
	return 0, fmt.Errorf("%q is no task of the drill", id)
}

// effects are what will be seen of a publication, if it is not lost.
func effects(n int) []string {
	id := publication(n)
	switch kindOf(n) {
	case "retried":
		return []string{id + "#0", id + "#1"}
	case "chain":
		return []string{id + ".0#0", id + ".1#0", id + ".2#0"}
	case "chord":
		return []string{id + ".0#0", id + ".1#0", id + ".2#0", id + ".b#0"}
	}
	return []string{id + "#0"}
}

// sizeOf is how many bytes the payload of a task has.
func sizeOf(n int) int {
	switch kindOf(n) {
	case "large":
		return 20_000
	case "compressed":
		return 2000
	}
	return []int{0, 10, 100, 1000}[n/kinds%4]
}

// payload is what a task is sent.
func payload(id string, size int) string {
	return strings.Repeat(id, size/len(id)+1)[:size]
}

// call is a publication of ours.
func call(n int) *celery.Signature {
	id, size := publication(n), sizeOf(n)
	of := func(task, id string, options ...celery.Option) *celery.Signature {
		retries := 0
		if kindOf(n) == "retried" {
			retries = 1
		}
		return celery.Sig(task, size, payload(id, size), retries).Set(append(options, celery.TaskID(id))...)
	}
	several := func(task string) []*celery.Signature {
		all := make([]*celery.Signature, parts)
		for i := range all {
			all[i] = of(task, fmt.Sprintf("%s.%d", id, i))
		}
		return all
	}
	switch kindOf(n) {
	case "later":
		return of(runTask, id, celery.Countdown(countdown))
	case "chain":
		return celery.Chain(several(runTask)...)
	case "chord":
		return celery.Chord(several(partTask), celery.Sig(joinTask).Set(celery.TaskID(id+".b")))
	case "compressed":
		return of(runTask, id, celery.Compress("zlib"))
	case "prioritized":
		return of(runTask, id, celery.Priority(n/kinds%10))
	}
	return of(runTask, id)
}

// wrong says what is amiss with the input of a run, "" for nothing.
func wrong(t *celery.Task, now time.Time) string {
	if t.ETA.After(now) {
		return "too early"
	}
	id, last, _ := strings.Cut(t.ID, ".")
	args := t.Args
	if t.Name == joinTask {
		want := fmt.Sprint([]any{[]any{id + ".0", id + ".1", id + ".2"}})
		if got := fmt.Sprint(args); got != want {
			return fmt.Sprintf("the results %.80s", got)
		}
		return ""
	}
	if step, err := strconv.Atoi(last); err == nil && step > 0 && t.Name == runTask {
		if before := fmt.Sprintf("%s.%d", id, step-1); len(args) == 0 || args[0] != before {
			return "not the result of " + before
		}
		args = args[1:]
	}
	n, err := numberOf(t.ID)
	if err != nil || len(args) != 3 || args[0] != int64(sizeOf(n)) || args[1] != payload(t.ID, sizeOf(n)) {
		return "another payload"
	}
	return ""
}
