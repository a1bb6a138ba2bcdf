package redistest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// ownSlots are the databases of a server that this process alone uses.
// Database 0 is never lent: it is where a client ends up that forgot to
// select one.
type ownSlots struct {
	ctl   *control
	total int

	mu     sync.Mutex
	next   int   // never lent yet, from here on
	back   []int // clean again
	kept   int   // kept for failed tests
	looked look  // at the database that is lent next
	tests  map[int]string
}

// A look found a database empty.
type look struct {
	db int
	at time.Time
}

// fresh is how long a look is as good as another one.
const fresh = 10 * time.Millisecond

func newOwnSlots(ctl *control, total int) *ownSlots {
	return &ownSlots{ctl: ctl, total: total, next: 1, tests: map[int]string{}}
}

// acquire looks whether the database is empty, unless the return of another
// has done so just now.
func (o *ownSlots) acquire(ctx context.Context, test string) (int, []string, error) {
	o.mu.Lock()
	db, found := o.upcoming()
	if !found {
		defer o.mu.Unlock()
		return 0, nil, fmt.Errorf("all %d databases are leased, %d of them kept for failed tests and seeds, by %s: run fewer tests at a time with go test -parallel",
			o.total-1, o.kept, some(slices.Collect(maps.Values(o.tests))))
	}
	if db == o.next {
		o.next++
	} else {
		o.back = o.back[1:]
	}
	o.tests[db] = test
	seen := o.looked.db == db && time.Since(o.looked.at) < fresh
	o.mu.Unlock()
	if seen {
		return db, nil, nil
	}
	n, err := o.ctl.size(ctx, db)
	if err == nil && n != 0 {
		o.keep(db) // it stays out of use: it is not ours alone
		err = fmt.Errorf("database %d was to be leased as clean and holds %d keys: something writes to it without a lease", db, n)
	}
	return db, nil, err
}

// some names a few of many.
func some(names []string) string {
	const few = 8
	slices.Sort(names)
	if more := len(names) - few; more > 0 {
		names = append(names[:few:few], fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

// upcoming is the database to lend next: one never used, then the one given
// back first, so that what is freed in the background has time. The caller
// holds o.mu.
func (o *ownSlots) upcoming() (db int, found bool) {
	switch {
	case o.next < o.total:
		return o.next, true
	case len(o.back) > 0:
		return o.back[0], true
	}
	return 0, false
}

// clean looks at the upcoming database in the same round trip.
func (o *ownSlots) clean(ctx context.Context, db int) (busy bool, err error) {
	o.mu.Lock()
	upcoming, _ := o.upcoming() // none: database 0 is as good
	o.mu.Unlock()
	replies, err := o.ctl.wires.ask(ctx, []string{"CLIENT", "LIST"},
		[]string{"EVAL", returnScript, "0", strconv.Itoa(db), strconv.Itoa(upcoming), strconv.Itoa(o.ctl.db)})
	if err != nil {
		return false, fmt.Errorf("flush database %d: %w", db, err)
	}
	if replies[1].Int64() == 0 {
		o.mu.Lock()
		o.looked = look{upcoming, time.Now()}
		o.mu.Unlock()
	}
	return listed(replies[0].Str, db), nil
}

// emptyLua empties the selected database and has memory freed in the
// background if there is much: FLUSHDB ASYNC costs twenty times what FLUSHDB
// does, so a few keys go by UNLINK, which makes that choice for each.
const emptyLua = `
local size = redis.call('DBSIZE')
if size > 64 then
  redis.call('FLUSHDB', 'ASYNC')
elseif size > 0 then
  local keys = redis.call('KEYS', '*')
  if #keys > 0 then redis.call('UNLINK', unpack(keys)) end
  redis.call('FLUSHDB') -- what has expired and is not gone yet
end
`

// returnScript empties a database and counts the keys of another.
//
//	ARGV     1: the database to empty; 2: the other one; 3: the control database
//	returns  the number of keys
//	atomic   as every script
const returnScript = `redis.call('SELECT', ARGV[1])` + emptyLua + `
redis.call('SELECT', ARGV[2])
size = redis.call('DBSIZE')
redis.call('SELECT', ARGV[3])
return size
`

func (o *ownSlots) release(_ context.Context, db int) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.back = append(o.back, db)
	delete(o.tests, db)
	return nil
}

func (o *ownSlots) keep(int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept++
}

// size counts the keys of a database.
func (c *control) size(ctx context.Context, db int) (int64, error) {
	replies, err := c.wires.ask(ctx, selects(db), []string{"DBSIZE"}, selects(c.db))
	if err != nil {
		return 0, fmt.Errorf("look into database %d: %w", db, err)
	}
	return replies[1].Int64(), nil
}

func selects(db int) []string { return []string{"SELECT", strconv.Itoa(db)} }

// clientsOn tells whether clients are on a database. A server that does not
// let itself be asked has none, as far as anybody can know.
func (c *control) clientsOn(ctx context.Context, db int) (bool, error) {
	list, err := c.client().ClientList(ctx).Result()
	if redis.IsPermissionError(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for clients on database %d: %w", db, err)
	}
	return listed(list, db), nil
}

// listed tells whether a reply of CLIENT LIST has a client on a database.
func listed(list string, db int) bool {
	return strings.Contains(list, fmt.Sprintf(" db=%d ", db))
}
