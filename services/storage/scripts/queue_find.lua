-- What became of a job.
-- KEYS: jobs, index, dead, its result
-- ARGV: its id
-- Returns {'finished', result}, {'dead', fields}, {'running', fields, worker, ms of silence, deliveries},
--         {'waiting', fields} or {'unknown'}.
local entry = redis.call('HGET', KEYS[2], ARGV[1])
if entry and string.sub(entry, 1, 1) == 'd' then
    local found = redis.call('XRANGE', KEYS[3], string.sub(entry, 2), string.sub(entry, 2))[1]
    return found and {'dead', found[2]} or {'unknown'}
end
local found = entry and redis.call('XRANGE', KEYS[1], entry, entry)[1]
if found then
    local pending = redis.pcall('XPENDING', KEYS[1], 'runners', entry, entry, 1)
    local job = not pending.err and pending[1]
    if job then
        return {'running', found[2], job[2], job[3], job[4]}
    end
    return {'waiting', found[2]}
end
local result = redis.call('GET', KEYS[4])
return result and {'finished', result} or {'unknown'}
