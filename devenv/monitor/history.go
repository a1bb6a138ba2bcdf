package monitor

import (
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// shown is how far back the charts go, and since how far counters of the
// alerts are counted.
const (
	shown      = 15 * time.Minute
	alertsSpan = 5 * time.Minute
)

// A history is what one server did, second by second, oldest first.
type history []devenv.Stat

// add appends a second and forgets what is older than the charts show.
func (h history) add(s devenv.Stat) history {
	old := 0
	for old < len(h) && s.At.Sub(h[old].At) > shown {
		old++
	}
	return append(h[old:], s)
}

// A baseline keeps samples of some moments, of which the oldest is at least
// alertsSpan ago as soon as the monitor runs that long.
type baseline []moment

type moment struct {
	at      time.Time
	samples []devenv.Sample
	slowLog map[string]int64
}

// baselineStep is how far the moments are apart.
const baselineStep = 10 * time.Second

func (b baseline) add(m moment) baseline {
	if len(b) > 0 && m.at.Sub(b[len(b)-1].at) < baselineStep {
		return b
	}
	for len(b) > 1 && m.at.Sub(b[1].at) >= alertsSpan {
		b = b[1:]
	}
	return append(b, m)
}
