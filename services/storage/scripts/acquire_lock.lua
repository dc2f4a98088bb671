-- Takes the lock of a workspace; refreshes it when it is ours already.
-- KEYS: lock, fence counter, holder
-- ARGV: token, time to live in ms, floor (the highest fence that the workspace has seen), who we are,
--       gone (the beginning of the tokens whose holders are known to be gone; '*': all; '': none)
-- Returns {fence, 0, ''} when it is ours, {0, ms until it runs out, holder} when another has it.
local held = redis.call('GET', KEYS[1])
if held then
    local token, fence = string.match(held, '^(.*):(%d+)$')
    if token == ARGV[1] then
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[2])
        return {tonumber(fence), 0, ''}
    end
    local gone = ARGV[5]
    local isGone = gone == '*' or (gone ~= '' and token and string.sub(token, 1, #gone) == gone)
    if not isGone then
        return {0, redis.call('PTTL', KEYS[1]), redis.call('GET', KEYS[3]) or ''}
    end
end
local fence = math.max(tonumber(redis.call('GET', KEYS[2]) or 0), tonumber(ARGV[3])) + 1
local number = string.format('%.0f', fence)
redis.call('SET', KEYS[2], number)
redis.call('SET', KEYS[1], ARGV[1] .. ':' .. number, 'PX', ARGV[2])
redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[2])
return {fence, 0, ''}
