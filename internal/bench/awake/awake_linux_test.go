package awake_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/bench/awake"
)

func TestMain(m *testing.M) {
	awake.Main()
	os.Exit(m.Run())
}

// idlers counts the threads of this program's children that run at SCHED_IDLE.
func idlers(t *testing.T) (n int) {
	t.Helper()
	threads, err := filepath.Glob("/proc/[0-9]*/task/[0-9]*/stat")
	if err != nil || len(threads) == 0 {
		t.Fatalf("list threads: %v", err)
	}
	for _, file := range threads {
		line, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended meanwhile
		}
		_, rest, _ := strings.Cut(string(line), ") ") // the name may hold anything
		fields := strings.Fields(rest)                // from the third of proc(5) on
		if len(fields) > 38 && fields[1] == strconv.Itoa(os.Getpid()) && fields[38] == "5" {
			n++
		}
	}
	return n
}

func TestKeepBusiesEveryProcessorAtTheLowestPriority(t *testing.T) {
	stop, err := awake.Keep()
	if err != nil {
		t.Fatal(err)
	}
	limit := time.After(20 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for n := 0; n < runtime.NumCPU(); n = idlers(t) {
		select {
		case <-tick.C:
		case <-limit:
			stop()
			t.Fatalf("%d threads run at SCHED_IDLE, want %d", n, runtime.NumCPU())
		}
	}
	stop()
	if n := idlers(t); n != 0 {
		t.Errorf("%d threads run on after stop", n)
	}
}
