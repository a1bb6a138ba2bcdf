package cache

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// A shard is a hash table with open addressing. Readers search it without a
// lock; who changes it holds the lock.
type shard struct {
	sync.Mutex
	table atomic.Pointer[[]slot] // its length is a power of two
	taken int                    // slots that hold an entry or gone: at most half
	_     [64]byte
}

type slot = atomic.Pointer[entry]

// An entry is what a key holds, in one cache line. Only its use ever changes:
// to write is to put another entry into the slot, so that readers see the old
// value with its expiry, or the new one with its own.
type entry struct {
	used    uint64 // the tick of its last use; atomic, once the entry is in a slot
	key     string
	hash    uint64
	expires int64 // Unix nanoseconds, 0 for never
	content
}

// gone is in the slot of a removed entry, so that searches go on behind it.
var gone = new(entry)

var seed = maphash.MakeSeed()

// hash of a stored key. Its seed differs in each process, so that nobody can
// choose keys that collide.
func hash(key []byte) uint64 { return maphash.Bytes(seed, key) }

// find is a key's entry and its slot; without one, nil and the slot to take.
func (sh *shard) find(h uint64, key []byte) (*slot, *entry) {
	table := *sh.table.Load()
	for i := h; ; i++ {
		at := &table[i&uint64(len(table)-1)]
		e := at.Load()
		if e == nil || e.hash == h && e.key == string(key) && e != gone {
			return at, e
		}
	}
}

// live finds an entry that has not expired at now, which is asked only if the
// entry expires at all. An expired entry is returned with false.
func (sh *shard) live(key []byte, now func() int64) (*entry, bool) {
	_, e := sh.find(hash(key), key)
	return e, e != nil && e.live(now)
}

func (e *entry) live(now func() int64) bool { return e.expires == 0 || e.expires > now() }

// put stores e in place of old, or as a new entry for nil.
func (sh *shard) put(at *slot, old, e *entry) {
	if old == nil {
		at = sh.room(at, e.hash)
		sh.taken++
	}
	at.Store(e)
}

// room is where a new entry goes: the slot that find told, or one of a new
// table if this one would be more than half full.
func (sh *shard) room(at *slot, h uint64) *slot {
	if 2*(sh.taken+1) <= len(*sh.table.Load()) {
		return at
	}
	count := 0
	for range sh.all {
		count++
	}
	size := 8
	for size < 4*(count+1) {
		size *= 2
	}
	table := make([]slot, size)
	for e := range sh.all {
		free(table, e.hash).Store(e)
	}
	sh.taken = count
	sh.table.Store(&table)
	return free(table, h)
}

// free is the first slot for a hash in a table where nothing was removed.
func free(table []slot, h uint64) *slot {
	for i := h; ; i++ {
		if at := &table[i&uint64(len(table)-1)]; at.Load() == nil {
			return at
		}
	}
}

// swap puts another entry, or gone, into the slot of one that is there.
func (sh *shard) swap(old, e *entry) {
	table := *sh.table.Load()
	for i := old.hash; ; i++ {
		if at := &table[i&uint64(len(table)-1)]; at.Load() == old {
			at.Store(e)
			return
		}
	}
}

// all ranges over the entries, expired ones too. Its body may remove them.
func (sh *shard) all(yield func(*entry) bool) {
	table := *sh.table.Load()
	for i := range table {
		if e := table[i].Load(); e != nil && e != gone && !yield(e) {
			return
		}
	}
}

// clear drops every entry.
func (sh *shard) clear() {
	empty := make([]slot, 1)
	sh.table.Store(&empty)
	sh.taken = 0
}
