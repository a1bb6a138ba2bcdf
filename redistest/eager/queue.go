package eager

import (
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// A Queue is one queue as a test looks at it. Looking takes nothing out.
type Queue struct {
	tb    redistest.TB
	admin broker.Admin
	name  string
	at    func() map[call]time.Time // when messages were sent; nil: nobody knows
}

// Queue looks at one of the app's queues. Tasks that wait for a later time
// are in none.
func (a *App) Queue(name string) *Queue { return &Queue{a.tb, a.broker, name, a.sentAt} }

// An Inspector looks into the queues of a Redis, whoever fills them: this
// package's app, a Go producer, or Celery in Python.
type Inspector struct {
	tb        redistest.TB
	transport *kombu.Transport
}

// Inspect returns an Inspector of a server with the broker's options, usually
// its zero value.
func Inspect(tb redistest.TB, client redis.UniversalClient, options kombu.Options) *Inspector {
	tb.Helper()
	t, err := kombu.New(client, options)
	if err != nil {
		tb.Fatalf("eager: inspect: %v", err)
	}
	return &Inspector{tb, t}
}

// Queue looks at a queue.
func (i *Inspector) Queue(name string) *Queue { return &Queue{i.tb, i.transport, name, nil} }

// Unacked is the number of messages, of all queues, that are claimed and not
// acknowledged, or wait for a later time.
func (i *Inspector) Unacked() int {
	i.tb.Helper()
	n, err := i.transport.Unacked(i.tb.Context())
	if err != nil {
		i.tb.Fatalf("eager: %v", err)
	}
	return int(n)
}

// Dead are the messages nobody could handle, the latest first.
func (i *Inspector) Dead() []broker.Dead { return dead(i.tb, i.transport) }

// Dead are the messages nobody could handle, the latest first.
func (a *App) Dead() []broker.Dead { return dead(a.tb, a.broker) }

func dead(tb redistest.TB, admin broker.Admin) []broker.Dead {
	tb.Helper()
	all, err := admin.Dead(tb.Context(), 0)
	if err != nil {
		tb.Fatalf("eager: %v", err)
	}
	return all
}

// Len is the number of messages that are ready, of all priorities.
func (q *Queue) Len() int {
	q.tb.Helper()
	n, err := q.admin.Depth(q.tb.Context(), q.name)
	if err != nil {
		q.tb.Fatalf("eager: %v", err)
	}
	return int(n)
}

// Messages are the messages that are ready, the next to be taken first.
func (q *Queue) Messages() []Sent {
	q.tb.Helper()
	found, err := q.admin.Peek(q.tb.Context(), q.name, 0)
	if err != nil {
		q.tb.Fatalf("eager: %v", err)
	}
	var at map[call]time.Time
	if q.at != nil {
		at = q.at()
	}
	all := make([]Sent, len(found))
	for i, d := range found {
		all[i] = read(q.name, d.Raw)
		all[i].At = at[call{all[i].ID, all[i].Retries}]
	}
	return all
}

// AssertSent fails tb unless a task with exactly these positional arguments,
// that is as each [Want] among them says, is in the queue.
func (q *Queue) AssertSent(tb redistest.TB, name string, args ...any) {
	tb.Helper()
	assertSent(tb, " to queue "+q.name, q.Messages(), name, args)
}

// AssertEmpty fails tb if a message is in the queue.
func (q *Queue) AssertEmpty(tb redistest.TB) {
	tb.Helper()
	all := q.Messages()
	if len(all) == 0 {
		return
	}
	lines := make([]string, len(all))
	for i, s := range all {
		lines[i] = "\t" + s.String()
	}
	tb.Errorf("queue %s holds %d messages, want none:\n%s", q.name, len(all), strings.Join(lines, "\n"))
}

// sorted are the items of a map in the order of its keys.
func sorted(m map[string]any) []pyjson.Member {
	items := make([]pyjson.Member, 0, len(m))
	for k, v := range m {
		items = append(items, pyjson.Member{Key: k, Value: v})
	}
	slices.SortFunc(items, func(a, b pyjson.Member) int { return strings.Compare(a.Key, b.Key) })
	return items
}
