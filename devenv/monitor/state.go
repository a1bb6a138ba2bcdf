package monitor

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// A told is what a question was answered last, and why it is not known.
type told[T any] struct {
	value T
	at    time.Time // zero: not asked yet
	err   error
}

func tell[T any](value T, err error) told[T] { return told[T]{value, time.Now(), err} }

// A state is what is known of the servers. Its fields are read and changed
// under its lock, and what they hold is not changed after it was put there.
type state struct {
	mu sync.Mutex

	began    time.Time
	samples  []devenv.Sample
	history  map[string]history // by server
	baseline baseline
	alerts   []devenv.Alert
	checks   int

	queues  told[*devenv.Queues]
	workers map[string]worker // by name
	heard   told[bool]        // whether heartbeats are listened to

	aliases map[string]told[devenv.AliasKeys] // by name
	layer   told[*devenv.Layer]

	slow     map[string]told[[]slowEntry]       // by server
	slowSeen map[string]int64                   // how many the slow log has ever held
	cluster  map[string]told[map[string]string] // CLUSTER INFO by server
	nodes    told[[]clusterNode]                // as one node sees them
	quorum   map[string]told[string]            // SENTINEL CKQUORUM by sentinel
	backups  told[[]*devenv.Backup]             // newest first

	doings []doing // newest first

	version int
	changed chan struct{} // closed at the next version
}

func newState() *state {
	return &state{
		began: time.Now(), history: map[string]history{}, workers: map[string]worker{},
		aliases: map[string]told[devenv.AliasKeys]{}, slow: map[string]told[[]slowEntry]{}, slowSeen: map[string]int64{},
		cluster: map[string]told[map[string]string]{}, quorum: map[string]told[string]{}, changed: make(chan struct{}),
	}
}

// set changes the state. The page shows it when it is told of a new version.
func (s *state) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// publish makes a new version, which the pages are sent.
func (s *state) publish() {
	s.set(func() {
		s.version++
		close(s.changed)
		s.changed = make(chan struct{})
	})
}

// latest returns the version and a channel that is closed at the next one.
func (s *state) latest() (int, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version, s.changed
}

// latestSamples returns what the servers told last.
func (s *state) latestSamples() []devenv.Sample {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.samples
}

// observe takes a round of samples, and what they say beside the ones before.
func (s *state) observe(now []devenv.Sample) {
	s.set(func() {
		for n, sample := range now {
			before := devenv.Sample{}
			if n < len(s.samples) {
				before = s.samples[n]
			} else if sample.Up() {
				before = sample // nothing is counted in the first second
			}
			s.history[sample.Service] = s.history[sample.Service].add(devenv.Between(before, sample))
		}
		s.samples = now
		s.baseline = s.baseline.add(moment{time.Now(), now, maps.Clone(s.slowSeen)})
	})
}

// observation is what the alerts are judged by.
func (s *state) observation() devenv.Observation {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := devenv.Observation{Samples: s.samples, SlowLog: maps.Clone(s.slowSeen), Cluster: map[string]map[string]string{}, Queues: s.queues.value, QueuesErr: s.queues.err}
	if len(s.baseline) > 0 {
		o.Before, o.SlowLogBefore = s.baseline[0].samples, s.baseline[0].slowLog
	}
	for name, c := range s.cluster {
		if c.err == nil {
			o.Cluster[name] = c.value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.quorum)) {
		if q := s.quorum[name]; q.err != nil {
			o.Sentinel = q.err
		}
	}
	return o
}
