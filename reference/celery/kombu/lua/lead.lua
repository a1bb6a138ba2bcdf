-- Takes or prolongs the lead of a schedule.
-- KEYS   1 redkit.beat.leader
-- ARGV   1 id of the beat, 2 milliseconds of the lease
-- returns 1 if it leads, else 0
-- atomic: there is one leader at a time, and only it can prolong its lead.
local leader = redis.call('GET', KEYS[1])
if leader and leader ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
