-- Tells that an owner lives, and prolongs its claims.
-- KEYS   1 unacked_index, 2 claims, 3 owners
-- ARGV   1 the time in seconds ('' for the server's), 2 owner, 3... pairs: field, token
-- returns for each pair 1, or 0 if the claim is no longer held
-- atomic: score and record of a claim change together.
local now = ARGV[1]
if now == '' then
  local t = redis.call('TIME')
  now = string.format('%s.%06d', t[1], tonumber(t[2]))
end
redis.call('ZADD', KEYS[3], now, ARGV[2])
local held = {}
for i = 3, #ARGV, 2 do
  local claim, ok = redis.call('HGET', KEYS[2], ARGV[i]), 0
  if claim then
    local token, owner, count, size, score, list = string.match(claim, '^(%S+) (%S+) (%d+) (%d+) (%S+) (.*)$')
    local at = redis.call('ZSCORE', KEYS[1], ARGV[i])
    if token == ARGV[i + 1] and at and tonumber(at) == tonumber(score) then
      redis.call('ZADD', KEYS[1], now, ARGV[i])
      redis.call('HSET', KEYS[2], ARGV[i], table.concat({token, owner, count, size, now, list}, ' '))
      ok = 1
    end
  end
  held[#held + 1] = ok
end
return held
