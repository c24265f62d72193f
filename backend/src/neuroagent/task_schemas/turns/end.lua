-- The first ending wins: kept as the final record, told on the stream and to whoever waits; a later one is refused.
-- A worker may end what it holds the lease of, or held before Redis was wiped; the app may end what nobody holds.
-- KEYS: final, lease, attempts, cancel, pause, stream, watchers, inbox
-- ARGV: token, event, task id, seconds kept, longest stream, longest inbox, and 'cancelled' for the ending of a cancel
local holder = redis.call('GET', KEYS[2])
if redis.call('EXISTS', KEYS[1]) == 1 then
    return 'ended'
end
local never_ours = ARGV[1] ~= 'nobody' and redis.call('EXISTS', KEYS[3]) == 1
if holder ~= ARGV[1] and (holder or never_ours) then
    return 'lost'
end
if ARGV[7] ~= 'cancelled' and redis.call('EXISTS', KEYS[4]) == 1 then
    return 'cancelled'
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[4])
redis.call('DEL', KEYS[2], KEYS[5])
announce(KEYS[6], KEYS[7], KEYS[8], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
return 'told'
