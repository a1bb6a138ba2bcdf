package served_test

import (
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/redistest"
)

// TestEquipmentDecidesFaultsAndTrips judges a cache by every rule that breaks
// its way to the server or counts what it sends, and leaves none for want of
// equipment.
func TestEquipmentDecidesFaultsAndTrips(t *testing.T) {
	t.Parallel()
	only := func(id conformance.ID) bool { return id.Area() == "FLT" || id.Area() == "RTT" }
	report := cachetest.Suite().Check(t.Context(), ourSubject(), conformance.Options{Only: only})
	if err := report.Err(); err != nil {
		t.Error(err)
	}
	judged := map[string]int{}
	for _, r := range report.Results {
		switch r.Status {
		case conformance.Pass:
			judged[r.ID.Area()]++
		case conformance.Unproven:
			if !strings.Contains(r.Reason, "restart the server") { // which others use, too
				t.Errorf("%s is unproven: %s", r.ID, r.Reason)
			}
		}
	}
	if judged["FLT"] == 0 || judged["RTT"] == 0 {
		t.Errorf("%v rules passed, want some of FLT and of RTT", judged)
	}
}

func TestEquipmentStrikesAtAnyCommand(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	e := served.Equipment(srv)
	stepper, ok := e.Faults.(conformance.Stepper)
	if !ok {
		t.Fatalf("the faults are %T, want a conformance.Stepper", e.Faults)
	}
	client := srv.Client()
	stepper.At(1, conformance.LoseRequest)
	var first, second error
	trips := e.Trace.Trace(func() {
		first = client.Set(t.Context(), "a", "1", 0).Err()
		second = client.Do(t.Context(), "incr", "b").Err()
	})
	struck := stepper.Struck()
	e.Faults.Heal()
	if first != nil || second != nil && struck != 1 || struck == 0 {
		t.Errorf("SET = %v, INCR = %v, %d struck, want the second command struck", first, second, struck)
	}
	if len(trips) == 0 || strings.Join(trips[0].Commands[0][:2], " ") != "set a" {
		t.Errorf("Trace = %q, want set a first", trips)
	}
	if _, ok := e.Clock.(conformance.Teller); !ok {
		t.Errorf("the clock is %T, want a conformance.Teller", e.Clock)
	}
	if _, ok := served.Pressing(srv).(conformance.Stepper); !ok {
		t.Error("Pressing cannot strike at any command, want what Faults can")
	}
}
