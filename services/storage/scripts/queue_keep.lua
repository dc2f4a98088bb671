-- A worker is alive and at work on these jobs.
-- KEYS: jobs
-- ARGV: worker, then for each job: entry, its number of deliveries
-- Returns the entries that are not the worker's any more.
local lost = {}
for i = 2, #ARGV, 2 do
    local entry = ARGV[i]
    local pending = redis.pcall('XPENDING', KEYS[1], 'runners', entry, entry, 1)
    local found = not pending.err and pending[1]
    if found and found[2] == ARGV[1] and found[4] == tonumber(ARGV[i + 1]) then
        redis.call('XCLAIM', KEYS[1], 'runners', ARGV[1], 0, entry, 'JUSTID')
    else
        lost[#lost + 1] = entry
    end
end
return lost
