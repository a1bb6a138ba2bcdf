package cache

import (
	"context"
	"time"
)

// Memory is Django's LocMemCache: a cache in this process with snapshots,
// culling by least recent use, and no background work. It has every operation
// of [Redis], so that a test may swap it in. It is safe for concurrent use.
// Expired entries keep their place until they are looked at or culled.
type Memory struct {
	store     *Store
	keys      keyer
	codec     codec
	encoded   bool // values are kept in their serialized form
	timeout   Timeout
	now       func() int64 // Unix nanoseconds
	limit     int
	frequency int
	flight    *flight
}

var _ Cache = (*Memory)(nil)

// CullAll as Options.CullFrequency empties a full cache (Django's 0).
const CullAll = -1

// MemoryOptions configure a Memory. The zero value is Django's default.
type MemoryOptions struct {
	// Store is shared with other caches. Nil means an own one.
	Store *Store
	// Timeout of entries written without one. Default means 300 s.
	Timeout   Timeout
	KeyPrefix string
	// Version of the keys. Zero means 1.
	Version Version
	// KeyFunction, ReverseKey and KeyPolicy: see [Alias].
	KeyFunction KeyFunction
	ReverseKey  ReverseKeyFunction
	KeyPolicy   KeyPolicy
	// MaxEntries is how many entries there may be before a write culls. Zero
	// means 300, math.MaxInt no limit, negative that every write culls.
	MaxEntries int
	// CullFrequency: a full cache drops one in so many. Zero means 3, CullAll
	// that it drops all.
	CullFrequency int
	// Now is the clock of all expiries. Nil means time.Now.
	Now func() time.Time
	// Serializer makes the cache keep values in serialized form, with exactly
	// the conversions and errors of a Redis cache. Nil means deep copies of
	// plain data, which is faster.
	Serializer Serializer
	Compressor Compressor
}

// NewMemory returns a cache in this process. It needs no Close.
func NewMemory(o MemoryOptions) *Memory {
	m := &Memory{
		store:     o.Store,
		keys:      newKeyer(o.KeyPrefix, o.Version, o.KeyFunction, o.ReverseKey, o.KeyPolicy),
		codec:     newCodec(o.Serializer, o.Compressor),
		encoded:   o.Serializer != nil,
		timeout:   o.Timeout.or(DefaultTimeout),
		now:       ticking(time.Now()),
		limit:     o.MaxEntries,
		frequency: o.CullFrequency,
		flight:    newFlight(),
	}
	if m.store == nil {
		m.store = NewStore()
	}
	if o.Now != nil {
		m.now = func() int64 { return o.Now().UnixNano() }
	}
	if m.limit == 0 {
		m.limit = 300
	}
	switch {
	case m.frequency == 0:
		m.frequency = 3
	case m.frequency < 0:
		m.frequency = 0
	}
	return m
}

// ticking is the time from start on by the monotonic clock, which costs half of
// what time.Now does.
func ticking(start time.Time) func() int64 {
	base := start.UnixNano()
	return func() int64 { return base + int64(time.Since(start)) }
}

// DefaultTimeout is the timeout of an alias that does not say (Django's).
const DefaultTimeout = Timeout(300 * time.Second)

// expiry is when an entry with timeout t ends; t is not Discard.
func (m *Memory) expiry(t Timeout) int64 {
	if t = t.or(m.timeout); t == Forever {
		return 0
	}
	return m.deadline(time.Duration(t))
}

// deadline is d from now, and never 0, which means no expiry.
func (m *Memory) deadline(d time.Duration) int64 {
	now := m.now()
	at := now + int64(d)
	if at < now && d > 0 {
		return 0 // beyond the year 2262
	}
	return max(at, 1)
}

// write runs change under the lock of key's shard, after culling if grow
// says that the change may store an entry.
func (m *Memory) write(key []byte, grow bool, change func(*shard)) {
	sh := m.store.shard(key)
	if grow && int(m.store.count.Load()) >= m.limit {
		m.store.lockAll()
		defer m.store.unlockAll()
		m.store.cull(m.limit, m.frequency)
		change(sh)
		return
	}
	sh.Lock()
	defer sh.Unlock()
	change(sh)
}

// stop is the error of a context that is done.
func stop(ctx context.Context, op, key string) error {
	if err := ctx.Err(); err != nil {
		return fail(op, key, nil, err)
	}
	return nil
}

// Close does nothing: a Memory stays usable and keeps its data.
func (m *Memory) Close() error { return nil }
