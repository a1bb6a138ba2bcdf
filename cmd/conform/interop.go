package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/remote"
	"github.com/redkit-dev/redkit/conformance/remote/originals"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// A lineage is the originals of one family, and how they are judged.
type lineage struct {
	family string
	all    []originals.Original
	start  func(originals.Original, context.Context) (*remote.Process, error)
	check  func(context.Context, originals.Original, *remote.Process, conformance.Options) *conformance.Report
}

// lineages are all originals.
func lineages() []lineage {
	return []lineage{
		lineageOf(cachetest.Suite(), originals.All(), originals.Original.Start, originals.Original.Subject),
		lineageOf(brokertest.Suite(), originals.Brokers(), originals.Original.StartBroker, originals.Original.Broker),
		lineageOf(resulttest.Suite(), originals.Results(), originals.Original.StartResults, originals.Original.Results),
		lineageOf(tasktest.Suite(), originals.Tasks(), originals.Original.StartTasks, originals.Original.Tasks),
		lineageOf(layertest.Suite(), originals.Layers(), originals.Original.StartLayer, originals.Original.Layer),
	}
}

func lineageOf[P any](suite conformance.Suite[P], all []originals.Original, start func(originals.Original, context.Context) (*remote.Process, error),
	subject func(originals.Original, *remote.Process) conformance.Subject[P]) lineage {
	return lineage{suite.Family, all, start, func(ctx context.Context, o originals.Original, p *remote.Process, opts conformance.Options) *conformance.Report {
		return suite.Check(ctx, subject(o, p), opts)
	}}
}

// originalsAtHand are the caches, brokers, result backends, apps and layers
// of Python that this machine has; notes is told which it lacks. To have none is an error.
func originalsAtHand(ctx context.Context, notes io.Writer) ([]judged, error) {
	var all []judged
	var missing []error
	for _, l := range lineages() {
		for _, o := range l.all {
			err := o.Probe(ctx)
			switch {
			case err != nil && (o.Required() || !errors.Is(err, originals.ErrMissing)):
				return nil, err
			case err != nil:
				fmt.Fprintln(notes, "left out:", err)
				missing = append(missing, err)
			default:
				all = append(all, judged{o.Name, func(ctx context.Context, opts conformance.Options) *conformance.Report {
					return l.judge(ctx, o, opts)
				}}.only(originals.Settled))
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("interop: no original is at hand: %w", errors.Join(missing...))
	}
	return all, nil
}

// judge judges o in a process of its own: what it is known to break is waived,
// what nobody knew of it fails.
func (l lineage) judge(ctx context.Context, o originals.Original, opts conformance.Options) *conformance.Report {
	p, err := l.start(o, ctx)
	if err != nil {
		return &conformance.Report{Family: l.family, Subject: o.Name, Started: time.Now(), Broken: err.Error()}
	}
	report := l.check(ctx, o, p, opts)
	if err := errors.Join(o.Settle(report), p.Close()); err != nil && report.Broken == "" {
		report.Broken = err.Error()
	}
	return report
}
