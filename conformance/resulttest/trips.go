package resulttest

import (
	"fmt"
	"strings"

	"github.com/redkit-dev/redkit/conformance/internal/value"
)

// trips checks that run costs at most n round trips.
func (k *kit) trips(n int, what string, run func()) {
	k.Helper()
	all := k.Trace(run)
	if len(all) <= n {
		return
	}
	var lines []string
	for _, e := range all {
		for _, c := range e.Commands {
			lines = append(lines, "\n\t"+value.Quote(strings.Join(c, " ")))
		}
	}
	k.Errorf("%s took %d round trips, want at most %d:%s", what, len(all), n, strings.Join(lines[:min(len(lines), value.Listed)], ""))
}

func tripRows() []row {
	return []row{
		{ID: "RESULT-RTT-001", Says: "A store MUST take two round trips at most, a get one.",
			Why: "C52 C56: GET, then MULTI SETEX PUBLISH EXEC", Check: check(func(k *kit) {
				k.store(succeeded("warm", 1))
				k.Trace(func() {})
				k.trips(2, "Store", func() { k.store(succeeded("a", 1)) })
				k.trips(1, "Get", func() { k.get("a").is(succeeded("a", 1)) })
			})},
		{ID: "RESULT-RTT-002", Needs: needs{forgetting}, Says: "A forget of many results MUST take one round trip.",
			Why: "DEL takes many keys", Check: check(func(k *kit) {
				k.store(succeeded("a", 1))
				ids := []string{"a"}
				for i := range 50 {
					ids = append(ids, fmt.Sprint("t", i))
				}
				k.Trace(func() {})
				k.trips(1, "Forget of 51", func() { k.forget(ids...) })
				k.get("a").in(Pending)
			})},
		{ID: "RESULT-RTT-003", Needs: needs{waiting}, Says: "A wait for many results that are there MUST NOT ask for each by itself.",
			Why: "MGET: C52 C56", Check: check(func(k *kit) {
				var ids []string
				var wants []Document
				for i := range 50 {
					d := succeeded(fmt.Sprint("t", i), i)
					k.store(d)
					ids, wants = append(ids, d.TaskID), append(wants, d)
				}
				k.Trace(func() {})
				k.trips(10, "Wait for 50", func() { k.wait(nil, ids...).gets(wants...) })
			})},
		{ID: "RESULT-RTT-004", Needs: needs{chords}, Says: "A part MUST be counted in one round trip, in which nobody can come between.",
			Why: "C52 C56: MULTI … EXEC", Check: check(func(k *kit) {
				k.size("g", 3)
				k.part("g", piece(0, "a", 1)).waits()
				k.Trace(func() {})
				k.trips(1, "AddPart", func() { k.part("g", piece(1, "b", 1)).waits() })
			})},
	}
}
