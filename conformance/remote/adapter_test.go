package remote_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/adaptertest"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/remote"
)

// TestSample judges the sample adapter: as an adapter, and the cache behind it.
func TestSample(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("python3"); err != nil && os.Getenv("REDISTEST_REQUIRE") != "1" {
		t.Skipf("%v: apt-get install python3", err)
	}
	command := []string{"python3", "python/dict_cache.py"}
	adaptertest.Test(t, remote.Sample(command[0]))

	p, err := remote.Start(t.Context(), command[0], command[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	served, err := p.Served("cache")
	if err != nil {
		t.Fatal(err)
	}
	report := cachetest.Suite().Check(t.Context(), cachetest.Subject{
		Name: "dict", Claims: served.Claims, Equipment: conformance.Equipment{Clock: p},
		New: func(tb conformance.TB) cachetest.Cache {
			c, err := p.Open(tb.Context(), remote.Entry{})
			if err != nil {
				tb.Fatalf("%v", err)
			}
			return c
		},
	}, conformance.Options{})
	if err := report.Err(); err != nil {
		t.Errorf("%s\n%v", report.Headline(), err)
	}
}
