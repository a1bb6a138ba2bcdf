// Package mutant holds broken brokers: each is the real reference with one
// named bug, as somebody might write it. The suite must catch every one of
// them, and every requirement must catch at least one.
package mutant

import (
	"context"
	"slices"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
)

// Names that mutants would otherwise repeat at length.
type (
	Message  = brokertest.Message
	Delivery = brokertest.Delivery
	Consumer = brokertest.Consumer
	Binding  = brokertest.Binding
	Settings = brokertest.Settings
	Dead     = brokertest.Dead
	ctx      = context.Context
)

// A Full broker has every method of the port.
type Full interface {
	brokertest.Broker
	brokertest.Declarer
	brokertest.Sweeper
	brokertest.Extender
	brokertest.Parker
	brokertest.Undertaker
	brokertest.Exhumer
	brokertest.Purger
	brokertest.Peeker
	brokertest.Oncer
	brokertest.Waiter
	brokertest.Broadcaster
	brokertest.Injector
	brokertest.Opener
	brokertest.Surveyor
	brokertest.Server
	conformance.Lacking
}

// A Break puts a bug into a broker. It is called for each instance, and the
// brokers an instance opens share its bug.
type Break func() bug

// A Mutant is a broker with one bug.
type Mutant struct {
	Name  string // what the bug does, in words joined by hyphens
	Break Break
	// Must lists requirements that depend on timing and have to catch the bug.
	Must []conformance.ID
	// Claims are what the subject says of itself beyond the truth.
	Claims []conformance.Capability
	// By says that the bug shows on a server only, and which requirements are
	// to judge it there: beginnings of their IDs, such as "WIR".
	By []string
	// Twist breaks a broker on a server from below.
	Twist Twist
	// Bubble says that only a clock which moves waiting calls shows the bug.
	Bubble bool
}

// Into returns subject with the bug in it.
func (m Mutant) Into(subject brokertest.Subject) brokertest.Subject {
	subject.Name += " with " + m.Name
	subject.Claims = slices.Concat(subject.Claims, m.Claims)
	if m.Break == nil {
		return subject
	}
	build := subject.New
	subject.New = func(tb conformance.TB) brokertest.Broker {
		full, ok := build(tb).(Full)
		if !ok {
			tb.Fatalf("a mutant needs a broker with every method of the port")
		}
		return broken{full, m.Break()}
	}
	return subject
}

// A Twist breaks a broker below its methods: its options, the text of its Lua
// scripts, the words of its commands.
type Twist struct {
	Parity, NoDedup bool
	Script          func(string) string
	Command         func([]string) []string
}

// All returns every mutant.
func All() []Mutant {
	return slices.Concat(publishing(), consuming(), acking(), priorities(), requeueing(), restoring(), extending(), closing(), parking(),
		burying(), exhuming(), administering(), routing(), settings(), wire(), sweeps(), failing(), racing(), wandering())
}

// is puts a bug without a memory of its own into a broker.
func is(b bug) Break { return func() bug { return b } }

// by marks mutants that show on a server only.
func by(beginnings []string, all ...Mutant) []Mutant {
	for i := range all {
		all[i].By = beginnings
	}
	return all
}
