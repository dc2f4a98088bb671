-- Adds jobs to a queue, each once.
-- KEYS: jobs (a stream), index (by job: its entry there; with a 'd' before it: its entry among the dead), the
--       beginning of the results' keys, the beginning of the idempotency keys
-- ARGV: seconds that keys are kept, now in ms, then for each job: id, request, signature, key, workspace, task
-- Returns the ids: of the job that was added, or is there already by its id or key.
local ids = {}
for i = 3, #ARGV, 6 do
    local id, key = ARGV[i], ARGV[i + 3]
    local earlier = key ~= '' and redis.call('GET', KEYS[4] .. key)
    if earlier then
        id = earlier
    elseif redis.call('HEXISTS', KEYS[2], id) == 0 and redis.call('EXISTS', KEYS[3] .. id) == 0 then
        local entry = redis.call('XADD', KEYS[1], '*', 'id', id, 'request', ARGV[i + 1], 'signature', ARGV[i + 2],
            'key', key, 'workspace', ARGV[i + 4], 'task', ARGV[i + 5], 'added', ARGV[2], 'attempt', '0',
            'returns', '0')
        redis.call('HSET', KEYS[2], id, entry)
        if key ~= '' then
            redis.call('SET', KEYS[4] .. key, id, 'EX', ARGV[1])
        end
    end
    ids[#ids + 1] = id
end
return ids
