-- Stores a result and tells those who wait for it.
-- KEYS   1 the result's key, which is also the channel
-- ARGV   1 the document, 2 seconds it is kept (0: for good)
-- returns 1, or 0 if the task has succeeded before: that result stays
-- atomic: no two workers can both find the task unfinished. Celery's documents start with
--        their status; others are taken apart.
local old = redis.call('GET', KEYS[1])
if old then
  local status = string.match(old, '^{"status": "([^"\\]*)"')
  if not status then
    local doc = members(old, string.match(old, '^%s*()'))
    status = doc and string.match(doc.status or '', '^"(.*)"$')
  end
  if status == 'SUCCESS' then return 0 end
end
if ARGV[2] == '0' then
  redis.call('SET', KEYS[1], ARGV[1])
else
  redis.call('SETEX', KEYS[1], ARGV[2], ARGV[1])
end
redis.call('PUBLISH', KEYS[1], ARGV[1])
return 1
