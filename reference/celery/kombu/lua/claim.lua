-- Takes ready messages into kombu's unacked hash and index.
-- KEYS   1 unacked_index, 2 unacked, 3 claims, 4 parked, 5 counts, 6 dead, 7 the lane,
--        8 owners, 9... lists: all queues for the first priority step, all for the second, and so on
-- ARGV   1 the time in seconds ('' for the server's), 2 most messages to take,
--        3 number of queues, 4 token prefix, unique to this call, 5 owner,
--        6 number of this call in its lane, 7 seconds a lane is remembered,
--        8 '1' if the owner is to be missed when it falls silent, 9 how many dead are kept (below 0: all)
-- returns the time, the earliest time something parked falls due ('' for none), the
--        order of the queues for the next call, errors as list, text, ..., and
--        claims as field, token, count, list, message, ...; for a call that was sent
--        again because its reply was lost, the claims it made the first time
-- atomic: a message is at every instant on its list or in unacked. It is copied byte for
--        byte, never encoded anew, so that what Lua cannot hold survives.
local index, unacked, claims, parked, counts, dead = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local now = ARGV[1]
if now == '' then
  local t = redis.call('TIME')
  now = string.format('%s.%06d', t[1], tonumber(t[2]))
end

local last = redis.call('GET', KEYS[7])
local this = ARGV[6] .. ' '
if last and string.sub(last, 1, #this) == this then
  local made, fields, at = {}, last, #this + 1
  while at <= #fields do
    local size, from = string.match(fields, '^(%d+):()', at)
    at = from + tonumber(size)
    local field = string.sub(fields, from, at - 1)
    local entry, claim = redis.call('HGET', unacked, field), redis.call('HGET', claims, field)
    if entry and claim then
      local token, count, size, list = string.match(claim, '^(%S+) %S+ (%d+) (%d+) %S+ (.*)$')
      for _, v in ipairs({field, token, tonumber(count), list, string.sub(entry, 2, 1 + tonumber(size))}) do made[#made + 1] = v end
    end
  end
  return {now, now, {}, {}, made}
end

-- What is due goes back to the front of its list, the earliest last: it is then taken first.
local head, due = redis.call('ZRANGE', parked, 0, 0, 'WITHSCORES'), {}
if head[2] and tonumber(head[2]) <= tonumber(now) then
  due = redis.call('ZRANGEBYSCORE', parked, '-inf', now, 'LIMIT', 0, 256)
end
for i = #due, 1, -1 do
  local field = due[i]
  local entry, claim = redis.call('HGET', unacked, field), redis.call('HGET', claims, field)
  if entry and claim then
    local size, list = string.match(claim, '^%S+ %S+ %S+ (%d+) %S+ (.*)$')
    redis.call('RPUSH', list, string.sub(entry, 2, 1 + tonumber(size)))
    redis.call('ZREM', index, field)
    redis.call('HDEL', unacked, field)
  end
  redis.call('HDEL', claims, field)
  redis.call('ZREM', parked, field)
end
if #due > 0 then head = redis.call('ZRANGE', parked, 0, 0, 'WITHSCORES') end

local function bury(list, raw, reason)
  redis.call('LPUSH', dead, '{"reason": ' .. escape(reason) .. ', "queue": ' .. escape(list) .. ', "at": ' .. now .. '}\n' .. raw)
  if tonumber(ARGV[9]) > 0 then redis.call('LTRIM', dead, 0, ARGV[9] - 1) end
end
-- The delivery tag, and exchange and routing key as JSON. Producers that write as kombu does
-- put the properties last, and these in this order: a few searches for plain text find them.
-- No brace but those of delivery_info and no backslash is between, so what they find are
-- members of the properties and nothing that looks like them. Anything else is taken apart.
-- Whether the rest of the text is JSON is left for the consumer to judge, who buries what is
-- not.
local opening, info, closing = '"properties": {', '"delivery_info": {"exchange": ', '"delivery_tag": "'
local function read(raw)
  local _, at = string.find(raw, opening, 1, true)
  local from, to
  if at then from, to = string.find(raw, info, at, true) end
  if to and string.find(raw, '{', at + 1, true) == from + 17 and not string.find(raw, '{', to, true) and not string.find(raw, '\\', at, true) then
    local stop = string.find(raw, '}', at, true)
    local last = stop and select(2, string.find(raw, closing, stop, true))
    if last and stop > to and string.find(raw, '}', stop + 1, true) == #raw - 1 and string.sub(raw, -3) == '"}}' then
      local exchange, key = string.match(raw, '^("[^"]*"), "routing_key": ("[^"]*")', to + 1)
      local tag = string.sub(raw, last + 1, -4)
      if key and not string.find(tag, '"', 1, true) then return tag, exchange, key end
    end
  end
  at = string.match(raw, '^%s*()')
  local stop = skip(raw, at)
  if not stop or string.find(raw, '%S', stop) then return nil, 'the message is not JSON' end
  local message = members(raw, at)
  local properties = message and message.properties and members(message.properties, 1)
  if not properties then return nil, 'properties is missing or not an object' end
  local tag, info = properties.delivery_tag, properties.delivery_info and members(properties.delivery_info, 1) or {}
  for _, name in ipairs({'exchange', 'routing_key'}) do
    if string.sub(info[name] or '', 1, 1) ~= '"' then return nil, 'properties.delivery_info.' .. name .. ' is missing' end
  end
  if string.sub(tag or '', 1, 1) ~= '"' then return nil, 'properties.delivery_tag is missing' end
  return string.sub(tag, 2, -2), info.exchange, info.routing_key
end

local queues, order, errors, popped, closed = tonumber(ARGV[3]), {}, {}, {}, {}
local base, steps = 8, (#KEYS - 8) / queues
for q = 1, queues do order[q] = q end

-- Keeps a message that was popped, or buries it if it cannot be read.
local function keep(list, raw)
  local tag, exchange, key = read(raw)
  if not tag then
    bury(list, raw, exchange)
    return false
  end
  -- Taking a message for redelivered that is not only gives it a field of its own.
  local again = string.find(raw, 'redelivered": true', 1, true) ~= nil
  popped[#popped + 1] = {raw = raw, tag = tag, exchange = exchange, key = key, again = again, list = list}
  return true
end

-- Pops the next message of a list that can be read.
local function pop(list)
  while not closed[list] do
    local raw = redis.pcall('RPOP', list)
    if type(raw) == 'table' then
      closed[list] = true
      errors[#errors + 1] = list
      errors[#errors + 1] = raw.err
    elseif not raw then
      closed[list] = true
    elseif keep(list, raw) then
      return true
    end
  end
  return false
end

local function next_message()
  for step = 0, steps - 1 do
    for place = 1, queues do
      local q = order[place]
      if pop(KEYS[base + step * queues + q]) then
        if queues > 1 then
          table.remove(order, place)
          order[queues] = q
        end
        return true
      end
    end
  end
  return false
end

local most = tonumber(ARGV[2])
if queues == 1 and most > 1 then -- nothing to take turns with: many in one call (Redis 6.2)
  for step = 1, steps do
    local list = KEYS[base + step]
    while not closed[list] and #popped < most do
      local raws, asked = redis.pcall('RPOP', list, most - #popped), most - #popped
      if not raws then
        closed[list] = true
      elseif raws.err then
        break -- the loop below tells why, or goes one by one
      else
        for _, raw in ipairs(raws) do keep(list, raw) end
        closed[list] = #raws < asked
      end
    end
  end
end
while #popped < most do
  if not next_message() then break end
end
if #popped == 0 then return {now, head[2] or '', order, errors, {}} end

-- The bookkeeping of all of them takes one command for each key.
local tags, scores, entries, records, taken, fields, seen = {}, {}, {}, {}, {}, {}, {}
for i, m in ipairs(popped) do tags[i] = m.tag end
local known = redis.call('HMGET', unacked, unpack(tags))
for i, m in ipairs(popped) do
  local token, count = ARGV[4] .. (i - 1), 1
  local field = m.tag
  -- A field of its own keeps late acks of an earlier delivery, kombu's too, off this one.
  if m.again or known[i] or seen[m.tag] then field = m.tag .. ':' .. token end
  seen[m.tag] = true
  if m.again then count = 1 + tonumber(redis.call('HGET', counts, m.tag) or '1') end
  fields[i] = field
  scores[2 * i - 1], scores[2 * i] = now, field
  entries[2 * i - 1], entries[2 * i] = field, '[' .. m.raw .. ', ' .. m.exchange .. ', ' .. m.key .. ']'
  records[2 * i - 1], records[2 * i] = field, token .. ' ' .. ARGV[5] .. ' ' .. count .. ' ' .. #m.raw .. ' ' .. now .. ' ' .. m.list
  local at = 5 * i
  taken[at - 4], taken[at - 3], taken[at - 2], taken[at - 1], taken[at] = field, token, count, m.list, m.raw
end
local failed = redis.pcall('ZADD', index, unpack(scores))
if type(failed) == 'table' then -- the index is no sorted set: everything goes back
  for i = #popped, 1, -1 do redis.call('RPUSH', popped[i].list, popped[i].raw) end
  return {now, head[2] or '', order, {index, failed.err}, {}}
end
if ARGV[8] == '1' then redis.call('ZADD', KEYS[8], now, ARGV[5]) end
redis.call('HSET', unacked, unpack(entries))
redis.call('HSET', claims, unpack(records))
for i, field in ipairs(fields) do fields[i] = #field .. ':' .. field end
redis.call('SET', KEYS[7], this .. table.concat(fields), 'EX', ARGV[7])
return {now, head[2] or '', order, errors, taken}
