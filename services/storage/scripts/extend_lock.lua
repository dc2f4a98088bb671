-- Keeps the lock of a workspace. Takes it again when it ran out, or the server lost it, and nobody had it since.
-- KEYS: lock, fence counter, holder
-- ARGV: token, time to live in ms, our fence, who we are
-- Returns 1 when it is ours, 0 when another has it or had it.
local mine = ARGV[1] .. ':' .. ARGV[3]
local held = redis.call('GET', KEYS[1])
if held and held ~= mine then
    return 0
end
if not held then
    if tonumber(redis.call('GET', KEYS[2]) or 0) > tonumber(ARGV[3]) then
        return 0
    end
    redis.call('SET', KEYS[2], ARGV[3])
end
redis.call('SET', KEYS[1], mine, 'PX', ARGV[2])
redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[2])
return 1
