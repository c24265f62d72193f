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
local entry = redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[5], '*', 'event', ARGV[2])
redis.call('EXPIRE', KEYS[6], ARGV[4])
local inboxes = redis.call('SMEMBERS', KEYS[7])
inboxes[#inboxes + 1] = KEYS[8]
for _, inbox in ipairs(inboxes) do
    redis.call('XADD', inbox, 'MAXLEN', '~', ARGV[6], '*', 'id', ARGV[3], 'entry', entry, 'event', ARGV[2])
    redis.call('EXPIRE', inbox, ARGV[4])
end
return 'paused'
