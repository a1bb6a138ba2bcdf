package brokertest

import (
	"context"
	"errors"
	"time"
)

// A Broker is the least an implementation has. It is one connection of one
// process to the store, and safe for concurrent use.
type Broker interface {
	// Publish returns when every message is accepted, in the order given. If
	// it fails each of them is accepted once or not at all.
	Publish(ctx context.Context, messages ...Message) error
	// Consume opens a consumer that takes from queues. owner names the process
	// it lives in.
	Consume(ctx context.Context, owner string, queues ...string) (Consumer, error)
	// Depth is how many messages of a queue are ready.
	Depth(ctx context.Context, queue string) (int, error)
}

// A Consumer takes messages of its queues. It is used by one goroutine at a
// time, except that Ack and Reject may come from any.
type Consumer interface {
	// Claim takes up to max messages that are ready now. None is no error. A
	// message that cannot be read is none: see [Undertaker].
	Claim(ctx context.Context, max int) ([]Delivery, error)
	// Ack removes deliveries for good.
	Ack(ctx context.Context, deliveries ...Delivery) error
	// Reject gives deliveries up: they are gone, or available again.
	Reject(ctx context.Context, requeue bool, deliveries ...Delivery) error
	// Close ends the consumer in good order: what it has not settled is
	// available again when it returns.
	Close(ctx context.Context) error
	// Kill ends it as SIGKILL ends a process: nothing more is told to anybody.
	Kill()
}

// A Message is a publication. Headers and properties are plain data: nil,
// bool, int64, *big.Int for integers beyond 64 bits, float64, string, []any
// and map[string]any of these.
type Message struct {
	Exchange   string // "" is the default exchange: the routing key names the queue
	RoutingKey string
	// Priority is an int64: 0 is the most urgent, 9 the least, and nil is 0.
	// A caller may write other things, a text or a list among them.
	Priority any
	Body     []byte
	// ContentType and ContentEncoding say what Body is; "" leaves that to the
	// implementation.
	ContentType, ContentEncoding string
	Headers, Properties          map[string]any
	// Once, if not empty, names the publication: see [Oncer].
	Once string
}

// A Delivery is a message that was claimed.
type Delivery struct {
	Message            // as it was published; the properties hold what the broker added, too
	Queue       string // it was taken from
	Redelivered bool   // it was handed out before
	Tag         string // the delivery tag, which copies of a message share; "" if there is none
	Count       int    // deliveries so far, this one included; 0 if the broker does not count
	Claim       string // names the claim for the implementation
}

// A Binding leads from an exchange to a queue.
type Binding struct {
	Exchange   string
	RoutingKey string // for a topic exchange with * and #
	Queue      string
}

// A Declarer knows exchanges: direct, topic and fanout.
type Declarer interface {
	// Declare makes bindings known to all publishers.
	Declare(ctx context.Context, kind string, bindings ...Binding) error
	// Unbind undoes Declare and deletes the queues.
	Unbind(ctx context.Context, bindings ...Binding) error
}

// A Sweeper finds claims that have run out.
type Sweeper interface {
	// Restore makes available what was claimed longer ago than the visibility
	// timeout, an hour by default, or by an owner known to be dead.
	Restore(ctx context.Context) error
}

// An Extender prolongs claims.
type Extender interface {
	// Extend tells that owner lives, and still works on the deliveries.
	Extend(ctx context.Context, owner string, deliveries ...Delivery) error
}

// A Parker puts messages aside.
type Parker interface {
	// Park makes a delivery available again once d has passed, and no sooner.
	Park(ctx context.Context, delivery Delivery, d time.Duration) error
}

// An Undertaker keeps what nobody can handle. A message that cannot be read
// is buried when a consumer comes upon it.
type Undertaker interface {
	// Bury moves a delivery to the dead, with a reason.
	Bury(ctx context.Context, delivery Delivery, reason string) error
	// Dead returns the dead, the latest first. max 0 means all.
	Dead(ctx context.Context, max int) ([]Dead, error)
}

// An Exhumer settles what is dead.
type Exhumer interface {
	// Revive makes messages of the dead ready again, behind those that wait and
	// in the order given, and returns how many were still dead.
	Revive(ctx context.Context, dead ...Dead) (int, error)
	// Drop removes messages from the dead for good, and returns how many were
	// still among them.
	Drop(ctx context.Context, dead ...Dead) (int, error)
}

// A Dead message is one that nobody could handle.
type Dead struct {
	ID     string // names it among the dead, together with Raw
	Queue  string // where it was taken from, in the words of the implementation
	Reason string
	Raw    []byte // as it lay in the queue
}

// A Purger empties queues.
type Purger interface {
	// Purge removes what is ready and returns how many that were.
	Purge(ctx context.Context, queue string) (int, error)
}

// A Peeker looks into queues.
type Peeker interface {
	// Peek returns ready messages, the next to be claimed first. max 0 means all.
	Peek(ctx context.Context, queue string, max int) ([]Delivery, error)
}

// An Oncer takes only the first of all messages with the same Message.Once,
// whoever publishes them.
type Oncer interface {
	// RemembersOnce reports whether publications that are named are remembered.
	RemembersOnce() bool
}

// A Waiter waits for messages.
type Waiter interface {
	// Wait returns when a claim of c may find something, at the latest when
	// limit has passed. It takes nothing.
	Wait(ctx context.Context, c Consumer, limit time.Duration) error
}

// A Broadcaster sends to everybody connected and stores nothing.
type Broadcaster interface {
	// Broadcast returns when the message is on its way to all who listen.
	Broadcast(ctx context.Context, exchange, routingKey string, body []byte) error
	// Listen returns once it hears. The routing key "" of a binding means
	// messages without one, # stands for any text.
	Listen(ctx context.Context, bindings ...Binding) (Listener, error)
}

// A Listener hears broadcasts until it is closed.
type Listener interface {
	// Next waits for a broadcast.
	Next(ctx context.Context) (Heard, error)
	Close() error
}

// Heard is a broadcast as it arrived.
type Heard struct {
	Exchange, RoutingKey string
	Body                 []byte
}

// An Injector puts text into a queue as some other program would.
type Injector interface {
	// Inject puts raw at the end of a queue, as it is.
	Inject(ctx context.Context, queue string, raw []byte) error
}

// An Opener opens another broker on the same store, as another process would.
type Opener interface {
	Open(ctx context.Context, settings Settings) (Broker, error)
}

// Settings are those of a broker. The zero value of a field means kombu's
// default.
type Settings struct {
	Prefix        string        // before every key
	Steps         []int         // of priorities; default 0, 3, 6, 9
	Separator     string        // between queue and step; default "\x06\x16"
	Visibility    time.Duration // default an hour
	Lease         time.Duration // of an owner that was heard of; default a minute
	MaxDeliveries int           // after which a message is buried; 0 means the default, negative never
	MaxDead       int           // how many of the dead are kept, the latest; 0 means the default, negative all
	Retries       int           // of the client, for commands that failed on their way
}

// A Surveyor finds messages that nobody reads.
type Surveyor interface {
	// Foreign returns the lists of queue whose priority steps are none of ours.
	Foreign(ctx context.Context, queue string) ([]string, error)
}

// A Server is the Redis below the broker.
type Server interface {
	// Do performs a command and returns nil, an int64, a string, or a []any of these.
	Do(ctx context.Context, command ...string) (any, error)
}

// The kinds of failure a caller may branch on. An implementation's errors wrap
// them; errors.ErrUnsupported says that an operation is not there.
var (
	ErrStale      = errors.New("stale")      // the claim is no longer held
	ErrUnroutable = errors.New("unroutable") // no queue is bound
)
