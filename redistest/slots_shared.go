package redistest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
)

// Leases on a server that processes share are written down in its control
// database, the one that REDISTEST_URL names, which is itself never leased.
const (
	leaseKey  = "redistest:lease:" // + database: its owner; expires when the owner is dead
	leaseOurs = "redistest:leased" // set of databases whose content is redistest's
)

// acquireScript takes the lease of one database.
//
//	KEYS     1: its lease; 2: the set of databases whose content is ours
//	ARGV     1: owner; 2: lifetime in ms; 3: database; 4: control database
//	returns  "taken"; "foreign" if others have keys in it, which are left
//	         alone; "clean"; "cleaned" if an owner died before it cleaned up
//	atomic   as every script
const acquireScript = `
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 'taken' end
local ours = redis.call('SISMEMBER', KEYS[2], ARGV[3]) == 1
redis.call('SELECT', ARGV[3])
local full = redis.call('DBSIZE') > 0
if full and ours then redis.call('FLUSHDB', 'ASYNC') end
redis.call('SELECT', ARGV[4])
if full and not ours then
  redis.call('DEL', KEYS[1])
  return 'foreign'
end
redis.call('SADD', KEYS[2], ARGV[3])
return full and 'cleaned' or 'clean'
`

// cleanScript empties a leased database if it is still its owner's.
//
//	KEYS     1: its lease
//	ARGV     1: owner; 2: database; 3: control database
//	returns  1, or 0 if the lease has run out
//	atomic   as every script
const cleanScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SELECT', ARGV[2])
` + emptyLua + `
redis.call('SELECT', ARGV[3])
return 1
`

// releaseScript ends the lease of a clean database.
//
//	KEYS     1: its lease; 2: the set of databases whose content is ours
//	ARGV     1: owner; 2: database
//	returns  1, or 0 if the lease has run out
//	atomic   as every script
const releaseScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SREM', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[1])
return 1
`

// sharedSlots are the databases of a server that other processes use too.
type sharedSlots struct {
	ctl   *control
	total int
	beat  *heartbeat

	mu      sync.Mutex
	foreign map[int]bool   // hold keys that redistest did not write
	owners  map[int]string // of the leases of this process, as they are written down
}

func newSharedSlots(ctl *control, total int) *sharedSlots {
	return &sharedSlots{ctl: ctl, total: total, beat: newHeartbeat(ctl), foreign: map[int]bool{}, owners: map[int]string{}}
}

// ownerName tells people where a lease comes from, and is never used twice.
func ownerName(test string) string {
	host, _ := os.Hostname() // a lease without the host's name is as good
	return fmt.Sprintf("%s:%d:%s:%s", host, os.Getpid(), rand.Text(), test)
}

// ownerText is an owner's name for people: the test, its process and host.
func ownerText(owner string) string {
	part := strings.SplitN(owner, ":", 4)
	if len(part) < 4 {
		return owner
	}
	return fmt.Sprintf("%s (pid %s on %s)", part[3], part[1], part[0])
}

func (s *sharedSlots) lease(db int) string { return leaseKey + strconv.Itoa(db) }

func (s *sharedSlots) acquire(ctx context.Context, test string) (int, []string, error) {
	db, owner := s.guess(), ownerName(test)
	for {
		state, err := s.ctl.client().Eval(ctx, acquireScript, []string{s.lease(db), leaseOurs},
			owner, leaseLife.Milliseconds(), db, s.ctl.db).Text()
		if err != nil {
			return 0, nil, fmt.Errorf("lease database %d: %w", db, err)
		}
		switch state {
		case "clean":
			s.own(db, owner)
			return db, nil, nil
		case "cleaned":
			s.own(db, owner)
			return db, []string{fmt.Sprintf("emptied database %d, whose lease ran out with keys in it: a test process died", db)}, nil
		case "foreign":
			s.mu.Lock()
			s.foreign[db] = true
			s.mu.Unlock()
		}
		free, holders, err := s.free(ctx)
		if err != nil {
			return 0, nil, err
		}
		if len(free) == 0 {
			return 0, nil, s.full(holders)
		}
		db = free[mathrand.IntN(len(free))]
	}
}

// own notes a lease of this process and keeps it alive.
func (s *sharedSlots) own(db int, owner string) {
	s.mu.Lock()
	s.owners[db] = owner
	s.mu.Unlock()
	s.beat.add(s.lease(db), owner)
}

func (s *sharedSlots) ownerOf(db int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.owners[db]
}

// guess returns some database; most are free most of the time.
func (s *sharedSlots) guess() int {
	all := s.candidates()
	if len(all) == 0 {
		return s.ctl.db // never free: its state is "foreign"
	}
	return all[mathrand.IntN(len(all))]
}

// candidates are the databases that may be leased.
func (s *sharedSlots) candidates() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []int
	for db := range s.total {
		if db != s.ctl.db && db != 0 && !s.foreign[db] {
			all = append(all, db)
		}
	}
	return all
}

// free lists the candidates that nobody holds, and who holds the others.
func (s *sharedSlots) free(ctx context.Context) (free []int, holders []string, err error) {
	all := s.candidates()
	if len(all) == 0 {
		return nil, nil, nil
	}
	keys := make([]string, len(all))
	for i, db := range all {
		keys[i] = s.lease(db)
	}
	owners, err := s.ctl.client().MGet(ctx, keys...).Result()
	if err != nil {
		return nil, nil, fmt.Errorf("look for a free database: %w", err)
	}
	for i, owner := range owners {
		if name, held := owner.(string); held {
			holders = append(holders, ownerText(name))
		} else {
			free = append(free, all[i])
		}
	}
	return free, holders, nil
}

func (s *sharedSlots) full(holders []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	leased := ""
	if len(holders) > 0 {
		leased = ", the others are leased by " + some(holders)
	}
	return fmt.Errorf("all %d databases of the server are taken: %d hold keys that redistest did not write%s: "+
		"give the server more (databases 1024 in redis.conf), run fewer tests at a time (go test -p 1 -parallel 4), or flush what nobody needs", s.total-1, len(s.foreign), leased)
}

// errLost says that a lease ran out while its test ran.
var errLost = errors.New("its lease ran out while the test ran, and another process may have used it: this process stood still, or its connection was down, for longer than " + leaseLife.String())

func (s *sharedSlots) clean(ctx context.Context, db int) (bool, error) {
	busy, err := s.ctl.clientsOn(ctx, db)
	if err != nil {
		return false, err
	}
	return busy, s.owned(ctx, cleanScript, db, []string{s.lease(db)}, s.ownerOf(db), db, s.ctl.db)
}

func (s *sharedSlots) release(ctx context.Context, db int) error {
	s.beat.remove(s.lease(db))
	return s.owned(ctx, releaseScript, db, []string{s.lease(db), leaseOurs}, s.ownerOf(db), db)
}

func (s *sharedSlots) keep(int) {} // the heartbeat goes on

// owned runs a script that returns 0 for a lease that ran out.
func (s *sharedSlots) owned(ctx context.Context, script string, db int, keys []string, args ...any) error {
	kept, err := s.ctl.client().Eval(ctx, script, keys, args...).Bool()
	if err == nil && !kept {
		err = errLost
	}
	if err != nil {
		return fmt.Errorf("return database %d: %w", db, err)
	}
	return nil
}

var _ slots = (*sharedSlots)(nil)
