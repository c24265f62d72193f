-- The heartbeat: keep the lease, and hear whether to stop. After a wipe of Redis the lease is taken back, unless the
-- task has ended since.
-- KEYS: lease, attempts, cancel, final  ARGV: token, lease in ms, the attempt, seconds kept
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
elseif not holder and redis.call('EXISTS', KEYS[2], KEYS[4]) == 0 then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[4])
else
    return 'lost'
end
if redis.call('EXISTS', KEYS[3]) == 1 then
    return 'cancelled'
end
return 'held'
