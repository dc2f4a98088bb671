-- What is in a queue.
-- KEYS: jobs, dead
-- ARGV: how many jobs of each kind are listed
-- Returns {number of those that wait, are running, are dead,
--          the dead: {entry, fields}, the running: {entry, worker, ms of silence, deliveries, fields},
--          those that wait: {entry, fields}}; without the requests.
local function withoutRequest(fields)
    for i = 1, #fields, 2 do
        if fields[i] == 'request' then
            fields[i + 1] = ''
        end
    end
    return fields
end

local function listed(entries)
    for _, entry in ipairs(entries) do
        withoutRequest(entry[2])
    end
    return entries
end

local last, count, running = '0-0', 0, {}
local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
if not groups.err and groups[1] then
    for i = 1, #groups[1], 2 do
        if groups[1][i] == 'pending' then
            count = groups[1][i + 1]
        elseif groups[1][i] == 'last-delivered-id' then
            last = groups[1][i + 1]
        end
    end
    for _, job in ipairs(redis.call('XPENDING', KEYS[1], 'runners', '-', '+', ARGV[1])) do
        local found = redis.call('XRANGE', KEYS[1], job[1], job[1])[1]
        if found then
            running[#running + 1] = {job[1], job[2], job[3], job[4], withoutRequest(found[2])}
        end
    end
end
return {redis.call('XLEN', KEYS[1]) - count, count, redis.call('XLEN', KEYS[2]),
    listed(redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', ARGV[1])), running,
    listed(redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', ARGV[1]))}
