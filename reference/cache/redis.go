package cache

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis is django-redis for Go: it shares every entry with Python. It is safe
// for concurrent use. It works on a server, a Sentinel client, a Cluster and a
// Ring of go-redis; on a Cluster, operations on many keys are grouped by slot.
// Redis 6.0 or later, and what speaks its protocol.
type Redis struct {
	primary  redis.UniversalClient
	replicas []redis.UniversalClient
	keys     keyer
	codec    codec
	timeout  Timeout
	hashV6   bool
	flight   *flight
	coalesce *coalescer  // nil for none
	before62 atomic.Bool // the server refused ZADD with GT or LT
}

var _ Cache = (*Redis)(nil)

// RedisOptions configure a Redis. The zero value is django-redis's default.
type RedisOptions struct {
	// Replicas serve the reads if there are any: never the primary, so a
	// caller may not see its own write at once.
	Replicas []redis.UniversalClient
	// Timeout of entries written without one. Default means 300 s.
	Timeout   Timeout
	KeyPrefix string
	// Version of the keys. Zero means 1.
	Version Version
	// KeyFunction, ReverseKey and KeyPolicy: see [Alias].
	KeyFunction KeyFunction
	ReverseKey  ReverseKeyFunction
	KeyPolicy   KeyPolicy
	// Serializer nil means pickle in protocol 4.
	Serializer Serializer
	// Compressor nil means none.
	Compressor Compressor
	// HashV6 keeps hashes where django-redis 6 does: the key without prefix
	// and version, the fields with them. Version 7 has it the other way round.
	HashV6 bool
	// Direct sends every Get by itself. Otherwise, while several are under
	// way, those that come on top share pipelines.
	Direct bool
}

// NewRedis returns a cache on client, which stays the caller's to close. It
// sends nothing.
func NewRedis(client redis.UniversalClient, o RedisOptions) *Redis {
	r := &Redis{
		primary:  client,
		replicas: o.Replicas,
		keys:     newKeyer(o.KeyPrefix, o.Version, o.KeyFunction, o.ReverseKey, o.KeyPolicy),
		codec:    newCodec(o.Serializer, o.Compressor),
		timeout:  o.Timeout.or(DefaultTimeout),
		hashV6:   o.HashV6,
		flight:   newFlight(),
	}
	if !o.Direct {
		r.coalesce = newCoalescer(r.reader)
	}
	return r
}

// reader is the client for reads: a random replica, or the primary.
func (r *Redis) reader() redis.UniversalClient {
	if len(r.replicas) == 0 {
		return r.primary
	}
	return r.replicas[rand.IntN(len(r.replicas))]
}

// clustered reports whether operations on many keys must be split by slot.
func (r *Redis) clustered() bool {
	switch r.primary.(type) {
	case *redis.ClusterClient, *redis.Ring:
		return true
	}
	return false
}

// Close does nothing: the clients belong to whoever made them, such as the
// Caches of an alias, and the cache stays usable while they are open.
func (r *Redis) Close() error { return nil }

// unavailable are the prefixes of error replies by which a server says that it
// cannot serve now, or not this client.
var unavailable = []string{"LOADING", "READONLY", "OOM", "NOAUTH", "WRONGPASS", "NOPERM", "MASTERDOWN", "CLUSTERDOWN",
	"TRYAGAIN", "MISCONF", "NOREPLICAS", "BUSY", "EXECABORT", "ERR max number of clients", "ERR invalid password", "ERR AUTH"}

// failure gives a driver's error its kind.
func failure(ctx context.Context, op, key string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, redis.Nil) {
		return fail(op, key, ErrNotFound, nil)
	}
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	if stopped := ended(ctx, err); stopped != nil {
		return fail(op, key, nil, errors.Join(stopped, err))
	}
	return fail(op, key, kindOf(err), err)
}

// ended is the error of a context that has ended. A socket keeps the context's
// deadline with a timer of its own, which may fire a moment before it: then the
// context is waited for, so that the same event is always the same error.
func ended(ctx context.Context, err error) error {
	deadline, has := ctx.Deadline()
	if has && errors.Is(err, os.ErrDeadlineExceeded) && time.Until(deadline) < 10*time.Millisecond {
		<-ctx.Done()
	}
	return ctx.Err()
}

func kindOf(err error) error {
	if errors.Is(err, redis.ErrClosed) {
		return ErrClosed
	}
	var reply redis.Error
	if !errors.As(err, &reply) {
		return ErrUnavailable // the network, the pool
	}
	text := reply.Error()
	is := func(prefix string) bool { return strings.HasPrefix(text, prefix) }
	within := func(part string) bool { return strings.Contains(text, part) } // scripts put the error of a command into their own
	switch {
	case within("WRONGTYPE"):
		return ErrWrongType
	case within("value is not an integer"), within("value is not a valid float"):
		return ErrNotInteger
	case within("increment or decrement would overflow"):
		return ErrOverflow
	case is("ERR invalid expire"), is("ERR invalid 'expire'"):
		return ErrInvalidTimeout
	case is("ERR unknown command"), is("ERR unknown subcommand"), is("CROSSSLOT"):
		return errors.ErrUnsupported
	case is("ERR no such key"):
		return ErrNotFound
	case slices.ContainsFunc(unavailable, is):
		return ErrUnavailable
	}
	return ErrUnavailable
}

// begin parses the options and makes the stored key of an operation.
func (r *Redis) begin(ctx context.Context, op, key string, opts []Option) (string, call, error) {
	c := parse(opts)
	if err := stop(ctx, op, key); err != nil {
		return "", c, err
	}
	stored, err := r.keys.stored(key, &c)
	if err != nil {
		return "", c, fail(op, key, nil, err)
	}
	return stored, c, nil
}

// send runs cmd on client.
func send[C redis.Cmder](ctx context.Context, client redis.UniversalClient, op, key string, cmd C) (C, error) {
	return cmd, failure(ctx, op, key, client.Process(ctx, cmd))
}
