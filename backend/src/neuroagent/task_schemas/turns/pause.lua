-- The attempt ends and the task doesn't: it rests in the ledger. Kept as a record until the next claim.
-- KEYS: final, lease, attempts, cancel, pause, stream, watchers, inbox
-- ARGV: token, event, task id, seconds kept, longest stream, longest inbox
local holder = redis.call('GET', KEYS[2])
if redis.call('EXISTS', KEYS[1]) == 1 then
    return 'ended'
end
if holder ~= ARGV[1] and (holder or redis.call('EXISTS', KEYS[3]) == 1) then
    return 'lost'
end
if redis.call('EXISTS', KEYS[4]) == 1 then
    return 'cancelled'
end
redis.call('SET', KEYS[5], ARGV[2], 'EX', ARGV[4])
redis.call('DEL', KEYS[2])
announce(KEYS[6], KEYS[7], KEYS[8], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
return 'paused'
