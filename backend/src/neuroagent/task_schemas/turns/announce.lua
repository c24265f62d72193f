-- Stands before the scripts that tell something: onto the task's stream, and into the inbox of every process that
-- watches it; `inbox` is that of the process that waits for it, where there is one.
local function announce(stream, watchers, inbox, event, task_id, kept, longest_stream, longest_inbox)
    local entry = redis.call('XADD', stream, 'MAXLEN', '~', longest_stream, '*', 'event', event)
    redis.call('EXPIRE', stream, kept)
    local inboxes = redis.call('SMEMBERS', watchers)
    inboxes[#inboxes + 1] = inbox
    for _, each in ipairs(inboxes) do
        redis.call('XADD', each, 'MAXLEN', '~', longest_inbox, '*', 'id', task_id, 'entry', entry, 'event', event)
        redis.call('EXPIRE', each, kept)
    end
    return entry
end
