-- Settles what a worker has done with its jobs, then gives it more.
-- KEYS: jobs, index, dead (a stream), the beginning of the results' keys
-- ARGV: worker, how many it takes, seconds that results are kept, now in ms, then for each settlement: kind
--       ('finished', 'again', 'back' or 'dead'), entry, its number of deliveries, text
-- Returns {the settled entries that are not the worker's any more, the entries it gets}.
local function group(...)
    local answer = redis.pcall(...)
    if type(answer) == 'table' and answer.err then
        if string.sub(answer.err, 1, 7) ~= 'NOGROUP' then
            error(answer)
        end
        redis.call('XGROUP', 'CREATE', KEYS[1], 'runners', '0', 'MKSTREAM')
        answer = redis.call(...)
    end
    return answer
end

local worker, now = ARGV[1], ARGV[4]

local function leave(entry, id)
    redis.call('XACK', KEYS[1], 'runners', entry)
    redis.call('XDEL', KEYS[1], entry)
    redis.call('HDEL', KEYS[2], id)
end

local function move(entry, fields, stream, mark)
    local id
    for i = 1, #fields, 2 do
        if fields[i] == 'id' then
            id = fields[i + 1]
        end
    end
    local new = redis.call('XADD', stream, '*', unpack(fields))
    leave(entry, id)
    redis.call('HSET', KEYS[2], id, mark .. new)
end

local function increment(fields, name)
    for i = 1, #fields, 2 do
        if fields[i] == name then
            fields[i + 1] = tostring(tonumber(fields[i + 1]) + 1)
        end
    end
end

local lost = {}
for i = 5, #ARGV, 4 do
    local kind, entry, deliveries, text = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
    local pending = group('XPENDING', KEYS[1], 'runners', entry, entry, 1)[1]
    local found = pending and pending[2] == worker and pending[4] == tonumber(deliveries)
        and redis.call('XRANGE', KEYS[1], entry, entry)[1]
    if not found then
        lost[#lost + 1] = entry
    else
        local fields = found[2]
        if kind == 'finished' then
            local id = fields[2]
            redis.call('SET', KEYS[4] .. id, text, 'EX', ARGV[3])
            leave(entry, id)
        elseif kind == 'dead' then
            for _, value in ipairs({'reason', text, 'worker', worker, 'died', now, 'deliveries', deliveries}) do
                fields[#fields + 1] = value
            end
            move(entry, fields, KEYS[3], 'd')
        else
            increment(fields, kind == 'again' and 'attempt' or 'returns')
            move(entry, fields, KEYS[1], '')
        end
    end
end

local taken = {}
if tonumber(ARGV[2]) > 0 then
    local read = group('XREADGROUP', 'GROUP', 'runners', worker, 'COUNT', ARGV[2], 'STREAMS', KEYS[1], '>')
    taken = read and read[1] and read[1][2] or {}
end
return {lost, taken}
