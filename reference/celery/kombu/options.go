package kombu

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery/clock"
)

// Options are those of kombu's broker_transport_options that a Redis broker
// knows, and a few of our own. The zero value is kombu's default throughout.
type Options struct {
	Prefix            string            // global_keyprefix, put before every key and channel as it stands
	PrioritySteps     []int             // priority_steps: ascending from 0; default 0, 3, 6, 9
	Separator         string            // sep: between queue and step; default "\x06\x16"
	VisibilityTimeout time.Duration     // visibility_timeout; default 1 h. All workers of a database must agree.
	Exchanges         map[string]string // types of exchanges declared elsewhere: direct, topic, fanout

	// Lease is how long a worker that is not heard of keeps its claims; default 1 min.
	Lease time.Duration
	// MaxDeliveries is after how many deliveries without an ack a message is
	// buried instead of delivered once more; default 25, negative: never.
	MaxDeliveries int
	// MaxDead is how many messages the dead-letter list keeps, the latest;
	// default 10,000, negative: all.
	MaxDead int
	// NoDedup publishes with plain LPUSH. A publication whose reply was lost
	// and that is sent again, by go-redis too, is then doubled.
	NoDedup bool
	// Parity uses kombu's own commands, with its losses: BRPOP and then the
	// bookkeeping, acks that are not fenced, requeues to the tail of every
	// bound queue, no dead-letter list, no parking. It implies NoDedup.
	Parity bool

	Clock  clock.Clock  // scores of claims; nil is the server's own clock, which no two workers disagree about
	Logger *slog.Logger // nil is slog.Default()
}

func (o Options) withDefaults() (Options, error) {
	var problems []error
	if o.PrioritySteps == nil {
		o.PrioritySteps = []int{0, 3, 6, 9}
	}
	if !slices.IsSorted(o.PrioritySteps) || len(o.PrioritySteps) == 0 || o.PrioritySteps[0] != 0 {
		problems = append(problems, fmt.Errorf("priority steps %v: want them ascending from 0, as [0 3 6 9]", o.PrioritySteps))
	}
	if o.Separator == "" {
		o.Separator = "\x06\x16"
	}
	if o.VisibilityTimeout == 0 {
		o.VisibilityTimeout = time.Hour
	}
	if o.VisibilityTimeout < 0 || o.Lease < 0 {
		problems = append(problems, fmt.Errorf("visibility timeout %v, lease %v: want no negative time", o.VisibilityTimeout, o.Lease))
	}
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	if o.MaxDeliveries == 0 {
		o.MaxDeliveries = 25
	}
	if o.MaxDead == 0 {
		o.MaxDead = 10_000
	}
	for name, kind := range o.Exchanges {
		if kind != "direct" && kind != "topic" && kind != "fanout" {
			problems = append(problems, fmt.Errorf("exchange %q has type %q: want direct, topic or fanout", name, kind))
		}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o, errors.Join(problems...)
}

// Transport is the broker. It is safe for concurrent use.
type Transport struct {
	client redis.UniversalClient
	opt    Options
	db     int
	id     string // of this process, in lanes and tokens

	mu        sync.Mutex
	lanes     []*lane // idle ones
	laneCount int
	consumers int
	exchanges map[string]string // types, as far as they are known
	sweeps    int
	owners    map[string]bool // that Extend was called for
}

// New returns a broker on client, which stays the caller's to close. The
// error lists every option that is not allowed.
func New(client redis.UniversalClient, opt Options) (*Transport, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("kombu options: %w", err)
	}
	t := &Transport{client: client, opt: opt, id: strings.ReplaceAll(uuid.NewString(), "-", ""), exchanges: map[string]string{}, owners: map[string]bool{}}
	for name, kind := range opt.Exchanges {
		t.exchanges[name] = kind
	}
	if single, ok := client.(*redis.Client); ok {
		t.db = single.Options().DB
	}
	return t, nil
}

// Close implements broker.Broker. It leaves the client open.
func (t *Transport) Close() error { return nil }

// clock is the time as scripts take it: "" for the server's own.
func (t *Transport) clock() string {
	if t.opt.Clock == nil {
		return ""
	}
	return score(t.opt.Clock.Now())
}

// score is a time as kombu writes it into unacked_index.
func score(at time.Time) string {
	us := at.UnixMicro()
	return fmt.Sprintf("%d.%06d", us/1e6, us%1e6)
}
