// Package broker says what a Celery app asks of a message broker. The Redis
// one is package kombu; Memory, here, lives in the process and goes by an
// injected clock.
package broker

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var (
	// ErrStale reports an ack, requeue or the like for a claim that is no
	// longer held: it ran out, and the message may be with another consumer.
	ErrStale = errors.New("the claim is no longer held")
	// ErrUnroutable reports a message that no queue is bound for.
	ErrUnroutable = errors.New("no queue is bound for this exchange and routing key")
	// ErrRefused reports a message that is not accepted however often it is
	// published: the name of its queue cannot be one, or is another thing's.
	ErrRefused = errors.New("the broker never accepts it")
	// ErrSpent reports a message that is not to be worked on once more.
	ErrSpent = errors.New("without an acknowledgement")
)

// StaleError names the deliveries whose claims are no longer held. It wraps ErrStale.
type StaleError struct {
	Action     string
	Deliveries []Delivery
}

func (e *StaleError) Error() string {
	return fmt.Sprintf("%s %d of the messages: %v", e.Action, len(e.Deliveries), ErrStale)
}

// Unwrap returns ErrStale.
func (e *StaleError) Unwrap() error { return ErrStale }

// Stale is the error for those of deliveries that held is not 1 for, nil if
// there are none.
func Stale(action string, deliveries []Delivery, held []int64) error {
	e := &StaleError{Action: action}
	for i, d := range deliveries {
		if i >= len(held) || held[i] != 1 {
			e.Deliveries = append(e.Deliveries, d)
		}
	}
	if e.Deliveries == nil {
		return nil
	}
	return e
}

// A Message is a publication.
type Message struct {
	Exchange   string // "" is the default exchange: the routing key names the queue
	RoutingKey string
	Priority   int    // 0, the most urgent, to 9
	Raw        []byte // an encoded message.Envelope
	// Once, if not empty, names what is published: of all messages with the
	// same Once only the first is taken, for a day, whoever publishes them, in
	// one call or in several.
	Once string
}

// A Delivery is a message that was claimed and not yet settled.
type Delivery struct {
	Raw   []byte
	Queue string    // the queue it was taken from
	List  string    // the priority list it was taken from
	Field string    // names the claim, together with Token
	Token string    // fences it: a claim made after this one ran out has another
	Count int       // deliveries so far, this one included, as far as the broker knows
	At    time.Time // the broker's time of the claim
}

// Parked is a delivery as Park leaves it. By it, until it falls due, the
// message can be parked for another time, acknowledged or made available.
func (d Delivery) Parked() Delivery {
	d.Token += ".parked"
	return d
}

// A Publisher takes messages. Publish returns when all of them are accepted.
// If it fails each is either accepted once or not at all. Either way it keeps
// no Raw: the memory is the caller's again.
type Publisher interface {
	Publish(ctx context.Context, messages ...Message) error
}

// A Consumer claims messages of some queues, round-robin within a priority.
// It is used by one goroutine at a time.
type Consumer interface {
	// Claim takes up to max messages that are ready now. None is no error.
	Claim(ctx context.Context, max int) ([]Delivery, error)
	// Wait returns when Claim may find something, at the latest when limit has passed.
	Wait(ctx context.Context, limit time.Duration) error
	// Close ends the consumer. Its deliveries stay claimed.
	Close() error
}

// An Awaiter is a Consumer that can wait and claim in one step.
type Awaiter interface {
	// Await waits until messages are ready, at most for limit, and claims up
	// to most of them. None is no error. If ctx ends meanwhile it returns
	// soon, and without an error if it has claimed something.
	Await(ctx context.Context, most int, limit time.Duration) ([]Delivery, error)
}

// A Burier is a Consumer that lets its user bury what is delivered too often.
type Burier interface {
	// BuryWith makes the consumer call bury where else it buries a message by
	// itself. To its user deliveries are not the measure, but what a Starter
	// counts: it gets a message ten times as often before that.
	BuryWith(bury func(ctx context.Context, d Delivery, reason string))
}

// A Starter is a Broker that limits how often work on a message begins.
type Starter interface {
	// Start notes that work begins on a message that was delivered before. If
	// it began as often as the broker allows, and was never acknowledged, the
	// error wraps ErrSpent: the next that it ends may be this program.
	Start(ctx context.Context, d Delivery) error
}

// A Settler ends or prolongs claims. A claim that is no longer held yields an
// error that wraps ErrStale and changes nothing; the others are settled all
// the same. All methods are safe for concurrent use.
type Settler interface {
	// Ack removes messages for good.
	Ack(ctx context.Context, deliveries ...Delivery) error
	// Requeue makes messages available again, flagged as redelivered, at the
	// front of their queues and in the order given.
	Requeue(ctx context.Context, deliveries ...Delivery) error
	// Park puts a message aside until a time: it takes no memory in any
	// consumer, no claim on it runs out, and then it is available again.
	Park(ctx context.Context, d Delivery, until time.Time) error
	// Bury moves a message to the dead-letter list, with its reason.
	Bury(ctx context.Context, d Delivery, reason string) error
	// Extend tells that owner lives and still works on the deliveries.
	Extend(ctx context.Context, owner string, deliveries ...Delivery) error
	// Restore makes available what was claimed too long ago or by an owner
	// that does not live any more, and returns how many messages.
	Restore(ctx context.Context) (int, error)
}

// A Fanout message reached everybody who was connected.
type Fanout struct {
	Exchange, RoutingKey string
	Raw                  []byte
}

// A Broadcaster sends to everybody connected and stores nothing.
type Broadcaster interface {
	Broadcast(ctx context.Context, exchange, routingKey string, raw []byte) error
	// Listen calls each for every message to one of the exchanges until ctx
	// ends or the connection fails; ready is called once it is listening. The
	// routing key "" means those without one, "#" all.
	Listen(ctx context.Context, bindings []Binding, ready func(), each func(Fanout)) error
}

// A Binding leads from an exchange to a queue.
type Binding struct {
	Exchange   string
	RoutingKey string // for a topic exchange with * and #
	Queue      string
}

// Admin looks after queues.
type Admin interface {
	// Declare makes bindings known to all publishers. kind is direct, topic or fanout.
	Declare(ctx context.Context, kind string, bindings ...Binding) error
	// Unbind undoes Declare and deletes the queue of each binding.
	Unbind(ctx context.Context, bindings ...Binding) error
	// Depth is the number of ready messages of all priorities.
	Depth(ctx context.Context, queue string) (int64, error)
	// Purge removes the ready messages of a queue and returns their number.
	Purge(ctx context.Context, queue string) (int64, error)
	// Peek returns ready messages, the next to be claimed first. max 0 means all.
	Peek(ctx context.Context, queue string, max int) ([]Delivery, error)
	// Dead returns the dead-letter list, the latest first. max 0 means all.
	Dead(ctx context.Context, max int) ([]Dead, error)
	// DeadCount is the length of the dead-letter list. The broker keeps the
	// latest, as many as its options say.
	DeadCount(ctx context.Context) (int64, error)
	// Revive makes messages of the dead-letter list available again, behind
	// those that wait, in the order given. Their deliveries count anew, from
	// the one that the flag of a redelivered message tells of. It returns how
	// many were still on the list.
	Revive(ctx context.Context, dead ...Dead) (int, error)
	// Drop removes messages from the dead-letter list for good, and returns
	// how many were still on it.
	Drop(ctx context.Context, dead ...Dead) (int, error)
}

// Dead is a message that nobody could handle.
type Dead struct {
	ID     string // names it on the list, together with Raw
	Reason string
	Queue  string // the list it was taken from
	At     time.Time
	Raw    []byte
}

// A Binder is a Broker that knows which queues are bound to an exchange.
type Binder interface {
	Bindings(ctx context.Context, exchange string) ([]Binding, error)
}

// A Broker is all of it. Consume returns a consumer for an owner, the name
// under which Extend keeps its claims.
type Broker interface {
	Publisher
	Settler
	Broadcaster
	Admin
	Consume(owner string, queues ...string) Consumer
	Close() error
}

// Beats keeps what schedules share between processes. Its methods are safe
// for concurrent use.
type Beats interface {
	// Lead makes id the leader for the lease, or prolongs its lead, and
	// reports whether it leads.
	Lead(ctx context.Context, id string, lease time.Duration) (bool, error)
	// Yield gives up the lead, if id has it.
	Yield(ctx context.Context, id string) error
	// LastTick is when an entry was last due and sent; zero: never.
	LastTick(ctx context.Context, entry string) (time.Time, error)
	// SetTick notes it. Time never goes back: an earlier one changes nothing.
	SetTick(ctx context.Context, entry string, at time.Time) error
}
