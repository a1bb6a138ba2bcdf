-- Mends a hash whose fields should all be in the index.
-- KEYS   1 unacked_index, 2 unacked or claims
-- ARGV   1 the score to give to fields without one, or '' to delete such fields, 2... fields
-- returns the number of fields mended
-- atomic: a field claimed in the meantime has its score and is left alone.
local n = 0
for i = 2, #ARGV do
  if not redis.call('ZSCORE', KEYS[1], ARGV[i]) and redis.call('HEXISTS', KEYS[2], ARGV[i]) == 1 then
    if ARGV[1] == '' then
      redis.call('HDEL', KEYS[2], ARGV[i])
    else
      redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i])
    end
    n = n + 1
  end
end
return n
