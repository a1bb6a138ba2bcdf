-- Puts a message back that nobody waits for any more.
-- KEYS   1 queue, 2 backup
-- ARGV   1 score, 2 member, 3 seconds the queue lives
-- returns 1
-- atomic: a message is at every instant in the queue or in the backup.
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1
