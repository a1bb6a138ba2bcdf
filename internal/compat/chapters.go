package compat

import (
	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/adaptertest"
	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/servertest"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// A chapter is a family without its port.
type chapter struct {
	family string
	rows   []conformance.Result
}

// chapters are the families in the order of SPEC.md.
func chapters() []chapter {
	return []chapter{
		chapterOf(cachetest.Suite()), chapterOf(brokertest.Suite()), chapterOf(resulttest.Suite()), chapterOf(tasktest.Suite()),
		chapterOf(layertest.Suite()), chapterOf(servertest.Suite()), chapterOf(adaptertest.Suite()),
	}
}

func chapterOf[P any](s conformance.Suite[P]) chapter { return chapter{s.Family, s.Rows()} }

// ids are those of the rows.
func (c chapter) ids() []conformance.ID {
	all := make([]conformance.ID, len(c.rows))
	for i, row := range c.rows {
		all[i] = row.ID
	}
	return all
}
