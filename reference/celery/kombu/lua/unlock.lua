-- Gives a lock back: kombu's mutex, or the lead of a schedule.
-- KEYS   1 the lock
-- ARGV   1 the token it was taken with
-- returns 1, or 0 if somebody else holds it
-- atomic: it is not deleted when it has passed to another.
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
