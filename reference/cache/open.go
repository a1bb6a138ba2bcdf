package cache

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Caches are the named caches of an application. It is safe for concurrent
// use; the caches share a pool of connections where all their settings that
// concern connections are equal.
type Caches struct {
	caches map[string]Cache
	pools  map[string]redis.UniversalClient
	stores map[string]*Store
}

// An OpenOption changes what Open makes of the aliases.
type OpenOption func(*opening)

type opening struct {
	memory bool
	now    func() time.Time
}

// InMemory swaps a memory cache in for every Redis cache, for tests: aliases
// of one location share a store as they would share a database, values take
// the same way through serializer and compressor, and nothing is culled.
func InMemory() OpenOption { return func(o *opening) { o.memory = true } }

// Clock gives the memory caches another clock than time.Now.
func Clock(now func() time.Time) OpenOption { return func(o *opening) { o.now = now } }

// Open makes the caches of the aliases. It checks all of them and returns
// every problem at once, with the alias, the field and what is wanted. It does
// not connect: an unreachable server shows at the first operation. Close the
// Caches when the application ends.
func Open(aliases map[string]Alias, opts ...OpenOption) (*Caches, error) {
	var o opening
	for _, opt := range opts {
		opt(&o)
	}
	cs := &Caches{make(map[string]Cache), make(map[string]redis.UniversalClient), make(map[string]*Store)}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(aliases)) {
		c, err := cs.open(aliases[name], &o)
		if err != nil {
			problems = append(problems, prefixed(name, err))
			continue
		}
		cs.caches[name] = c
	}
	if len(aliases) == 0 {
		problems = append(problems, errors.New(`no aliases: want at least "default"`))
	}
	if len(problems) > 0 {
		return nil, errors.Join(fmt.Errorf("open caches: %w", errors.Join(problems...)), cs.Close())
	}
	return cs, nil
}

// prefixed names the alias in every problem of err.
func prefixed(name string, err error) error {
	many, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return fmt.Errorf("alias %q: %w", name, err)
	}
	var all []error
	for _, e := range many.Unwrap() {
		all = append(all, prefixed(name, e))
	}
	return errors.Join(all...)
}

// Get returns the cache of an alias; the error of an unknown one lists those
// there are. One that ignores exceptions is an *Ignoring. The cache may be kept as long as the Caches is open.
func (cs *Caches) Get(name string) (Cache, error) {
	c, ok := cs.caches[name]
	if !ok {
		return nil, fmt.Errorf("cache alias %q is not configured: there are %s", name, strings.Join(cs.Names(), ", "))
	}
	return c, nil
}

// Names lists the aliases in order.
func (cs *Caches) Names() []string { return slices.Sorted(maps.Keys(cs.caches)) }

// Close closes all connections. Later operations on a Redis fail with ErrClosed.
func (cs *Caches) Close() error {
	var all []error
	for _, pool := range cs.pools {
		if err := pool.Close(); err != nil && !errors.Is(err, redis.ErrClosed) {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

func (cs *Caches) open(a Alias, o *opening) (Cache, error) {
	var problems []error
	backend := a.Backend
	if backend == "" {
		backend = BackendRedis
	}
	protocol := a.PickleVersion
	if protocol == 0 && backend == BackendDjango {
		protocol = -1
	}
	serializer, err := NewSerializer(a.Serializer, protocol)
	problems = append(problems, err)
	compressor, err := NewCompressor(a.Compressor, a.MaxDecoded)
	problems = append(problems, err)
	problems = append(problems, a.check(backend)...)
	var c Cache
	switch {
	case errors.Join(problems...) != nil:
	case backend == BackendMemory && a.Serializer == "" && a.Compressor == "":
		c = cs.memory(a, o, nil, nil)
	case backend == BackendMemory || o.memory:
		c = cs.memory(a, o, serializer, compressor)
	default:
		c, err = cs.redis(a, serializer, compressor)
		problems = append(problems, err)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	if a.IgnoreExceptions {
		c = NewIgnoring(c, a.Logger)
	}
	return c, nil
}

// check finds what is wrong with an alias without opening it.
func (a *Alias) check(backend Backend) (problems []error) {
	bad := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	switch backend {
	case BackendRedis, BackendDjango:
		if len(a.Location) == 0 {
			bad("Location is empty: want the URL of a server, such as redis://127.0.0.1:6379/1")
		}
		if backend == BackendDjango && (a.Compressor != "" || a.Serializer != "" && a.Serializer != "pickle") {
			bad("Backend %s knows the serializer pickle and no compressor: use %s", BackendDjango, BackendRedis)
		}
		if a.Cluster && a.Sentinel != nil {
			bad("Cluster and Sentinel exclude each other")
		}
		if a.Cluster && a.DB != 0 {
			bad("DB %d with Cluster: a Cluster has only database 0", a.DB)
		}
	case BackendMemory:
	default:
		bad("unknown Backend %q: want %s, %s or %s", backend, BackendRedis, BackendDjango, BackendMemory)
	}
	if a.KeyFunction != nil && a.ReverseKey == nil && backend != BackendDjango {
		bad("KeyFunction without ReverseKey: Keys and IterKeys could not tell the caller's keys")
	}
	if a.MaxDecoded < 0 || a.PoolSize < 0 || a.Retries < 0 || a.DB < 0 {
		bad("MaxDecoded %d, PoolSize %d, Retries %d, DB %d: want 0 or more", a.MaxDecoded, a.PoolSize, a.Retries, a.DB)
	}
	if a.DialTimeout < 0 || a.SocketTimeout < 0 || a.PoolTimeout < 0 {
		bad("DialTimeout %v, SocketTimeout %v, PoolTimeout %v: want 0 or more", a.DialTimeout, a.SocketTimeout, a.PoolTimeout)
	}
	return problems
}

// memory is a cache in this process; aliases of one location share its store.
func (cs *Caches) memory(a Alias, o *opening, s Serializer, c Compressor) Cache {
	location := fmt.Sprint(a.Location, a.DB)
	store, ok := cs.stores[location]
	if !ok {
		store = NewStore()
		cs.stores[location] = store
	}
	limit := a.MaxEntries
	if o.memory && a.Backend != BackendMemory {
		limit = math.MaxInt // Redis does not cull
	}
	return NewMemory(MemoryOptions{
		Store: store, Timeout: a.Timeout, KeyPrefix: a.KeyPrefix, Version: a.Version, KeyFunction: a.KeyFunction, ReverseKey: a.ReverseKey,
		KeyPolicy: a.KeyPolicy, MaxEntries: limit, CullFrequency: a.CullFrequency, Now: o.now, Serializer: s, Compressor: c,
	})
}

func (cs *Caches) redis(a Alias, s Serializer, c Compressor) (Cache, error) {
	clients, err := cs.clients(a)
	if err != nil {
		return nil, err
	}
	return NewRedis(clients[0], RedisOptions{
		Replicas: clients[1:], Timeout: a.Timeout, KeyPrefix: a.KeyPrefix, Version: a.Version, KeyFunction: a.KeyFunction, ReverseKey: a.ReverseKey,
		KeyPolicy: a.KeyPolicy, Serializer: s, Compressor: c, HashV6: a.HashV6, Direct: a.Direct,
	}), nil
}
