-- Lets a dead job wait again, as its next attempt, or forgets it.
-- KEYS: jobs, index, dead, the beginning of the idempotency keys
-- ARGV: its id, 'revive' or 'drop'
-- Returns 1; 0 when there is no such dead job.
local mark = redis.call('HGET', KEYS[2], ARGV[1])
if not mark or string.sub(mark, 1, 1) ~= 'd' then
    return 0
end
local entry = string.sub(mark, 2)
local found = redis.call('XRANGE', KEYS[3], entry, entry)[1]
if not found then
    redis.call('HDEL', KEYS[2], ARGV[1])
    return 0
end
local job = {}
for i = 1, #found[2], 2 do
    job[found[2][i]] = found[2][i + 1]
end
if ARGV[2] == 'revive' then
    local new = redis.call('XADD', KEYS[1], '*', 'id', job.id, 'request', job.request, 'signature', job.signature,
        'key', job.key, 'workspace', job.workspace, 'task', job.task, 'added', job.added,
        'attempt', tostring(tonumber(job.attempt) + 1), 'returns', '0')
    redis.call('HSET', KEYS[2], ARGV[1], new)
else
    redis.call('HDEL', KEYS[2], ARGV[1])
    if job.key ~= '' then
        redis.call('DEL', KEYS[4] .. job.key)
    end
end
redis.call('XDEL', KEYS[3], entry)
return 1
