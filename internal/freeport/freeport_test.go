package freeport_test

import (
	"net"
	"slices"
	"strconv"
	"testing"

	"github.com/redkit-dev/redkit/internal/freeport"
)

// taken is a port that somebody listens on.
func taken(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTakePassesOverWhatIsTaken(t *testing.T) {
	t.Parallel()
	port := taken(t)
	for _, r := range []*freeport.Range{{First: port, Count: 1}, {First: port - 1, Count: 1}} {
		offset := port - r.First
		if got, err := r.Take(1, offset); err == nil {
			t.Errorf("Take(1, %d) of port %d alone = %v, want an error: %d is taken", offset, r.First, got, port)
		}
	}
}

func TestTakeGivesEachPortOnce(t *testing.T) {
	t.Parallel()
	r := &freeport.Range{First: 7_500, Count: 40}
	var all []int
	for range 3 {
		ports, err := r.Take(5)
		if err != nil || len(ports) != 5 {
			t.Fatalf("Take(5) = %v, %v, want 5 ports", ports, err)
		}
		all = append(all, ports...)
	}
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) != 15 || all[0] < 7_500 || all[14] >= 7_540 {
		t.Errorf("Take gave %v, want 15 ports of the range", all)
	}
	if got, err := r.Take(41); err == nil {
		t.Errorf("Take(41) of 40 = %v, want an error", got)
	}
}
