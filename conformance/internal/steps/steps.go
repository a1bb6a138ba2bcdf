// Package steps spoils a call at every command that it sends: whatever breaks,
// breaks between two commands.
package steps

import (
	"fmt"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

// most bounds how many commands of one call are spoiled in turn.
const most = 40

// OutOfMemory is what Redis 7 answers when it is.
const OutOfMemory = "OOM command not allowed when used memory > 'maxmemory'."

// ways are those in which each command is spoiled, and their names.
var ways = [][2]string{
	{conformance.LoseRequest, "its request lost"},
	{conformance.LoseReply, "its reply lost"},
	{conformance.TearReply, "its reply torn"},
	{conformance.Kill, "it and all that follow lost"},
	{OutOfMemory, "refused: out of memory"},
}

// A Trial is a call with one of its commands spoiled.
type Trial struct {
	Name string // unique among the trials of a check, for queues and keys
	Err  error  // of the call
	how  string
}

// String says what was spoiled, and what the call made of it.
func (t Trial) String() string { return fmt.Sprintf("with %s the call = %v", t.how, t.Err) }

// Each makes a call once for every command that it sends, with this command
// spoiled, and in every way there is: its request lost, its reply lost or torn,
// refused for want of memory, or lost with all that follow, as when the caller
// is killed. arrange prepares, judge sees the end, the way being whole again. The
// first trial that fails is the last.
func Each(p *conformance.Probe, arrange func(name string), call func(name string) error, judge func(t Trial)) {
	p.Helper()
	stepper, ok := p.Faults().(conformance.Stepper)
	if !ok {
		p.Unproven("the faults cannot strike at any step")
	}
	for kind, way := range ways {
		for n := range most {
			t := Trial{Name: fmt.Sprintf("q%d-%d", kind, n), how: fmt.Sprintf("command %d spoiled (%s)", n+1, way[1])}
			arrange(t.Name)
			stepper.At(n, way[0])
			t.Err = call(t.Name)
			struck := stepper.Struck()
			p.Faults().Heal()
			p.Call("%v", t)
			judge(t)
			if p.Failed() {
				return
			}
			if struck == 0 {
				break // the call sends no more commands than that
			}
		}
	}
}

// Between makes a call once for every command that it sends, held up after this
// command, and something else meanwhile. arrange prepares, judge sees the end,
// both being over. The first trial that fails is the last.
func Between(p *conformance.Probe, arrange func(name string), call func(name string) error, meanwhile func(name string), judge func(t Trial)) {
	p.Helper()
	stepper, ok := p.Faults().(conformance.Stepper)
	if !ok {
		p.Unproven("the faults cannot strike at any step")
	}
	for n := range most {
		t := Trial{Name: fmt.Sprintf("b%d", n), how: fmt.Sprintf("command %d held up", n+1)}
		arrange(t.Name)
		stepper.At(n, conformance.Stall)
		ended := make(chan error, 1)
		go func() { ended <- call(t.Name) }() // ended by Heal at the latest, waited for below
		held := true
		for stepper.Struck() == 0 && held {
			select {
			case t.Err = <-ended:
				held = false // it sends no more commands than that
			case <-time.After(time.Millisecond):
			}
		}
		if held {
			meanwhile(t.Name)
		}
		p.Faults().Heal()
		if !held {
			return
		}
		t.Err = <-ended
		p.Call("%v", t)
		judge(t)
		if p.Failed() {
			return
		}
	}
}
