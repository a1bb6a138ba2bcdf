package cache

import (
	"slices"
	"sync"
	"sync/atomic"
)

const shardCount = 32

// A Store holds the entries of memory caches. Caches that share a Store see
// the same data, as LocMemCaches of one LOCATION do. It is safe for concurrent
// use. Make one with [NewStore].
type Store struct {
	count  atomic.Int64  // entries, expired ones too
	tick   atomic.Uint64 // numbers the uses of entries
	shards [shardCount]shard
}

// A shard has its own lock and cache line.
type shard struct {
	sync.RWMutex
	entries map[string]*entry
	_       [64]byte
}

// An entry's value and expiry change only under the write lock of its shard.
type entry struct {
	value   any
	expires int64         // Unix nanoseconds, 0 for never
	used    atomic.Uint64 // the tick of its last use
}

// NewStore returns an empty store.
func NewStore() *Store {
	s := &Store{}
	for i := range s.shards {
		s.shards[i].entries = make(map[string]*entry)
	}
	return s
}

// shard is where a key lives: FNV-1a of its length and its last bytes, by which
// keys mostly differ. A poor spread costs some waiting and nothing else.
func (s *Store) shard(key []byte) *shard {
	h := uint32(2166136261) ^ uint32(len(key))
	for _, c := range key[max(0, len(key)-6):] {
		h = (h ^ uint32(c)) * 16777619
	}
	return &s.shards[(h^h>>16)%shardCount]
}

// use marks e as the most recently used. The busiest entry, which already is,
// costs one load.
func (s *Store) use(e *entry) {
	if now := s.tick.Load(); e.used.Load() != now || now == 0 {
		e.used.Store(s.tick.Add(1))
	}
}

// live finds an entry that has not expired at now; its lock is held. now is
// asked only if the entry expires at all.
func (sh *shard) live(key []byte, now func() int64) (*entry, bool) {
	e, ok := sh.entries[string(key)]
	if !ok {
		return nil, false
	}
	if e.expires != 0 && e.expires <= now() {
		return e, false
	}
	return e, true
}

// remove drops a key; the write lock is held.
func (s *Store) remove(sh *shard, key string) {
	if _, ok := sh.entries[key]; ok {
		delete(sh.entries, key)
		s.count.Add(-1)
	}
}

// put stores a value; the write lock is held and room was made.
func (s *Store) put(sh *shard, key []byte, value any, expires int64) {
	e, ok := sh.entries[string(key)]
	if !ok {
		e = &entry{}
		sh.entries[string(key)] = e
		s.count.Add(1)
	}
	e.value, e.expires = value, expires
	s.use(e)
}

// lockAll takes every shard in order; nobody who holds one asks for another.
func (s *Store) lockAll() {
	for i := range s.shards {
		s.shards[i].Lock()
	}
}

func (s *Store) unlockAll() {
	for i := range s.shards {
		s.shards[i].Unlock()
	}
}

func (s *Store) readLockAll() {
	for i := range s.shards {
		s.shards[i].RLock()
	}
}

func (s *Store) readUnlockAll() {
	for i := range s.shards {
		s.shards[i].RUnlock()
	}
}

// cull makes room as LocMemCache does before every write, even of a key that
// is there: when limit is reached it drops count/frequency entries, the least
// recently used first; frequency 0 drops all. Every shard is locked.
func (s *Store) cull(limit, frequency int) {
	count := int(s.count.Load())
	if count < limit {
		return
	}
	if frequency == 0 {
		s.wipe()
		return
	}
	victims := count / frequency
	if victims == 0 {
		return
	}
	uses := make([]uint64, 0, count)
	for i := range s.shards {
		for _, e := range s.shards[i].entries {
			uses = append(uses, e.used.Load())
		}
	}
	slices.Sort(uses)
	last := uses[victims-1]
	for i := range s.shards {
		for k, e := range s.shards[i].entries {
			if e.used.Load() <= last {
				s.remove(&s.shards[i], k)
			}
		}
	}
}

// wipe drops everything; every shard is locked.
func (s *Store) wipe() {
	for i := range s.shards {
		clear(s.shards[i].entries)
	}
	s.count.Store(0)
}
