-- One turn of a registry that shares its services: it hears what others changed, then tells what it changed itself.
-- A change counts from when it happened by this server's clock: the newest wins, in whatever order they come.
-- KEYS: state (the life of these data, their revision), entries (by id, packed: g, when it was removed, and p, its parts
--       by name, each {when, value}), changed (ids by revision), beats (checks by revision), beaten (checks: when), gone
--       (removed ids by when)
-- ARGV: the life that the registry knows, its cursors in changed and beats, a name for a new life, most entries, most
--       beats, most bytes, ms that data live without a registry, ms and most entries that removals are remembered, the time
--       by this server's clock when this was sent, or later ('': not known); then for each write: kind, id, part, ms since
--       it happened, value
-- Kinds: 'set' a part ('d' before all others), 'drop' a part, 'beat' (of a part), 'gone' (removed), 'silent' (removed,
--        unless somebody heard of it since)
-- Returns {life, cursors, whether there is more, entries, beats, refused entries, the time by this server's clock}. Writes from another life are left
-- alone. An entry is {id, 'alive', 'gone' or 'unknown', {name, ms since, value, ms since its beat or -1, ...}}, a beat
-- {id, part, ms since}.
local slack = 2000 -- ms by which the times of two registries for the same event may differ

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- A server that stood still carries this out much later than it was meant.
local sent = math.min(now, tonumber(ARGV[11]) or now)
local isWritten = false

local function text(number)
    return string.format('%.0f', number)
end

local function number(value)
    return tonumber(value or 0) or 0
end

-- Of a clock that was set back: such a time says nothing.
local function isNewer(stored, at)
    return stored > at and stored <= now + slack
end

local loaded = {}
local function entryOf(id)
    if loaded[id] == nil then
        local packed = redis.call('HGET', KEYS[2], id)
        local isRead, entry = pcall(cmsgpack.unpack, packed or '')
        local isEntry = isRead and type(entry) == 'table' and type(entry.g) == 'number' and type(entry.p) == 'table'
        for _, part in pairs(isEntry and entry.p or {}) do
            isEntry = isEntry and type(part) == 'table' and type(part[1]) == 'number' and type(part[2]) == 'string'
        end
        loaded[id] = isEntry and entry or false
    end
    return loaded[id]
end

local function checkKey(id, part)
    return #id .. ':' .. id .. part
end

local function told(id, entry)
    if not entry then
        return {id, 'unknown', {}}
    end
    if not entry.p.d then
        return {id, 'gone', {}}
    end
    local parts = {}
    for name, part in pairs(entry.p) do
        local beat = redis.call('HGET', KEYS[5], checkKey(id, name))
        for _, value in ipairs({name, text(now - part[1]), part[2], beat and text(now - number(beat)) or '-1'}) do
            parts[#parts + 1] = value
        end
    end
    return {id, 'alive', parts}
end

local life = redis.call('HGET', KEYS[1], 'life')
local revision = number(redis.call('HGET', KEYS[1], 'revision'))
local changesCursor, beatsCursor = number(ARGV[2]), number(ARGV[3])
if not life or (life == ARGV[1] and math.max(changesCursor, beatsCursor) > revision) then
    life = ARGV[4] -- the data were lost, or older ones came back
    for _, key in ipairs({KEYS[3], KEYS[4]}) do
        revision = math.max(revision, number(redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2]))
    end
    redis.call('HSET', KEYS[1], 'life', life, 'revision', text(revision))
    isWritten = true
end
local isKnown = life == ARGV[1]
if not isKnown then
    changesCursor, beatsCursor = 0, 0
end

local mostEntries, mostBeats, mostBytes = number(ARGV[5]), number(ARGV[6]), number(ARGV[7])
local changed = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. text(changesCursor), '+inf', 'WITHSCORES', 'LIMIT', 0,
    mostEntries)
local entries, bytes, hasMore = {}, 0, #changed == 2 * mostEntries
for i = 1, #changed, 2 do
    if bytes > mostBytes then
        hasMore = true
        break
    end
    local id, entry = changed[i], entryOf(changed[i])
    if entry then
        local form = told(id, entry)
        for _, value in ipairs(form[3]) do
            bytes = bytes + #value
        end
        entries[#entries + 1] = form
    else
        redis.call('ZREM', KEYS[3], id)
        redis.call('HDEL', KEYS[2], id)
    end
    changesCursor = number(changed[i + 1])
end
local hasAllChanges = not hasMore

local beaten = redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. text(beatsCursor), '+inf', 'WITHSCORES', 'LIMIT', 0, mostBeats)
local hasAllBeats = #beaten < 2 * mostBeats
local beats = {}
for i = 1, #beaten, 2 do
    local length, rest = string.match(beaten[i], '^(%d+):(.*)$')
    local at = redis.call('HGET', KEYS[5], beaten[i])
    if length and at then
        beats[#beats + 1] = {string.sub(rest, 1, length), string.sub(rest, length + 1), text(now - number(at))}
    end
    beatsCursor = number(beaten[i + 1])
end

local function nextRevision()
    revision = revision + 1
    isWritten = true
    return text(revision)
end

local touched = {} -- ids: whether that is news
local function note(id)
    touched[id] = true
end

local function forgetBeat(id, part)
    redis.call('ZREM', KEYS[4], checkKey(id, part))
    redis.call('HDEL', KEYS[5], checkKey(id, part))
end

local function remove(id, entry, at)
    for name in pairs(entry.p) do
        forgetBeat(id, name)
    end
    entry.g, entry.p = math.max(entry.g, at), {}
    redis.call('ZADD', KEYS[6], text(entry.g), id)
    note(id)
end

local function newestOf(id, entry)
    local newest = 0
    for name, part in pairs(entry.p) do
        newest = math.max(newest, part[1], number(redis.call('HGET', KEYS[5], checkKey(id, name))))
    end
    return newest
end

-- Each returns whether the write counts.
local writers = {}

function writers.set(id, part, at, value)
    local entry = entryOf(id)
    if part ~= 'd' and not (entry and entry.p.d) then
        return false
    end
    if not entry then
        entry = {g = 0, p = {}}
        loaded[id] = entry
    end
    local stored = entry.p[part]
    if stored and stored[2] == value then
        if not isNewer(stored[1], at) then
            stored[1] = at
            touched[id] = touched[id] or false
        end
        return true
    end
    if isNewer(entry.g, at) or (stored and isNewer(stored[1], at)) then
        return false
    end
    if part == 'd' and not stored then
        redis.call('ZREM', KEYS[6], id)
    end
    entry.p[part] = {at, value}
    note(id)
    return true
end

function writers.drop(id, part, at)
    local entry = entryOf(id)
    local stored = entry and entry.p[part]
    if stored and part ~= 'd' and not isNewer(stored[1], at) then
        entry.p[part] = nil
        forgetBeat(id, part)
        note(id)
    end
    return true
end

function writers.beat(id, part, at)
    local entry = entryOf(id)
    if not (entry and entry.p.d and entry.p[part]) or isNewer(entry.g, at) then
        return false
    end
    local key = checkKey(id, part)
    local stored = redis.call('HGET', KEYS[5], key)
    if not stored or not isNewer(number(stored), at) then
        redis.call('HSET', KEYS[5], key, text(at))
        redis.call('ZADD', KEYS[4], nextRevision(), key)
    end
    return true
end

function writers.gone(id, _, at)
    local entry = entryOf(id)
    if not entry then
        entry = {g = 0, p = {}}
        loaded[id] = entry
    end
    if entry.p.d and isNewer(entry.p.d[1], at) then
        return false
    end
    remove(id, entry, at)
    return true
end

function writers.silent(id, _, at)
    local entry = entryOf(id)
    if entry and entry.p.d then
        local newest = newestOf(id, entry)
        if isNewer(newest, at + slack) then
            return false
        end
        remove(id, entry, math.max(at, math.min(newest, now)))
    end
    return true
end

local refused, isRefused = {}, {}
for i = 12, isKnown and #ARGV or 0, 5 do
    local write, id = writers[ARGV[i]], ARGV[i + 1]
    if not write(id, ARGV[i + 2], math.max(1, sent - number(ARGV[i + 3])), ARGV[i + 4]) and not isRefused[id] then
        isRefused[id] = true
        refused[#refused + 1] = id
    end
end
for id, isNews in pairs(touched) do
    redis.call('HSET', KEYS[2], id, cmsgpack.pack(loaded[id]))
    if isNews then
        redis.call('ZADD', KEYS[3], nextRevision(), id)
    end
end
for i, id in ipairs(refused) do
    refused[i] = told(id, entryOf(id))
end

-- Only with other writes: a turn that only listens costs no replica and no file anything.
if isWritten then
    redis.call('HSET', KEYS[1], 'revision', text(revision))
    local old = redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', text(now - number(ARGV[9])), 'LIMIT', 0, 100)
    local excess = math.min(100, redis.call('ZCARD', KEYS[6]) - number(ARGV[10]))
    if #old == 0 and excess > 0 then
        old = redis.call('ZRANGE', KEYS[6], 0, excess - 1)
    end
    for _, id in ipairs(old) do
        redis.call('HDEL', KEYS[2], id)
        redis.call('ZREM', KEYS[3], id)
        redis.call('ZREM', KEYS[6], id)
    end
end
if isWritten or redis.call('PTTL', KEYS[1]) < number(ARGV[8]) / 2 then
    for _, key in ipairs(KEYS) do
        redis.call('PEXPIRE', key, ARGV[8])
    end
end

-- What it wrote itself is no news to it.
return {life, hasAllChanges and text(revision) or text(changesCursor), hasAllBeats and text(revision) or text(beatsCursor),
    (hasAllChanges and hasAllBeats) and 0 or 1, entries, beats, refused, text(now)}
