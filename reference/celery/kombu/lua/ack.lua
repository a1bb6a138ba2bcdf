-- Removes claimed messages for good.
-- KEYS   1 unacked_index, 2 unacked, 3 claims, 4 counts, 5 the lane
-- ARGV   1 number of this call in its lane, 2 seconds a lane is remembered,
--        3... triples: field, token, delivery tag
-- returns for each 1, or 0 if the claim is no longer held; for a call that was sent
--        again because its reply was lost, what it returned the first time
-- atomic: a claim counts as held while its token is recorded and nobody, a kombu worker
--        included, has moved its score.
local last = redis.call('GET', KEYS[5])
local number, bits
if last then number, bits = string.match(last, '^(%d+) (%d*)$') end
local held = {}
if number == ARGV[1] then
  for i = 1, #bits do held[i] = tonumber(string.sub(bits, i, i)) end
  return held
end
local fields, gone, counted = {}, {}, {}
for i = 3, #ARGV, 3 do fields[#fields + 1] = ARGV[i] end
local records = redis.call('HMGET', KEYS[3], unpack(fields))
for i, field in ipairs(fields) do
  local token, count, score
  if records[i] then token, count, score = string.match(records[i], '^(%S+) %S+ (%d+) %d+ (%S+)') end
  local at = redis.call('ZSCORE', KEYS[1], field)
  held[i] = 0
  if token == ARGV[3 * i + 1] then
    if at and tonumber(at) == tonumber(score) then
      held[i] = 1
      gone[#gone + 1] = field
      if count ~= '1' then
        counted[#counted + 1] = ARGV[3 * i + 2]
        counted[#counted + 1] = ARGV[3 * i + 2] .. ':starts'
      end
    else
      redis.call('HDEL', KEYS[3], field)
    end
  end
end
if #gone > 0 then
  redis.call('ZREM', KEYS[1], unpack(gone))
  redis.call('HDEL', KEYS[2], unpack(gone))
  redis.call('HDEL', KEYS[3], unpack(gone))
end
if #counted > 0 then redis.call('HDEL', KEYS[4], unpack(counted)) end
redis.call('SET', KEYS[5], ARGV[1] .. ' ' .. table.concat(held), 'EX', ARGV[2])
return held
