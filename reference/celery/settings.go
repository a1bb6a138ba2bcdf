package celery

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// Settings of an App. Only Broker is required, unless the app is eager.
type Settings struct {
	Broker  broker.Broker
	Results result.Backend // nil: results are not kept
	Clock   clock.Clock    // nil is the system's
	Logger  *slog.Logger   // nil is slog.Default()

	DefaultQueue string        // task_default_queue; "celery" if empty
	Routes       []Route       // task_routes; the first that matches counts
	KnownQueues  []string      // if set, sending to another queue is an error
	MaxMessage   int           // bytes a message may have; 0 is 512 MiB, what Redis takes
	Compression  string        // task_compression: zlib, gzip, bzip2, zstd; "" for none
	Typed        message.Typed // how dates and the like are written; the zero value suits kombu 5.3 and later

	IgnoreResult bool          // task_ignore_result
	TrackStarted bool          // task_track_started
	Extended     bool          // result_extended
	AcksLate     bool          // task_acks_late
	SoftLimit    time.Duration // task_soft_time_limit; 0 for none
	HardLimit    time.Duration // task_time_limit; 0 for none
	SentEvents   bool          // task_send_sent_event
	// Sending, if not nil, hears of each task before it is written down, as
	// receivers of before_task_publish do. It keeps and changes nothing.
	Sending func(t *message.Task)

	// AlwaysEager is task_always_eager: Send runs the task, and what it sends,
	// before it returns. Broker and Results may then be nil, and are kept in
	// the process. Unlike Celery's, everything passes through serialisation,
	// and countdowns and retries wait for their time.
	AlwaysEager bool
	// EagerPropagates is task_eager_propagates: Send returns the task's error.
	EagerPropagates bool
}

// A Route sends tasks whose name matches a pattern of path.Match to a queue.
type Route struct {
	Pattern    string
	Queue      string
	Exchange   string // with RoutingKey in place of Queue
	RoutingKey string
	Priority   any // nil leaves it
}

func (s Settings) withDefaults() (Settings, error) {
	var problems []error
	if s.Clock == nil {
		s.Clock = clock.System{}
	}
	if s.Logger == nil {
		s.Logger = slog.Default()
	}
	if s.DefaultQueue == "" {
		s.DefaultQueue = "celery"
	}
	if s.MaxMessage == 0 {
		s.MaxMessage = 512 << 20
	}
	if s.AlwaysEager && s.Broker == nil {
		s.Broker = broker.NewMemory(s.Clock, 0)
		if s.Results == nil {
			s.Results = result.NewMemory(s.Clock, 0)
		}
	}
	if _, inProcess := s.Broker.(inProcess); s.AlwaysEager && !inProcess {
		problems = append(problems, errors.New("AlwaysEager runs tasks in this process: leave Broker nil"))
	}
	if s.Broker == nil {
		problems = append(problems, errors.New("Broker is nil: set it, for Redis with kombu.New, or set AlwaysEager"))
	}
	if s.SoftLimit < 0 || s.HardLimit < 0 || s.MaxMessage < 0 {
		problems = append(problems, fmt.Errorf("SoftLimit %v, HardLimit %v, MaxMessage %d: want none below 0", s.SoftLimit, s.HardLimit, s.MaxMessage))
	}
	if _, err := message.Compression(s.Compression); err != nil {
		problems = append(problems, err)
	}
	for _, r := range s.Routes {
		if _, err := path.Match(r.Pattern, ""); err != nil {
			problems = append(problems, fmt.Errorf("route pattern %q: %w", r.Pattern, err))
		}
		if (r.Queue == "") == (r.Exchange == "") {
			problems = append(problems, fmt.Errorf("route for %q: want either a queue or an exchange", r.Pattern))
		}
	}
	return s, errors.Join(problems...)
}

// origin is what Celery's anon_nodename gives.
func origin() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("gen%d@%s", os.Getpid(), host)
}
