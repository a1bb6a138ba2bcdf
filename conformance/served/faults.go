package served

import (
	"strings"
	"sync/atomic"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/redistest"
)

// Faults are those of srv, which strike at any command of a call, too: they
// are a conformance.Stepper, and a conformance.Restarter where srv is a
// process of the test's own.
func Faults(srv *redistest.Server) conformance.Faults { return stepping(srv) }

func stepping(srv *redistest.Server) *steps { return &steps{Faults: srv.Faults()} }

// steps counts by itself what it strikes: the log of the faults is bounded.
type steps struct {
	*redistest.Faults
	spared, seen atomic.Int64
}

// At implements conformance.Stepper.
func (s *steps) At(n int, how string) {
	s.spared.Store(int64(n))
	s.seen.Store(0)
	at := s.Where(func([]string) bool { s.seen.Add(1); return true }).Skip(n)
	switch how {
	case conformance.LoseRequest:
		at.DropRequest()
	case conformance.LoseReply:
		at.DropReply()
	case conformance.TearReply:
		at.AfterBytes(1)
	case conformance.Kill:
		at.Always().DropRequest()
	case conformance.Stall:
		at.Times(1).Stall()
	default:
		s.Where(s.refusable()).Skip(n).Times(1).Reply(how)
	}
}

// refusable accepts commands outside of transactions: a server that refuses
// one inside refuses the transaction, which an answer in its place cannot play.
func (s *steps) refusable() func([]string) bool {
	var inside atomic.Bool
	return func(args []string) bool {
		switch strings.ToUpper(args[0]) {
		case "MULTI":
			inside.Store(true)
			return false
		case "EXEC", "DISCARD":
			inside.Store(false)
			return false
		}
		if inside.Load() {
			return false
		}
		s.seen.Add(1)
		return true
	}
}

// Struck implements conformance.Stepper.
func (s *steps) Struck() int { return int(max(s.seen.Load()-s.spared.Load(), 0)) }

// Heal ends all faults.
func (s *steps) Heal() {
	s.Faults.Heal()
	s.spared.Store(0)
	s.seen.Store(0)
}
