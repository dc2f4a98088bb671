-- Tells other machines of a run: what is known of it, and more of its log.
-- KEYS: the run (a hash), its log (a stream)
-- ARGV: seconds that it is kept, most bytes of the log, lines of the log (may be empty), '1' when the run has ended,
--       then names and values of what is known of it
-- The log's entries have `lines`, and the last one `ended`. Lines beyond the limit are dropped, which `cut` tells.
local kept, lines = ARGV[1], ARGV[3]
for i = 5, #ARGV, 2 do
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
if #lines > 0 then
    if redis.call('HINCRBY', KEYS[1], 'logBytes', #lines) <= tonumber(ARGV[2]) then
        redis.call('XADD', KEYS[2], '*', 'lines', lines)
    elseif redis.call('HSETNX', KEYS[1], 'cut', '1') == 1 then
        redis.call('XADD', KEYS[2], '*', 'cut', '1')
    end
end
if ARGV[4] == '1' and redis.call('HSETNX', KEYS[1], 'ended', '1') == 1 then
    redis.call('XADD', KEYS[2], '*', 'ended', '1')
end
redis.call('EXPIRE', KEYS[1], kept)
redis.call('EXPIRE', KEYS[2], kept)
return 1
