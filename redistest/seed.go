package redistest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Data is what Seed puts into a database. The data sets of package fixtures
// have these methods.
type Data interface {
	// Hash changes whenever what Apply writes changes.
	Hash() string
	// Apply writes the data into the empty database of client.
	Apply(ctx context.Context, client redis.UniversalClient) error
}

// Seed starts the test with data. On a server that tests share, Apply runs
// once per hash and test binary, into a template database; each test gets a
// copy made inside the server, about 0.2 ms per 100 keys. On a server of the
// test's own, the fake among them, and on a topology, Apply runs for each test.
//
// Lifetimes of keys begin anew in each copy, those of hash fields do not. The
// template takes one of the server's databases. Where keys are leased rather
// than databases (Server.Prefix), Apply runs once on a fake in memory, since it
// does not know the prefix, and its keys are copied below it: commands that
// the fake lacks, and entries of streams that a consumer has yet to
// acknowledge, fail the test there.
func Seed(data Data) Option {
	return func(set *settings) { set.seeds = append(slices.Clip(set.seeds), data) }
}

func (s *Server) seed(ctx context.Context, data Data) error {
	switch h := s.held; {
	case h.prefix != "":
		return h.cuttings.plant(ctx, h.ctl.client(), h.prefix, data)
	case h.templates == nil:
		c := redis.NewClient(h.options(h.db))
		defer c.Close()
		return data.Apply(ctx, c)
	default:
		return h.templates.clone(ctx, data, h.db)
	}
}

// options are those of a client that passes by faults and traces.
func (h *holding) options(db int) *redis.Options {
	opts := h.ctl.end.options(h.ctl.dial)
	opts.DB = db
	return opts
}

// byHash keeps what was made of data, once per hash. It is safe for concurrent
// use.
type byHash[T any] struct {
	mu sync.Mutex
	of map[string]func() (T, error)
}

// get returns what make gives for data. What failed is tried again by the next
// test. The time limit is make's own: the test that comes first must not spoil
// it for others.
func (b *byHash[T]) get(data Data, make func(context.Context, Data) (T, error)) (T, error) {
	hash := data.Hash()
	b.mu.Lock()
	if b.of == nil {
		b.of = map[string]func() (T, error){}
	}
	made := b.of[hash]
	if made == nil {
		made = sync.OnceValues(func() (T, error) {
			ctx, cancel := context.WithTimeout(context.Background(), bootLimit)
			defer cancel()
			return make(ctx, data)
		})
		b.of[hash] = made
	}
	b.mu.Unlock()
	v, err := made()
	if err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.of, hash)
	}
	return v, err
}

// templates are the databases of one server that were filled with data.
type templates struct {
	ctl   *control
	slots slots
	made  byHash[int]
}

func newTemplates(ctl *control, s slots) *templates {
	return &templates{ctl: ctl, slots: s}
}

// fill fills a database, which it returns, with data.
func (t *templates) fill(ctx context.Context, data Data) (int, error) {
	db, _, err := t.slots.acquire(ctx, "a seed")
	if err != nil {
		return 0, err
	}
	opts := t.ctl.end.options(t.ctl.dial)
	opts.DB = db
	c := redis.NewClient(opts)
	err = data.Apply(ctx, c)
	_ = c.Close()
	if err == nil {
		err = t.ctl.evalIn(ctx, db, freezeScript, []string{lifetimesKey}).Err()
	}
	if err != nil {
		_, cleanErr := t.slots.clean(ctx, db)
		return 0, errors.Join(err, cleanErr, t.slots.release(ctx, db))
	}
	t.slots.keep(db)
	return db, nil
}

// clone copies the template of data into an empty database.
func (t *templates) clone(ctx context.Context, data Data, db int) error {
	from, err := t.made.get(data, t.fill)
	if err != nil {
		return err
	}
	if err := t.ctl.evalIn(ctx, from, cloneScript, []string{lifetimesKey}, from, db).Err(); err != nil {
		return fmt.Errorf("copy the template: %w", err)
	}
	return nil
}

// lifetimesKey is a hash of key to lifetime in a template database.
const lifetimesKey = "redistest:lifetimes"

// freezeScript stops the clock of the selected database: it writes down what
// is left of each lifetime and ends it.
//
//	KEYS     1: the hash to write to
//	returns  nothing of use
//	atomic   as every script
const freezeScript = `
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', key)
  if left >= 0 then
    redis.call('HSET', KEYS[1], key, left)
    redis.call('PERSIST', key)
  end
end
return 1
`

// cloneScript copies the selected database into an empty one, within the
// server, and lets the lifetimes begin.
//
//	KEYS     1: the hash of lifetimes
//	ARGV     1: the selected database; 2: the empty one
//	returns  the number of keys
//	atomic   as every script
//
// Before Redis 6.2 there is no COPY, so DUMP and RESTORE do it.
const cloneScript = `
local lives, copied = redis.call('HGETALL', KEYS[1]), 0
local copies = true
for _, key in ipairs(redis.call('KEYS', '*')) do
  if key ~= KEYS[1] then
    if copies then
      local done = redis.pcall('COPY', key, key, 'DB', ARGV[2])
      if type(done) == 'table' and done.err then
        copies = false
      end
    end
    if not copies then
      local value = redis.call('DUMP', key)
      redis.call('SELECT', ARGV[2])
      redis.call('RESTORE', key, 0, value)
      redis.call('SELECT', ARGV[1])
    end
    copied = copied + 1
  end
end
redis.call('SELECT', ARGV[2])
for i = 1, #lives, 2 do
  redis.call('PEXPIRE', lives[i], lives[i + 1])
end
return copied
`
