package originals_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/adaptertest"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/remote"
	"github.com/redkit-dev/redkit/conformance/remote/originals"
	"github.com/redkit-dev/redkit/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// needs skips the test where there is no such Python, unless it is required.
func needs(t *testing.T, o originals.Original) {
	t.Helper()
	if err := o.Probe(t.Context()); errors.Is(err, originals.ErrMissing) && !o.Required() {
		t.Skip(err)
	}
}

// started is the adapter of o, which start starts. The test is skipped where
// there is no such Python, or no server.
func started(t *testing.T, o originals.Original, start func(context.Context) (*remote.Process, error)) *remote.Process {
	t.Helper()
	needs(t, o)
	redistest.Start(t, redistest.Real())
	p, err := start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// TestVerdictsOfOriginals judges the caches the specification was taken from:
// the golden table is what it claims about them.
func TestVerdictsOfOriginals(t *testing.T) {
	t.Parallel()
	for _, o := range originals.All() {
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			p := started(t, o, o.Start)
			hold(t, o.Name, cachetest.Check(t.Context(), o.Subject(p)))
		})
	}
}

func TestSettleTellsTheKnownFromTheNew(t *testing.T) {
	t.Parallel()
	report := &conformance.Report{Results: []conformance.Result{
		{ID: "CACHE-BAS-001", Status: conformance.Pass},
		{ID: "CACHE-PAT-006", Status: conformance.Fail},
		{ID: "CACHE-PAT-007", Status: conformance.Pass},
		{ID: "CACHE-BAS-002", Status: conformance.Fail},
		{ID: "CACHE-NEW-001", Status: conformance.Pass},
	}}
	o := originals.All()[3] // django-redis 5.2 breaks PAT-006 and PAT-007
	if err := o.Settle(report); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, res := range report.Results {
		got = append(got, fmt.Sprintf("%s %s %s", res.ID, res.Status, res.Reason))
	}
	want := []string{
		"CACHE-BAS-001 pass ",
		"CACHE-PAT-006 waived the original breaks it, and is known to",
		"CACHE-PAT-007 fail it is pass, known of django-redis-5.2 is fail.",
		"CACHE-BAS-002 fail it is fail, known of django-redis-5.2 is pass.",
		"CACHE-NEW-001 fail it is pass, and no verdict is known of django-redis-5.2",
	}
	if !slices.Equal(got, want) {
		t.Errorf("Settle made\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestAdaptersKeepTheProtocol judges, of the adapters for the originals, what
// they do not have in common with the sample.
func TestAdaptersKeepTheProtocol(t *testing.T) {
	t.Parallel()
	for script, o := range map[string]originals.Original{"django_cache.py": originals.All()[0], "kombu_broker.py": originals.Brokers()[0], "celery_results.py": originals.Results()[0], "celery_tasks.py": originals.Tasks()[0],
		"channels_layer.py": originals.Layers()[0]} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			needs(t, o)
			subject := remote.Adapter(script, "/usr/bin/python3", "../python/"+script)
			report := adaptertest.Suite().Check(t.Context(), subject, conformance.Options{Only: func(id conformance.ID) bool {
				return slices.Contains([]conformance.ID{"ADAPTER-GRT-003", "ADAPTER-ASK-002", "ADAPTER-ERR-001", "ADAPTER-ERR-003", "ADAPTER-ERR-005", "ADAPTER-ERR-006", "ADAPTER-ERR-007"}, id)
			}})
			if err := report.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}
