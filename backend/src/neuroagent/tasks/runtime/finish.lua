-- The first ending wins: it is kept as the final record and told on the task's stream; a later one is refused.
-- KEYS: the final record, the stream. ARGV: the event, how long both are kept in seconds, the stream entry's field.
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2]) == false then
    return 0
end
redis.call('XADD', KEYS[2], '*', ARGV[3], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[2])
return 1
