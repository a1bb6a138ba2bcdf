package main

import (
	"context"
	"fmt"
	"time"

	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

// A judging is how long the whole cache family took on one subject.
type judging struct {
	Subject string  `json:"subject"`
	Rules   int     `json:"requirements"`
	Seconds float64 `json:"seconds"`
	// Reach is the time aimed at on two cores.
	Reach float64 `json:"reach"`
	Worst string  `json:"worst_status"`
}

// judgings run the family of requirements on memory, on the fake and on a
// native server.
func judgings(ctx context.Context) []judging {
	var all []judging
	for _, j := range []struct {
		subject cachetest.Subject
		reach   float64
	}{
		{subjects.Memory(), 2},
		{subjects.Redis("fake", redistest.Fake()), 5},
		{subjects.Redis("native", redistest.Real()), 10},
	} {
		begin := time.Now()
		report := cachetest.Check(ctx, j.subject)
		took := time.Since(begin)
		all = append(all, judging{j.subject.Name, len(report.Results), took.Seconds(), j.reach, fmt.Sprint(report.Status())})
	}
	return all
}
