package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/remote/originals"
)

// originalsAtHand are the caches of Python that this machine has; notes is
// told which it lacks. To have none is an error.
func originalsAtHand(ctx context.Context, notes io.Writer) ([]judged, error) {
	var all []judged
	var missing []error
	for _, o := range originals.All() {
		err := o.Probe(ctx)
		switch {
		case err != nil && (o.Required() || !errors.Is(err, originals.ErrMissing)):
			return nil, err
		case err != nil:
			fmt.Fprintln(notes, "left out:", err)
			missing = append(missing, err)
		default:
			all = append(all, judged{o.Name, func(ctx context.Context, opts conformance.Options) *conformance.Report {
				return judgeOriginal(ctx, o, opts)
			}})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("interop: no original is at hand: %w", errors.Join(missing...))
	}
	return all, nil
}

// judgeOriginal judges o in a process of its own: what it is known to break is
// waived, what nobody knew of it fails.
func judgeOriginal(ctx context.Context, o originals.Original, opts conformance.Options) *conformance.Report {
	p, err := o.Start(ctx)
	if err != nil {
		return &conformance.Report{Family: cachetest.Suite().Family, Subject: o.Name, Started: time.Now(), Broken: err.Error()}
	}
	report := cachetest.Suite().Check(ctx, o.Subject(p), opts)
	if err := errors.Join(o.Settle(report), p.Close()); err != nil && report.Broken == "" {
		report.Broken = err.Error()
	}
	return report
}
