package redistest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/internal/tap"
)

// A rule is one fault that waits for its commands.
type rule struct {
	Selection
	verdict tap.Verdict
	draw    *rand.Rand
	seen    int // commands of the selection
	struck  int
}

func (r *rule) String() string {
	if len(r.commands) == 0 {
		return r.verdict.Name
	}
	return r.verdict.Name + " on " + strings.Join(r.commands, ", ")
}

// add makes a fault from now on.
func (f *Faults) add(s Selection, v tap.Verdict) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made++
	v.Free = f.healed
	f.rules = append(f.rules, &rule{Selection: s, verdict: v, draw: rand.New(rand.NewPCG(f.seed, uint64(f.made)))})
	f.judge()
}

// judge begins judging; the caller holds f.mu.
func (f *Faults) judge() {
	if f.dismiss == nil {
		f.dismiss = f.tap.Appoint((*faultJudge)(f))
	}
}

// faultJudge is Faults as the tap sees it, apart so that Faults shows no
// methods that are not for tests.
type faultJudge Faults

// Judge gives the verdict of the first rule that strikes.
func (j *faultJudge) Judge(cmd *tap.Command) tap.Verdict {
	f := (*Faults)(j)
	f.mu.Lock()
	rules := slices.Clone(f.rules)
	f.mu.Unlock()
	for _, r := range rules {
		if r.matches(cmd) && f.strike(r, cmd) { // matches calls the test's own functions: no lock
			return r.verdict
		}
	}
	return tap.Verdict{}
}

// strike decides whether a matching command is hit, and counts.
func (f *Faults) strike(r *rule, cmd *tap.Command) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	r.seen++
	hit := r.chance == 0 || r.draw.Float64() < r.chance // drawn for skipped ones too: Skip must not shift the draws
	if !hit || r.seen <= r.skip || !slices.Contains(f.rules, r) {
		return false
	}
	r.struck++
	if r.struck == r.times {
		f.rules = slices.DeleteFunc(f.rules, func(q *rule) bool { return q == r })
	}
	f.write(fmt.Sprintf("%s: %s on connection %d", r.verdict.Name, words(cmd), cmd.Conn))
	return true
}

// Dial refuses a connection while Refuse holds.
func (j *faultJudge) Dial(addr string) error {
	f := (*Faults)(j)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.refuse {
		return nil
	}
	f.write("Refuse: a connection to " + addr)
	return tap.Refused(addr, "Refuse")
}
