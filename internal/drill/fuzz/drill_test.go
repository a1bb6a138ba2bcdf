package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/internal/drill/malformed"
	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// flaw is the variable that names what is wrong with a worker.
const flaw = "REDISTEST_TEST_FLAW"

// TestMain lets the test binary be the worker.
func TestMain(m *testing.M) {
	if os.Getenv(role) == "" {
		goleak.VerifyTestMain(m)
		return
	}
	exit(work(context.Background(), os.Args[1], func(b broker.Broker) broker.Broker { return flawed{b, os.Getenv(flaw)} }))
}

// flawed is a broker for workers that do one thing wrong.
type flawed struct {
	broker.Broker
	does string
}

func (f flawed) Bury(ctx context.Context, d broker.Delivery, reason string) error {
	switch f.does {
	case "ends":
		os.Exit(3)
	case "stops":
		select {}
	case "drops":
		return f.Ack(ctx, d)
	case "is silent":
		reason = ""
	case "repeats":
		return f.Requeue(ctx, d)
	}
	return f.Broker.Bury(ctx, d, reason)
}

func redisServer(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		text := fmt.Sprintf("%v: install it with: apt-get install redis-server", err)
		if os.Getenv("REDISTEST_REQUIRE") == "1" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	return path
}

func TestAWorkerSurvivesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := drill{last: time.Hour, most: 320, seed: 7, patient: time.Minute}.run(t.Context(), redisServer(t), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Known) != len(malformed.Catalogue()) || f.Failed != 0 || f.Drawn != 300 || f.Commands != 20 || f.Became[dead] < 50 || f.Became["SUCCESS"] < 50 {
		t.Errorf("%+v: want each known message, 300 drawn, of which many run and many do not, and 20 commands", f)
	}
	out := filepath.Join(dir, "new", "fuzz.json")
	if err := write(out, f); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var again figures
	if err := json.Unmarshal(text, &again); err != nil || again.Drawn != f.Drawn {
		t.Errorf("%s holds %s, %v, want %d messages drawn", out, text, err, f.Drawn)
	}
}

// A drill that cannot fail proves nothing: it tells workers that do wrong.
func TestAWorkerThatDoesWrongIsFound(t *testing.T) {
	t.Parallel()
	binary := redisServer(t)
	for does, want := range map[string]string{
		"ends":      "the worker ended",
		"stops":     "the worker stopped",
		"drops":     "it is gone",
		"is silent": "without a reason",
		"repeats":   "stay in the broker",
	} {
		t.Run(does, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			corpus := filepath.Join(dir, "corpus")
			f, err := drill{seed: 1, patient: 2 * time.Second, corpus: corpus, env: []string{flaw + "=" + does}}.run(t.Context(), binary, dir)
			if err == nil || !strings.Contains(err.Error(), want) || f.Failed != 1 || !strings.Contains(f.Failure, want) {
				t.Errorf("run() = %+v, %v, want one failure that says %q", f, err, want)
			}
			kept, err := os.ReadDir(corpus)
			if err != nil || len(kept) != 1 {
				t.Fatalf("the corpus has %v, %v, want the one message", kept, err)
			}
			text, err := os.ReadFile(filepath.Join(corpus, kept[0].Name()))
			if err != nil || !strings.HasPrefix(string(text), "go test fuzz v1\n[]byte(") {
				t.Errorf("the corpus has %q, %v, want what go test reads", text, err)
			}
		})
	}
}

func TestReasonsAreCountedWithoutWhatDiffers(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		`content type "a\"b" is not accepted`:           "content type … is not accepted",
		"the body is not JSON: want a value at byte 17": "the body is not JSON",
		"begun 2 times": "begun … times",
	} {
		if got := class(reason); got != want {
			t.Errorf("class(%q) = %q, want %q", reason, got, want)
		}
	}
}
