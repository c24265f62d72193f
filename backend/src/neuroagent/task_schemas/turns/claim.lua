-- A worker asks for its turn with a task: the number of the attempt, or why not.
-- KEYS: final, lease, attempts, cancel, pause, the queue's mark, stream, watchers
-- ARGV: worker, lease in ms, most attempts, attempts that the ledger knows of, when the message was sent, seconds kept,
-- the event `started`, which ends in its attempt, task id, longest stream, longest inbox
if tonumber(ARGV[5]) > tonumber(redis.call('GET', KEYS[6]) or '0') then
    redis.call('SET', KEYS[6], ARGV[5], 'EX', ARGV[6])
end
if tonumber(ARGV[5]) > 0 and tonumber(redis.call('TIME')[1]) - tonumber(ARGV[5]) > tonumber(ARGV[6]) then
    return 'stale' -- the records of what became of it may be gone by now; what is still wanted is sent again
end
if redis.call('EXISTS', KEYS[1]) == 1 then
    return 'ended'
end
if redis.call('EXISTS', KEYS[2]) == 1 then
    return 'held'
end
if redis.call('EXISTS', KEYS[4]) == 1 then
    return 'cancelled'
end
local used = math.max(tonumber(redis.call('GET', KEYS[3]) or '0'), tonumber(ARGV[4]))
if used >= tonumber(ARGV[3]) then
    return 'dead'
end
local attempt = string.format('%d', used + 1)
redis.call('SET', KEYS[3], attempt, 'EX', ARGV[6])
redis.call('SET', KEYS[2], ARGV[1] .. '#' .. attempt, 'PX', ARGV[2])
redis.call('DEL', KEYS[5])
local event = string.sub(ARGV[7], 1, -3) .. attempt .. '}'
announce(KEYS[7], KEYS[8], nil, event, ARGV[8], ARGV[6], ARGV[9], ARGV[10])
return attempt
