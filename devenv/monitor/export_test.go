package monitor

import (
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// What the tests look at from outside.
var (
	Span         = span
	Count        = count
	ShownCommand = shownCommand
	ReadNodes    = readNodes
	ReadEvent    = readEvent
	AxisEnd      = axisEnd
)

type (
	ClusterNode = clusterNode
	Worker      = worker
)

// Alive is worker.alive.
func (w worker) Alive(now time.Time) bool { return w.alive(now) }

// Path draws the evictions of a history.
func Path(h []devenv.Stat, now time.Time) string {
	q := quantities()[5]
	return path(q.buckets(h, now), 10)
}

// Add is history.add.
func Add(h []devenv.Stat, s devenv.Stat) []devenv.Stat { return history(h).add(s) }

// Oldest returns how far a baseline reaches back that was added to every so often.
func Oldest(every, during time.Duration) time.Duration {
	var b baseline
	begun := time.Unix(0, 0)
	for at := time.Duration(0); at <= during; at += every {
		b = b.add(moment{at: begun.Add(at)})
	}
	return begun.Add(during).Sub(b[0].at)
}
