-- Notes when an entry of a schedule was last due.
-- KEYS   1 redkit.beat.ticks
-- ARGV   1 entry, 2 time in milliseconds
-- returns 1, or 0 if a later time is noted
-- atomic: a leader that was replaced cannot turn time back.
if tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0') >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
