package celery

import (
	"maps"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/message"
)

// Options of a call. They travel inside a Signature under the names of
// Celery's apply_async.
type Options struct {
	TaskID       string
	Countdown    time.Duration
	ETA          time.Time
	ExpiresIn    time.Duration
	Expires      time.Time
	Priority     any // 0, the most urgent on Redis, to 9; nil for the route's
	Queue        string
	Exchange     string
	RoutingKey   string
	Soft, Hard   time.Duration
	IgnoreResult bool
	Shadow       string
	Compression  string
	Retries      int
	MaxRetries   *int // for Task.Retry
	Headers      map[string]any
	Stamps       map[string]any
	Link         []*Signature
	LinkError    []*Signature
	Args         []any          // in place of the signature's, nil for those
	Kwargs       map[string]any // added to the signature's

	extra map[string]any // options of Celery's that mean nothing here
}

// An Option sets one of the Options.
type Option func(*Options)

func newOptions(options []Option) *Options {
	o := &Options{}
	for _, set := range options {
		set(o)
	}
	return o
}

// TaskID gives the task an id instead of a random one.
func TaskID(id string) Option { return func(o *Options) { o.TaskID = id } }

// Countdown runs the task no sooner than d from now.
func Countdown(d time.Duration) Option { return func(o *Options) { o.Countdown = d } }

// ETA runs the task no sooner than at.
func ETA(at time.Time) Option { return func(o *Options) { o.ETA = at } }

// ExpiresIn revokes the task if it has not started d from now.
func ExpiresIn(d time.Duration) Option { return func(o *Options) { o.ExpiresIn = d } }

// ExpiresAt revokes the task if it has not started at a time.
func ExpiresAt(at time.Time) Option { return func(o *Options) { o.Expires = at } }

// Priority is 0, the most urgent, to 9: on Redis the order is the reverse of RabbitMQ's.
func Priority(p int) Option { return func(o *Options) { o.Priority = p } }

// Queue sends the task to a queue.
func Queue(name string) Option { return func(o *Options) { o.Queue = name } }

// Exchange sends the task to an exchange, which routes it by the key.
func Exchange(name, routingKey string) Option {
	return func(o *Options) { o.Exchange, o.RoutingKey = name, routingKey }
}

// TimeLimits are the soft and the hard time limit of the run; 0 leaves the handler's.
func TimeLimits(soft, hard time.Duration) Option {
	return func(o *Options) { o.Soft, o.Hard = soft, hard }
}

// IgnoreResult keeps no result.
func IgnoreResult() Option { return func(o *Options) { o.IgnoreResult = true } }

// Shadow is the name that logs and monitors show.
func Shadow(name string) Option { return func(o *Options) { o.Shadow = name } }

// Compress compresses the body: zlib, gzip, bzip2 or zstd.
func Compress(name string) Option { return func(o *Options) { o.Compression = name } }

// Retries limits how often Task.Retry sends the task again; negative: no limit.
func Retries(most int) Option { return func(o *Options) { o.MaxRetries = &most } }

// Header adds a header to the message.
func Header(name string, value any) Option {
	return func(o *Options) {
		if o.Headers == nil {
			o.Headers = map[string]any{}
		}
		o.Headers[name] = value
	}
}

// Stamp adds a stamp, by which Celery 5.3 and later tell and revoke tasks. As
// Signature.stamp does there, Set puts it on the links that it sets and, of a
// chain, group or chord, on every task in it. A retry keeps it; what a handler
// sends does not have it.
func Stamp(name string, value any) Option {
	return func(o *Options) {
		if o.Stamps == nil {
			o.Stamps = map[string]any{}
		}
		o.Stamps[name] = value
	}
}

// Link sends tasks when this one succeeds, with its result as first argument.
func Link(tasks ...*Signature) Option {
	return func(o *Options) { o.Link = append(o.Link, tasks...) }
}

// LinkError sends tasks when this one fails, with its id as first argument.
func LinkError(tasks ...*Signature) Option {
	return func(o *Options) { o.LinkError = append(o.LinkError, tasks...) }
}

// NewArgs gives positional arguments in place of those of the signature, or of
// the run that is retried.
func NewArgs(args ...any) Option {
	return func(o *Options) { o.Args = append([]any{}, args...) }
}

// Kwargs adds keyword arguments.
func Kwargs(kwargs map[string]any) Option {
	return func(o *Options) {
		if o.Kwargs == nil {
			o.Kwargs = map[string]any{}
		}
		for k, v := range kwargs {
			o.Kwargs[k] = v
		}
	}
}

func put[T comparable](m map[string]any, key string, v T) {
	var zero T
	if v != zero {
		m[key] = v
	}
}

func putTime(m map[string]any, key string, at time.Time, d time.Duration) {
	switch {
	case !at.IsZero():
		m[key] = message.ISO(at)
	case d != 0:
		m[key] = d.Seconds()
	}
}

// wire is the options as a signature carries them.
func (o *Options) wire() map[string]any {
	m := map[string]any{}
	for k, v := range o.extra {
		m[k] = v
	}
	put(m, "task_id", o.TaskID)
	put(m, "queue", o.Queue)
	put(m, "exchange", o.Exchange)
	put(m, "routing_key", o.RoutingKey)
	put(m, "shadow", o.Shadow)
	put(m, "compression", o.Compression)
	put(m, "retries", o.Retries)
	put(m, "ignore_result", o.IgnoreResult)
	putTime(m, "countdown", time.Time{}, o.Countdown)
	putTime(m, "eta", o.ETA, 0)
	putTime(m, "expires", o.Expires, o.ExpiresIn)
	putTime(m, "soft_time_limit", time.Time{}, o.Soft)
	putTime(m, "time_limit", time.Time{}, o.Hard)
	if o.Priority != nil {
		m["priority"] = o.Priority
	}
	if o.Headers != nil {
		m["headers"] = o.Headers
	}
	if len(o.Stamps) > 0 { // as Celery has them among the options of a signature
		m["stamped_headers"] = slices.Sorted(maps.Keys(o.Stamps))
		maps.Copy(m, o.Stamps)
	}
	if len(o.Link) > 0 {
		m["link"] = wires(o.Link)
	}
	if len(o.LinkError) > 0 {
		m["link_error"] = wires(o.LinkError)
	}
	return m
}

var knownOptions = map[string]bool{"task_id": true, "queue": true, "exchange": true, "routing_key": true, "shadow": true, "compression": true,
	"retries": true, "ignore_result": true, "countdown": true, "eta": true, "expires": true, "soft_time_limit": true, "time_limit": true,
	"priority": true, "headers": true, "stamped_headers": true, "link": true, "link_error": true}

// readOptions reads what wire, or Celery, wrote. What does not fit is left out.
func readOptions(m map[string]any) *Options {
	o := &Options{}
	named := map[string]*string{"task_id": &o.TaskID, "queue": &o.Queue, "exchange": &o.Exchange, "routing_key": &o.RoutingKey,
		"shadow": &o.Shadow, "compression": &o.Compression}
	for key, dst := range named {
		*dst, _ = m[key].(string)
	}
	o.Countdown, _ = moment(m["countdown"])
	_, o.ETA = moment(m["eta"])
	o.ExpiresIn, o.Expires = moment(m["expires"])
	o.Soft, _ = moment(m["soft_time_limit"])
	o.Hard, _ = moment(m["time_limit"])
	o.Priority = m["priority"]
	o.IgnoreResult = m["ignore_result"] == true
	if n, ok := m["retries"].(int64); ok {
		o.Retries = int(n)
	}
	o.Headers, _ = m["headers"].(map[string]any)
	for _, name := range texts(m["stamped_headers"]) {
		Stamp(name, m[name])(o)
	}
	o.Link, o.LinkError = readSignatures(m["link"]), readSignatures(m["link_error"])
	for k, v := range m {
		if _, stamp := o.Stamps[k]; !knownOptions[k] && !stamp {
			if o.extra == nil {
				o.extra = map[string]any{}
			}
			o.extra[k] = v
		}
	}
	return o
}

// moment reads a number of seconds or a time.
func moment(v any) (time.Duration, time.Time) {
	switch v := v.(type) {
	case int64:
		return time.Duration(v) * time.Second, time.Time{}
	case float64:
		return time.Duration(v * float64(time.Second)), time.Time{}
	case string:
		t, _ := message.ParseTime(v)
		return 0, t
	case time.Time:
		return 0, v
	}
	return 0, time.Time{}
}
