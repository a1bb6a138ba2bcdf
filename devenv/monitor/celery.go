package monitor

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
)

// A queueLook counts what waits in Celery's broker, wherever that is: the
// master that sentinels watch changes.
type queueLook struct {
	m      *Monitor
	on     string // the server that client is connected to
	client redis.UniversalClient
	reader *devenv.QueueReader
}

func (q *queueLook) close() {
	if q.client != nil {
		q.client.Close()
	}
}

func (q *queueLook) ask(ctx context.Context) {
	queues, err := q.read(ctx)
	if ctx.Err() != nil {
		return
	}
	q.m.state.set(func() { q.m.state.queues = tell(queues, err) })
}

func (q *queueLook) read(ctx context.Context) (*devenv.Queues, error) {
	u := q.m.o.Settings.Celery.BrokerURL
	server, err := q.m.serving(u)
	if err != nil {
		return nil, err
	}
	if name := server.Instance.Name; q.on != name {
		q.close()
		if q.client, err = q.m.open(server, u.DB()); err != nil {
			q.on, q.client = "", nil
			return nil, err
		}
		q.on, q.reader = name, q.m.o.Env.QueueReader(q.client)
	}
	return q.reader.Read(ctx)
}

// A worker is what a worker of Celery said of itself last, in an event.
type worker struct {
	Name      string
	Kind      string    // of the event: worker-online, worker-heartbeat or worker-offline
	At        time.Time // when it was heard here
	Active    int       // tasks at work
	Processed int       // tasks since its start
	Every     time.Duration
	Software  string
}

// alive reports whether the worker has spoken lately: it may miss two of its
// heartbeats.
func (w worker) alive(now time.Time) bool {
	return w.Kind != "worker-offline" && now.Sub(w.At) <= 3*max(w.Every, 2*time.Second)
}

// listen hears the heartbeats of Celery's workers, which they publish every
// two seconds for whoever listens, until the connection breaks.
func (m *Monitor) listen(ctx context.Context) {
	err := m.hear(ctx)
	if ctx.Err() == nil {
		m.state.set(func() { m.state.heard = tell(false, err) })
	}
}

func (m *Monitor) hear(ctx context.Context) error {
	u := m.o.Settings.Celery.BrokerURL
	server, err := m.serving(u)
	if err != nil {
		return err
	}
	client, err := m.open(server, u.DB())
	if err != nil {
		return err
	}
	defer client.Close()
	// go-redis shows its hooks no command of a subscription.
	ear := client.PSubscribe(ctx)
	stop := context.AfterFunc(ctx, func() { ear.Close() }) // ends Receive
	defer stop()
	defer ear.Close()
	err = m.limiters[server.Instance.Name].rest.pass(ctx, func(ctx context.Context) error {
		return ear.PSubscribe(ctx, m.eventPattern(u.DB()))
	})
	if err != nil {
		return err
	}
	for {
		message, err := ear.Receive(ctx)
		if err != nil {
			return fmt.Errorf("listen to Celery's workers: %w", err)
		}
		switch v := message.(type) {
		case *redis.Subscription:
			m.state.set(func() { m.state.heard = tell(true, nil) })
		case *redis.Message:
			if w, ok := readEvent(v.Payload, time.Now()); ok {
				m.state.set(func() { m.state.workers[w.Name] = w })
			}
		}
	}
}

// eventPattern are the channels that kombu publishes events of workers on.
func (m *Monitor) eventPattern(db int) string {
	return fmt.Sprintf("%s/%d.celeryev/worker.*", m.o.Settings.Celery.GlobalKeyPrefix, db)
}

// readEvent reads an event of a worker out of the message that kombu wraps it
// in: JSON, whose body is JSON again, most often as base64.
func readEvent(payload string, now time.Time) (worker, bool) {
	var message struct {
		Body       string `json:"body"`
		Properties struct {
			Encoding string `json:"body_encoding"`
		} `json:"properties"`
	}
	if json.Unmarshal([]byte(payload), &message) != nil {
		return worker{}, false
	}
	body := []byte(message.Body)
	if message.Properties.Encoding == "base64" {
		var err error
		if body, err = base64.StdEncoding.DecodeString(message.Body); err != nil {
			return worker{}, false
		}
	}
	var event struct {
		Type      string  `json:"type"`
		Hostname  string  `json:"hostname"`
		Active    int     `json:"active"`
		Processed int     `json:"processed"`
		Freq      float64 `json:"freq"`
		Ident     string  `json:"sw_ident"`
		Version   string  `json:"sw_ver"`
	}
	if json.Unmarshal(body, &event) != nil || event.Hostname == "" || !strings.HasPrefix(event.Type, "worker-") {
		return worker{}, false
	}
	return worker{
		Name: event.Hostname, Kind: event.Type, At: now, Active: event.Active, Processed: event.Processed,
		Every: time.Duration(event.Freq * float64(time.Second)), Software: strings.TrimSpace(event.Ident + " " + event.Version),
	}, true
}
