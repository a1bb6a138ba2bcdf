package cache

import (
	"unsafe"

	"github.com/redis/go-redis/v9"
)

// Every script declares its keys, so that it runs on a Cluster, and needs no
// more than Redis 6.0. All run with EVALSHA, with EVAL when the server does not
// know them yet.

// incrSource adds to an integer that is there.
//
//	KEYS[1]  the counter
//	ARGV[1]  the delta
//	ARGV[2]  "1" to create a missing counter without expiry
//	returns  the sum, nil if the counter is missing; INCRBY's errors
//	atomic: the look and the addition are one step, so that a counter that
//	expires in between is not made anew without an expiry. TTL is kept.
const incrSource = `
if ARGV[2] ~= '1' and redis.call('EXISTS', KEYS[1]) == 0 then return false end
return redis.call('INCRBY', KEYS[1], ARGV[1])`

// swapSource replaces a value if it has not changed.
//
//	KEYS[1]  the entry
//	ARGV[1]  the value that was read
//	ARGV[2]  the new value
//	returns  1 if it was replaced, 0 if it had changed or gone
//	atomic: compare and set are one step. TTL is kept (KEEPTTL, Redis 6.0).
const swapSource = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1`

// releaseSource deletes an entry if it has not changed: a lock of its holder,
// or a value that was copied elsewhere.
//
//	KEYS[1]  the entry
//	ARGV[1]  the token or value
//	returns  1 if it was deleted, else 0
//	atomic: another holder's lock is never deleted.
const releaseSource = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1`

// extendSource prolongs a lock, as redis-py's does.
//
//	KEYS[1]  the lock
//	ARGV[1]  the holder's token
//	ARGV[2]  milliseconds
//	ARGV[3]  "1" to replace the time left, "0" to add to it
//	returns  1 if it was prolonged, 0 if it is lost or has no time limit
//	atomic: token and time are looked at and changed in one step.
const extendSource = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local left = redis.call('PTTL', KEYS[1])
if left < 0 then return 0 end
local ms = tonumber(ARGV[2])
if ARGV[3] == '0' then ms = ms + left end
redis.call('PEXPIRE', KEYS[1], ms)
return 1`

// clearSource deletes entries but not locks: a lock is a text of 32 lower-case
// hexadecimal digits, not all of them decimal, which would be an integer.
//
//	KEYS     the entries
//	returns  how many were deleted
//	atomic: a lock that is taken meanwhile is not deleted.
const clearSource = `
local n = 0
for _, key in ipairs(KEYS) do
  local lock = false
  if redis.call('TYPE', key).ok == 'string' and redis.call('STRLEN', key) == 32 then
    local v = redis.call('GET', key)
    lock = not string.find(v, '[^0-9a-f]') and string.find(v, '[a-f]')
  end
  if not lock then n = n + redis.call('DEL', key) end
end
return n`

// The scripts by their digest; none of them is ever changed.
var (
	incrScript    = redis.NewScript(incrSource)
	swapScript    = redis.NewScript(swapSource)
	releaseScript = redis.NewScript(releaseSource)
	extendScript  = redis.NewScript(extendSource)
	clearScript   = redis.NewScript(clearSource)
)

// flag is a boolean argument of a script.
func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// bytesOf is the bytes of a reply that nobody else has, without a copy.
func bytesOf(reply string) []byte { return unsafe.Slice(unsafe.StringData(reply), len(reply)) }
