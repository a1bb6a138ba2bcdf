-- Moves one claimed message to lists: back to its queue, or to the dead.
-- KEYS   1 unacked_index, 2 unacked, 3 claims, 4 parked, 5 counts, 6... lists
-- ARGV   1 field, 2 'token' or 'score', 3 its value, 4 the push, LPUSH or RPUSH,
--        5 what to push, 6 delivery tag, 7 deliveries to remember for it (0: forget them),
--        8 how many to keep of what LPUSH pushes, the dead (below 0: all)
-- returns 1, or 0 if the claim is not as expected any more
-- atomic: the message leaves unacked and reaches the lists in one step, or nothing happens.
local field = ARGV[1]
local at = redis.call('ZSCORE', KEYS[1], field)
if ARGV[2] == 'token' then
  local claim = redis.call('HGET', KEYS[3], field)
  local token, score
  if claim then token, score = string.match(claim, '^(%S+) %S+ %d+ %d+ (%S+)') end
  if token ~= ARGV[3] or not at or tonumber(at) ~= tonumber(score) then return 0 end
elseif not at or tonumber(at) ~= tonumber(ARGV[3]) then
  return 0
end
if redis.call('HEXISTS', KEYS[2], field) == 1 then
  for i = 6, #KEYS do
    redis.call(ARGV[4], KEYS[i], ARGV[5])
    if ARGV[4] == 'LPUSH' and tonumber(ARGV[8]) > 0 then redis.call('LTRIM', KEYS[i], 0, ARGV[8] - 1) end
  end
end
redis.call('ZREM', KEYS[1], field)
redis.call('HDEL', KEYS[2], field)
redis.call('HDEL', KEYS[3], field)
redis.call('ZREM', KEYS[4], field)
if ARGV[6] ~= '' then
  if ARGV[7] == '0' then
    redis.call('HDEL', KEYS[5], ARGV[6], ARGV[6] .. ':starts')
  else
    redis.call('HSET', KEYS[5], ARGV[6], ARGV[7])
    redis.call('EXPIRE', KEYS[5], 604800)
  end
end
return 1
