-- Takes the oldest message of a queue into its backup.
-- KEYS   1 queue, 2 backup
-- ARGV   1 highest score that has expired ('' to deliver all), 2 seconds keys live,
--        3... members of the backup that go back to the queue first
-- returns the members that others have in the backup, and if there is one the message and
--        its score
-- atomic: a message is at every instant in the queue or in the backup, with the same score.
for i = 3, #ARGV do
  local score = redis.call('ZSCORE', KEYS[2], ARGV[i])
  if score then
    redis.call('ZADD', KEYS[1], score, ARGV[i])
    redis.call('ZREM', KEYS[2], ARGV[i])
    redis.call('EXPIRE', KEYS[1], ARGV[2])
  end
end
if ARGV[1] ~= '' then redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1]) end
local others = redis.call('ZRANGE', KEYS[2], 0, -1)
local head = redis.call('ZPOPMIN', KEYS[1])
if #head == 0 then return {others} end
redis.call('ZADD', KEYS[2], head[2], head[1])
redis.call('EXPIRE', KEYS[2], ARGV[2])
return {others, head[1], head[2]}
