package layertest

import (
	"context"
	"fmt"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

// outOfMemory and loading are what Redis 7 answers.
const (
	outOfMemory = "OOM command not allowed when used memory > 'maxmemory'."
	readOnly    = "READONLY You can't write against a read only replica."
	loading     = "LOADING Redis is loading the dataset in memory"
)

// mostSteps bounds how many commands of one call are spoiled in turn.
const mostSteps = 8

// A step is one run of a call with one of its commands spoiled.
type step struct {
	channel string // of its own
	n       int    // commands that passed before
	fault   string
}

func (s step) String() string { return fmt.Sprintf("%.7s of command %d spoiled", s.fault, s.n+1) }

// everyStep runs act once for each command that it sends, with this command
// spoiled in each of the ways. judge sees the end, the way being whole again.
func (k *kit) everyStep(faults []string, arrange func(channel string), act func(s step) error, judge func(s step, err error)) {
	k.Helper()
	stepper, ok := k.Faults().(conformance.Stepper)
	if !ok {
		k.Unproven("the faults cannot strike at any step")
	}
	for kind, fault := range faults {
		for n := range mostSteps {
			s := step{fmt.Sprintf("jobs%d.%d", kind, n), n, fault}
			if !k.Has(Queues) {
				s.channel = k.newChannel()
			}
			arrange(s.channel)
			stepper.At(n, fault)
			err := act(s)
			struck := stepper.Struck()
			k.Faults().Heal()
			k.Call("with %s: %v", s, err)
			judge(s, err)
			if struck == 0 {
				break // the call sends no more commands than that
			}
		}
	}
}

var spoils = []string{"request", "reply", outOfMemory}

// struck waits until a command was spoiled, or a receiver has ended.
func (k *kit) struck(got <-chan received) {
	k.Helper()
	for k.Faults().(conformance.Stepper).Struck() == 0 && len(got) == 0 {
		k.moment()
		if k.Context().Err() != nil {
			k.Fatalf("a receiver asks the server nothing")
		}
	}
}

// interrupted lets a receiver come upon a message that waits, with each of its
// commands spoiled, and cancels it then. judge sees what it got, and how often
// the message was received in all.
func (k *kit) interrupted(faults []string, judge func(s step, r received, n int)) {
	k.Helper()
	var r received
	k.everyStep(faults, func(c string) { k.send(c, msg(1)) }, func(s step) error {
		ctx, cancel := context.WithCancel(k.Context())
		defer cancel()
		got := k.receiving(ctx, s.channel)
		k.struck(got)
		cancel()
		r = <-got
		return r.err
	}, func(s step, err error) {
		n := k.there(s.channel, msg(1))
		if err == nil && same(r.msg, msg(1)) {
			n++
		}
		judge(s, r, n)
	})
}

// there is how often a message is in a channel, now or when whoever has taken
// it is surely dead.
func (k *kit) there(channel string, want Message) int {
	k.Helper()
	n := 0
	for _, m := range k.calm(channel) {
		if same(m, want) {
			n++
		}
	}
	return n
}

// calm drains a channel, twice where messages come back after a while.
func (k *kit) calm(channel string) []Message {
	k.Helper()
	all := k.settledDrain(channel)
	if k.Has(Queues) {
		k.Advance(k.l.Limits().Expiry / 4)
		all = append(all, k.settledDrain(channel)...)
	}
	return all
}

// settledDrain drains a channel after a fault: the first calls may meet
// connections that broke.
func (k *kit) settledDrain(channel string) []Message {
	k.Helper()
	last := marker()
	n := last["n"]
	k.until("Send", func() error { return k.l.Send(k.Context(), channel, last) })
	var all []Message
	for range most {
		var m Message
		k.until("Receive", func() (err error) {
			m, err = k.l.Receive(k.Context(), channel)
			return err
		})
		switch {
		case m["type"] == "marker" && m["n"] == n:
			return all
		case m["type"] != "marker":
			all = append(all, m)
		}
	}
	k.Fatalf("Receive(%q) never comes to the last message that was sent", channel)
	return nil
}

// until makes a call succeed within a few tries after a fault was healed: a
// client may back off before it dials again.
func (k *kit) until(what string, call func() error) {
	k.Helper()
	var err error
	for range 100 {
		if err = call(); err == nil {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-k.Context().Done():
			return
		}
	}
	k.Fatalf("%s still fails two seconds after the server can be reached again: %v", what, err)
}

// hears wants a channel to get what send sends, again if what was sent before
// the layer listened again was lost.
func (k *kit) hears(channel string, send func() error) {
	k.Helper()
	got := k.receiving(k.Context(), channel)
	for len(got) == 0 {
		_ = send() // may meet a connection that broke
		k.moment()
		if k.Context().Err() != nil {
			k.Fatalf("Receive(%q) gets nothing that is sent now", channel)
		}
	}
	if r := <-got; r.err != nil {
		k.Errorf("Receive(%q) = %v, want a message", channel, r.err)
	}
}
