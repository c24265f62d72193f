-- An event on the task's stream, and to every app process that watches it.
-- After the ending, or from a body whose turn is another's by now, nothing is told.
-- KEYS: stream, watchers, final, lease, attempts  ARGV: token, event, task id, seconds kept, longest stream, longest inbox
local holder = redis.call('GET', KEYS[4])
local not_ours = holder ~= ARGV[1] and (holder or redis.call('EXISTS', KEYS[5]) == 1)
if not_ours or redis.call('EXISTS', KEYS[3]) == 1 then
    return ''
end
return announce(KEYS[1], KEYS[2], nil, ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
