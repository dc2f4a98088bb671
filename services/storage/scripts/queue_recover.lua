-- Gives a worker the jobs of workers that fell silent. A job that was given out too often goes to the dead.
-- KEYS: jobs, index, dead
-- ARGV: worker, how many it takes, ms of silence, most deliveries, now in ms
-- Returns the entries that it gets, each {entry, fields, number of deliveries}.
local pending = redis.pcall('XPENDING', KEYS[1], 'runners', 'IDLE', ARGV[3], '-', '+', 100)
if pending.err then
    if string.sub(pending.err, 1, 7) == 'NOGROUP' then
        return {}
    end
    error(pending)
end
local taken = {}
for _, job in ipairs(pending) do
    local entry, silent, deliveries = job[1], job[2], job[4]
    local found = redis.call('XRANGE', KEYS[1], entry, entry)[1]
    if not found then
        redis.call('XACK', KEYS[1], 'runners', entry)
    elseif deliveries >= tonumber(ARGV[4]) then
        local fields = found[2]
        local reason = 'given to ' .. deliveries .. ' workers, none of which finished it; the last one, ' .. silent
            .. ', fell silent'
        for _, value in ipairs({'reason', reason, 'worker', silent, 'died', ARGV[5], 'deliveries', deliveries}) do
            fields[#fields + 1] = value
        end
        local buried = redis.call('XADD', KEYS[3], '*', unpack(fields))
        redis.call('XACK', KEYS[1], 'runners', entry)
        redis.call('XDEL', KEYS[1], entry)
        redis.call('HSET', KEYS[2], fields[2], 'd' .. buried)
    elseif #taken < tonumber(ARGV[2]) then
        redis.call('XCLAIM', KEYS[1], 'runners', ARGV[1], 0, entry)
        taken[#taken + 1] = {entry, found[2], deliveries + 1}
    end
end
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], 'runners')) do
    if consumer[4] == 0 and consumer[6] > 86400000 then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'runners', consumer[2])
    end
end
return taken
