-- Takes an entry off the dead-letter list and puts its message back to a queue.
-- KEYS   1 dead, 2 the list; none: the message is gone
-- ARGV   1 the entry, 2 its message
-- returns 1, or 0 if the entry is not on the list
-- atomic: the message leaves the dead and reaches the list in one step, or nothing happens.
if redis.call('LREM', KEYS[1], -1, ARGV[1]) == 0 then return 0 end
if KEYS[2] then redis.call('LPUSH', KEYS[2], ARGV[2]) end
return 1
