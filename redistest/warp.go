package redistest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// warpScript moves the expiry of the keys of the selected database nearer. A
// key whose time has come is left two milliseconds: PEXPIRE with nothing left
// would delete it as DEL does, and nobody would see it expire. One is too few:
// the server reads its clock twice in PEXPIRE, and takes the moment for past if
// a millisecond begins in between (2 of 10,000 calls, on Redis 6.0 and 7.0).
// A server that its machine holds up just there deletes the key all the same;
// then an empty one takes its place, and expires in its stead.
//
//	ARGV     1: milliseconds; 2: a pattern of keys; 3: "1" if hash fields have lifetimes here
//	returns  the keys whose time, or that of a field, has come
//	atomic   as every script; about 2 µs per key. It runs in one go, and by
//	         KEYS: SCAN may name a key twice, and a key moved twice would be wrong.
const warpScript = `
local call, d, due = redis.call, tonumber(ARGV[1]), {}
local keys = call('KEYS', ARGV[2])
for i = 1, #keys do
  local key = keys[i]
  local left = call('PTTL', key)
  if left > d then
    call('PEXPIRE', key, math.max(left - d, 2))
  elseif left >= 0 then
    call('PEXPIRE', key, 2)
    if call('EXISTS', key) == 0 then redis.pcall('SET', key, '', 'PX', 2) end
    due[#due + 1] = key
  end
end
if ARGV[3] ~= '1' then return due end
local seen, cursor = {}, '0'
repeat
  local page = redis.call('SCAN', cursor, 'MATCH', ARGV[2], 'COUNT', 1000, 'TYPE', 'hash')
  cursor = page[1]
  for _, key in ipairs(page[2]) do
    local fields, over = seen[key] and {} or redis.call('HKEYS', key), false
    seen[key] = true
    for first = 1, #fields, 1000 do
      local last = math.min(first + 999, #fields)
      local lefts = redis.call('HPTTL', key, 'FIELDS', last - first + 1, unpack(fields, first, last))
      for i, left in ipairs(lefts) do
        if left >= 0 then
          redis.call('HPEXPIRE', key, math.max(left - d, 2), 'FIELDS', 1, fields[first + i - 1])
          over = over or left <= d
        end
      end
    end
    if over then due[#due + 1] = key end
  end
until cursor == '0'
return due
`

// settleScript looks at keys whose time has come, which makes the server
// expire them.
//
//	KEYS     keys that had two milliseconds left, or whose fields had
//	returns  how many are still waiting for it to pass; a key that was
//	         written anew meanwhile does not count
//	atomic   as every script
const settleScript = `
local waiting = 0
for _, key in ipairs(KEYS) do
  local left = redis.call('PTTL', key)
  if left >= 0 and left <= 2 then waiting = waiting + 1 end
end
return waiting
`

// settlePause is how long two milliseconds take to be over for sure: a key, or
// a field, expires when the server's clock has passed its last millisecond.
const settlePause = 3 * time.Millisecond

// warp moves the expiry of the keys of one database that match a pattern d
// nearer, and returns when those whose time has come are gone.
func (c *control) warp(ctx context.Context, db int, match string, d time.Duration) error {
	fields, err := c.fieldLifetimes(ctx)
	if err != nil {
		return err
	}
	ms := (d + time.Millisecond - 1) / time.Millisecond
	due, err := c.evalIn(ctx, db, warpScript, nil, int64(ms), match, fields).StringSlice()
	if err != nil || len(due) == 0 {
		return err
	}
	for {
		if err := pause(ctx, settlePause); err != nil {
			return err
		}
		var waiting int
		for keys := range slices.Chunk(due, 5000) {
			n, err := c.evalIn(ctx, db, settleScript, keys).Int()
			if err != nil {
				return err
			}
			waiting += n
		}
		if waiting == 0 {
			return nil
		}
	}
}

// evalIn runs a script on one database.
func (c *control) evalIn(ctx context.Context, db int, script string, keys []string, args ...any) *redis.Cmd {
	var cmd *redis.Cmd
	_, err := c.client().Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Do(ctx, "select", db)
		cmd = p.Eval(ctx, script, keys, args...)
		p.Do(ctx, "select", c.db)
		return nil
	})
	if err != nil && cmd.Err() == nil {
		cmd.SetErr(err)
	}
	return cmd
}

// fieldLifetimes tells whether hash fields have lifetimes: Redis 7.4, not yet
// Valkey 8. The answer is asked for once.
func (c *control) fieldLifetimes(ctx context.Context) (string, error) {
	c.mu.Lock()
	known := c.fields
	c.mu.Unlock()
	if known != "" {
		return known, nil
	}
	reply, err := c.client().Do(ctx, "command", "info", "hpexpire").Slice()
	if err != nil {
		return "", fmt.Errorf("ask whether hash fields expire: %w", err)
	}
	known = "0"
	if len(reply) == 1 && reply[0] != nil {
		known = "1"
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fields = known
	return known, nil
}

// pause waits for d or the end of ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
