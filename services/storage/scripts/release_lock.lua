-- Gives the lock of a workspace back; the fence counter stays.
-- KEYS: lock, holder
-- ARGV: token, our fence
-- Returns 1, or 0 when it was not ours any more.
if redis.call('GET', KEYS[1]) ~= ARGV[1] .. ':' .. ARGV[2] then
    return 0
end
redis.call('DEL', KEYS[1], KEYS[2])
return 1
