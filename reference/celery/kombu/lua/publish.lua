-- Puts messages on lists, once however often it is sent.
-- KEYS   1 the lane, 2 the once key (or the lane again), 3... lists
-- ARGV   1 number of this publication in its lane, 2 seconds a lane is remembered,
--        3 milliseconds the once key is kept (0: there is none),
--        4... runs: place of the list in KEYS, number of messages, the messages
-- returns 1, or 0 if the messages were there before
-- atomic: the lane's number and the messages change together, so a publication
--        whose reply was lost can be sent again. Lanes have one publication at a time.
local number = tonumber(ARGV[1])
if number <= tonumber(redis.call('GET', KEYS[1]) or '0') then return 0 end
-- What a script has done stays done when it fails: of several lists, all are lists before one gets a message.
if #KEYS > 3 or ARGV[3] ~= '0' then
  for i = 3, #KEYS do
    local kind = redis.call('TYPE', KEYS[i]).ok
    if kind ~= 'none' and kind ~= 'list' then return redis.error_reply('WRONGTYPE ' .. KEYS[i] .. ' is no list') end
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
if ARGV[3] ~= '0' and not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) then return 0 end
local i = 4
while i < #ARGV do
  local last = i + 1 + tonumber(ARGV[i + 1])
  redis.call('LPUSH', KEYS[tonumber(ARGV[i])], unpack(ARGV, i + 2, last))
  i = last + 1
end
return 1
