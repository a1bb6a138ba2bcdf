-- Adds a message to queues that have room.
-- KEYS   1... the queues
-- ARGV   1 highest score that has expired, 2 score of the message, 3 seconds a queue lives,
--        then for each queue its capacity and its member
-- returns how many queues had no room
-- atomic: no queue exceeds its capacity. A member that is there already (the call is sent
--        again because its reply was lost) counts as added.
local full = 0
for i = 1, #KEYS do
  local capacity, member = tonumber(ARGV[2 * i + 2]), ARGV[2 * i + 3]
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', ARGV[1])
  if redis.call('ZCARD', KEYS[i]) < capacity then
    redis.call('ZADD', KEYS[i], ARGV[2], member)
    redis.call('EXPIRE', KEYS[i], ARGV[3])
  elseif not redis.call('ZSCORE', KEYS[i], member) then
    full = full + 1
  end
end
return full
