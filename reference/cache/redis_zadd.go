package cache

import (
	"context"
	"strings"

	"github.com/redis/go-redis/v9"
)

// raiseSource is ZADD with GT or LT, which came with Redis 6.2, for 6.0.
//
//	KEYS[1]  the sorted set
//	ARGV[1]  "gt" to raise scores only, "lt" to lower them only
//	ARGV[2]  "1" to change only members that are there (XX)
//	ARGV[3]  "1" to count changed members, too (CH)
//	ARGV[4…] scores and members by turns
//	returns  how many members were added, or with CH also changed
//	atomic: each score is compared and changed in one step.
const raiseSource = `
local function number(text) -- not every Lua reads an infinity
  return tonumber(text) or (string.sub(text, 1, 1) == '-' and -math.huge or math.huge)
end
local added, changed = 0, 0
for i = 4, #ARGV, 2 do
  local old = redis.call('ZSCORE', KEYS[1], ARGV[i + 1])
  if not old then
    if ARGV[2] ~= '1' then added = added + redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1]) end
  else
    local score, was = number(ARGV[i]), number(old)
    if ARGV[1] == 'gt' and score > was or ARGV[1] == 'lt' and score < was then
      redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1])
      changed = changed + 1
    end
  end
end
if ARGV[3] == '1' then return added + changed end
return added`

var raiseScript = redis.NewScript(raiseSource)

// ZAdd implements SortedSets. GT and LT run as a script on a server before 6.2,
// whose refusal of them is remembered.
func (r *Redis) ZAdd(ctx context.Context, key string, members []Scored, opts ...Option) (int, error) {
	const op = "zadd"
	stored, c, err := r.begin(ctx, op, key, opts)
	if err == nil {
		if bad := c.sortedFlags(); bad != nil {
			err = fail(op, key, nil, bad)
		}
	}
	if err != nil {
		return 0, err
	}
	encoded, err := encodeScored(&r.codec, op, key, members)
	if err != nil || len(encoded) == 0 {
		return 0, err
	}
	pairs := make([]any, 0, 2*len(encoded))
	for i, member := range encoded {
		pairs = append(pairs, members[i].Score, member)
	}
	compares := c.flags&(GT|LT) != 0
	if compares && r.before62.Load() {
		return r.raise(ctx, stored, key, &c, pairs)
	}
	cmd := redis.NewIntCmd(ctx, append(c.zaddWords(stored), pairs...)...)
	err = r.primary.Process(ctx, once{cmd})
	if compares && err != nil && strings.HasPrefix(err.Error(), "ERR syntax error") {
		r.before62.Store(true)
		return r.raise(ctx, stored, key, &c, pairs)
	}
	return int(cmd.Val()), failure(ctx, op, key, err)
}

// zaddWords is the command up to its scores.
func (c *call) zaddWords(stored string) []any {
	args := []any{"zadd", stored}
	for _, f := range []struct {
		flag Flag
		word string
	}{{NX, "nx"}, {XX, "xx"}, {GT, "gt"}, {LT, "lt"}, {CH, "ch"}} {
		if c.has(f.flag) {
			args = append(args, f.word)
		}
	}
	return args
}

// raise runs raiseSource.
func (r *Redis) raise(ctx context.Context, stored, key string, c *call, pairs []any) (int, error) {
	way := "gt"
	if c.has(LT) {
		way = "lt"
	}
	args := append([]any{way, flag(c.has(XX)), flag(c.has(CH))}, pairs...)
	n, err := raiseScript.Run(ctx, onceScripter{r.primary}, []string{stored}, args...).Int()
	return n, failure(ctx, "zadd", key, err)
}
