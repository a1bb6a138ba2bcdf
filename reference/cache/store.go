package cache

import (
	"runtime"
	"slices"
	"sync/atomic"
)

// A Store holds the entries of memory caches. Caches that share a Store see
// the same data, as LocMemCaches of one LOCATION do. It is safe for concurrent
// use. Make one with [NewStore].
type Store struct {
	shards []shard      // a power of two of them
	count  atomic.Int64 // entries, expired ones too
	whole  atomic.Bool  // many keys change at once, under every lock: readers wait
	_      [64]byte
	tick   atomic.Uint64 // numbers the uses of entries
	_      [64]byte
}

// NewStore returns an empty store. How many writers it lets work at once
// follows GOMAXPROCS.
func NewStore() *Store {
	shards := 8
	for shards < 4*runtime.GOMAXPROCS(0) {
		shards *= 2
	}
	s := &Store{shards: make([]shard, shards)}
	for i := range s.shards {
		s.shards[i].clear()
	}
	return s
}

// shard is where a key lives.
func (s *Store) shard(key []byte) *shard { return s.at(hash(key)) }

// at is the shard of a hash, by bits that only the largest tables look at.
func (s *Store) at(h uint64) *shard { return &s.shards[h>>32&uint64(len(s.shards)-1)] }

// use marks e as the most recently used. The busiest entry, which already is,
// costs one load.
func (s *Store) use(e *entry) {
	if now := s.tick.Load(); atomic.LoadUint64(&e.used) != now {
		atomic.StoreUint64(&e.used, s.tick.Add(1))
	}
}

// read finds an entry without a lock, and waits only for a change of many keys,
// which nobody may see in part.
func (s *Store) read(key []byte) *entry {
	h := hash(key)
	sh := s.at(h)
	if s.whole.Load() {
		sh.Lock()
		defer sh.Unlock()
	}
	_, e := sh.find(h, key)
	return e
}

// put stores what a key holds; its lock is held and room was made.
func (s *Store) put(key []byte, c content, expires int64) {
	h := hash(key)
	s.set(s.at(h), h, key, &entry{content: c, expires: expires})
}

// set is put of an entry that nobody knows yet.
func (s *Store) set(sh *shard, h uint64, key []byte, e *entry) {
	at, old := sh.find(h, key)
	e.hash = h
	if old == nil {
		e.key = string(key)
		s.count.Add(1)
	} else {
		e.key = old.key
	}
	e.used = s.tick.Add(1)
	sh.put(at, old, e)
}

// expire moves the expiry of an entry, which is no use of it; the lock is held.
func (s *Store) expire(e *entry, at int64) {
	s.at(e.hash).swap(e, &entry{atomic.LoadUint64(&e.used), e.key, e.hash, at, e.content})
}

// remove drops an entry, or nothing for nil; the lock is held.
func (s *Store) remove(e *entry) {
	if e != nil {
		s.at(e.hash).swap(e, gone)
		s.count.Add(-1)
	}
}

// lockAll takes every shard, to change many keys at once.
func (s *Store) lockAll() {
	s.holdAll()
	s.whole.Store(true)
}

func (s *Store) unlockAll() {
	s.whole.Store(false)
	s.releaseAll()
}

// holdAll takes every shard in order, to see one moment of many keys; nobody
// who holds one asks for another.
func (s *Store) holdAll() {
	for i := range s.shards {
		s.shards[i].Lock()
	}
}

func (s *Store) releaseAll() {
	for i := range s.shards {
		s.shards[i].Unlock()
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
		for e := range s.shards[i].all {
			uses = append(uses, atomic.LoadUint64(&e.used))
		}
	}
	slices.Sort(uses)
	last := uses[victims-1]
	for i := range s.shards {
		for e := range s.shards[i].all {
			if atomic.LoadUint64(&e.used) <= last {
				s.remove(e)
			}
		}
	}
}

// wipe drops everything; every shard is locked.
func (s *Store) wipe() {
	for i := range s.shards {
		s.shards[i].clear()
	}
	s.count.Store(0)
}
