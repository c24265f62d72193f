-- An event on the task's stream, and to every app process that watches it.
-- After the ending, or from a body whose turn is another's by now, nothing is told.
-- KEYS: stream, watchers, final, lease, attempts  ARGV: token, event, task id, seconds kept, longest stream, longest inbox
local holder = redis.call('GET', KEYS[4])
local not_ours = holder ~= ARGV[1] and (holder or redis.call('EXISTS', KEYS[5]) == 1)
if not_ours or redis.call('EXISTS', KEYS[3]) == 1 then
    return ''
end
local entry = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[5], '*', 'event', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[4])
for _, inbox in ipairs(redis.call('SMEMBERS', KEYS[2])) do
    redis.call('XADD', inbox, 'MAXLEN', '~', ARGV[6], '*', 'id', ARGV[3], 'entry', entry, 'event', ARGV[2])
end
return entry
