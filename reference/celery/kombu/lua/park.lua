-- Puts a claimed message aside until a time.
-- KEYS   1 unacked_index, 2 claims, 3 parked
-- ARGV   1 field, 2 token, 3 the time in seconds
-- returns 1, or 0 if the claim is no longer held
-- atomic: the message stays in kombu's unacked hash. Its score lies in the future, so that
--        no sweep, kombu's included, takes it before its time plus the visibility timeout.
local claim = redis.call('HGET', KEYS[2], ARGV[1])
if not claim then return 0 end
local token, count, size, score, list = string.match(claim, '^(%S+) %S+ (%d+) (%d+) (%S+) (.*)$')
local at = redis.call('ZSCORE', KEYS[1], ARGV[1])
if token ~= ARGV[2] or not at or tonumber(at) ~= tonumber(score) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
-- The claim has ended: with another token nothing can be settled by it.
redis.call('HSET', KEYS[2], ARGV[1], token .. '.parked - ' .. count .. ' ' .. size .. ' ' .. ARGV[3] .. ' ' .. list)
return 1
