-- Reads JSON as far as a script needs it. Whoever needs more has a decoder.
-- A value that is passed over is looked at only for where it ends.
local words = {['true'] = 1, ['false'] = 1, null = 1, NaN = 1, Infinity = 1, ['-Infinity'] = 1}
local deepest = 1000

-- The place after the string whose first quote is at `at`, or nil.
local function skip_string(text, at)
  at = at + 1
  while true do
    at = string.find(text, '["\\]', at)
    if not at then return nil end
    if string.byte(text, at) == 34 then return at + 1 end
    at = at + 2
  end
end

-- The place after the value at `at`, or nil if there is none or it has no end.
local function skip(text, at)
  local first = string.sub(text, at, at)
  if first == '"' then return skip_string(text, at) end
  if first ~= '{' and first ~= '[' then
    local word, stop = string.match(text, '^([%w+.-]+)()', at)
    return word and (words[word] or tonumber(word)) and stop or nil
  end
  local depth = 0
  repeat
    at = string.find(text, '["{}%[%]]', at)
    if not at then return nil end
    local c = string.byte(text, at)
    if c == 34 then
      at = skip_string(text, at)
      if not at then return nil end
    else
      depth = depth + ((c == 123 or c == 91) and 1 or -1)
      if depth > deepest then return nil end
      at = at + 1
    end
  until depth == 0
  return at
end

-- The members of the object at `at`, as the text of each value by name: the last one
-- counts, as in Python. nil if there is no object.
local function members(text, at)
  local found = {}
  at = string.match(text, '^{%s*()', at)
  if not at then return nil end
  if string.sub(text, at, at) == '}' then return found end
  while true do
    local stop = string.byte(text, at) == 34 and skip_string(text, at)
    local from = stop and string.match(text, '^%s*:%s*()', stop)
    local to = from and skip(text, from)
    if not to then return nil end
    local name = string.gsub(string.sub(text, at + 1, stop - 2), '\\u00(%x%x)', function(hex) return string.char(tonumber(hex, 16)) end)
    found[name] = string.sub(text, from, to - 1)
    local sign, after = string.match(text, '^%s*([,}])%s*()', to)
    if sign == '}' then return found end
    if not sign then return nil end
    at = after
  end
end

-- A text as a JSON string.
local function escape(text)
  return '"' .. string.gsub(text, '[%c"\\]', function(c) return string.format('\\u%04x', string.byte(c)) end) .. '"'
end
