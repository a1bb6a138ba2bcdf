-- Counts one part of a chord.
-- KEYS   1 the parts (.j), 2 the correction of the size (.t), 3 the size (.s)
-- ARGV   1 the part, [1, id, state, result] as JSON, 2 its start up to the id, 3 its place
--        in the header ('+inf': unknown), 4 seconds the keys are kept (0: for good)
-- returns 0 while parts are missing, else all parts in order
-- atomic: a part of the same task is replaced, so a task that ran twice counts once
--        whatever it returned. Python's workers see the layout they know, a sorted set
--        or, with result_chord_ordered off, a list.
local function mine(part) return string.sub(part, 1, #ARGV[2]) == ARGV[2] end
local list = redis.call('TYPE', KEYS[1]).ok == 'list'
local n
if list then
  for _, part in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
    if mine(part) then redis.call('LREM', KEYS[1], 1, part) end
  end
  n = redis.call('RPUSH', KEYS[1], ARGV[1])
else
  for _, part in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[3], ARGV[3])) do
    if mine(part) then redis.call('ZREM', KEYS[1], part) end
  end
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
  n = redis.call('ZCARD', KEYS[1])
end
local size, more = redis.call('GET', KEYS[3]), redis.call('GET', KEYS[2])
if ARGV[4] ~= '0' then
  for i = 1, 3 do redis.call('EXPIRE', KEYS[i], ARGV[4]) end
end
if not size or n ~= tonumber(size) + tonumber(more or '0') then return 0 end
return redis.call(list and 'LRANGE' or 'ZRANGE', KEYS[1], 0, -1)
