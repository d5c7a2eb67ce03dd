#include "commit_script.hpp"

namespace televisit::storage_redis {

// Every write is checked before the first one changes anything: Redis does not undo what a script has done. What an
// earlier write of the batch claims is taken for the later ones.
const Script& commit_script() {
    static const Script script(R"lua(#!lua
local at = 0
local function take()
    at = at + 1
    return ARGV[at]
end
local function take_list()
    local list = {}
    for i = 1, tonumber(take()) do list[i] = take() end
    return list
end

local prefix, operation, operation_member, stamp, kept = take(), take(), take(), take(), take()
local operation_key = prefix .. 'operation:' .. operation
if operation ~= '' then
    local known = redis.call('GET', operation_key)
    if known == 'done' then return 0 end
    if known and tonumber(known) >= tonumber(stamp) then return redis.error_reply('SETTLED not committed') end
end

local claims, new_sessions = {}, {}
local function claim(name, owner)
    if claims[name] and claims[name] ~= owner then return false end
    claims[name] = owner
    return true
end
local function once(name)
    if claims[name] then return false end
    claims[name] = true
    return true
end
local function free(index, value, owner)
    if value == '' then return true end
    local holder = redis.call('GET', prefix .. index .. value)
    return (not holder or holder == owner) and claim(index .. value, owner)
end
local function key_of(kind, id) return prefix .. kind .. ':' .. id end
local function version(kind, id) return redis.call('HGET', key_of(kind, id), 'version') or '0' end
local function session_exists(id)
    return new_sessions[id] or redis.call('EXISTS', key_of('session', id)) == 1
end

local function put(key, fields)
    redis.call('DEL', key)
    redis.call('HSET', key, unpack(fields))
end
local function point(index, old, new, owner)
    if old == new then return end
    if old and old ~= '' then redis.call('DEL', prefix .. index .. old) end
    if new ~= '' then redis.call('SET', prefix .. index .. new, owner) end
end
local function move(set, old, new)
    if old == new then return end
    if old and old ~= '' then redis.call('ZREM', set, old) end
    if new ~= '' then redis.call('ZADD', set, 0, new) end
end
local function lists_of(doctor, patient, status)
    return {
        [prefix .. 'sessions'] = true,
        [prefix .. 'sessions-of:' .. doctor] = true,
        [prefix .. 'sessions-of:' .. patient] = true,
        [prefix .. 'sessions-in:' .. status] = true,
    }
end
local function lists_before(key)
    local old = redis.call('HMGET', key, 'doctor_id', 'patient_id', 'status', 'in_lists')
    return old[4], old[4] and lists_of(old[1], old[2], old[3]) or {}
end
local function remove_all(list, kind, index, token)
    for _, member in ipairs(redis.call('ZRANGE', list, 0, -1)) do
        local key = key_of(kind, string.sub(member, 17))
        local value = redis.call('HGET', key, token)
        if value then redis.call('DEL', prefix .. index .. value) end
        redis.call('DEL', key)
    end
    redis.call('DEL', list)
end

local kinds = {}

kinds.session = {
    take = function()
        return { id = take(), expected = take(), member = take(), due = take(), room = take(), doctor_token = take(),
                 patient_token = take(), doctor = take(), patient = take(), status = take(), fields = take_list() }
    end,
    holds = function(w)
        if version('session', w.id) ~= w.expected or not once('session:' .. w.id) then return false end
        new_sessions[w.id] = true
        return once('room:' .. w.room) and free('session-by-room:', w.room, w.id) and
            free('session-by-token:', w.doctor_token, w.id) and free('session-by-token:', w.patient_token, w.id)
    end,
    apply = function(w)
        local key = key_of('session', w.id)
        local old = redis.call('HMGET', key, 'room_id', 'doctor_token', 'patient_token', 'in_due')
        local old_member, old_lists = lists_before(key)
        local lists = lists_of(w.doctor, w.patient, w.status)
        for list in pairs(old_lists) do
            if old_member ~= w.member or not lists[list] then redis.call('ZREM', list, old_member) end
        end
        for list in pairs(lists) do
            if old_member ~= w.member or not old_lists[list] then redis.call('ZADD', list, 0, w.member) end
        end
        move(prefix .. 'due', old[4], w.due)
        point('session-by-room:', old[1], w.room, w.id)
        local tokens = { [w.doctor_token] = true, [w.patient_token] = true }
        for i = 2, 3 do
            if old[i] and not tokens[old[i]] then redis.call('DEL', prefix .. 'session-by-token:' .. old[i]) end
        end
        for token in pairs(tokens) do
            if token ~= old[2] and token ~= old[3] then point('session-by-token:', nil, token, w.id) end
        end
        put(key, w.fields)
    end,
}

kinds.attendee = {
    take = function()
        return { id = take(), session = take(), user = take(), expected = take(), member = take(), token = take(),
                 fields = take_list() }
    end,
    holds = function(w)
        local known = redis.call('HGET', key_of('users', w.session), w.user)
        if known and known ~= w.id then return false end
        if not known and redis.call('EXISTS', key_of('attendee', w.id)) == 1 then return false end
        return version('attendee', w.id) == w.expected and session_exists(w.session) and once('attendee:' .. w.id) and
            once('user:' .. #w.session .. ':' .. w.session .. w.user) and free('attendee-by-token:', w.token, w.id)
    end,
    apply = function(w)
        local key = key_of('attendee', w.id)
        local old = redis.call('HMGET', key, 'access_token', 'in_list')
        move(key_of('attendees', w.session), old[2], w.member)
        point('attendee-by-token:', old[1], w.token, w.id)
        redis.call('HSET', key_of('users', w.session), w.user, w.id)
        put(key, w.fields)
    end,
}

kinds.invitation = {
    take = function()
        return { id = take(), session = take(), expected = take(), member = take(), token = take(),
                 fields = take_list() }
    end,
    holds = function(w)
        local known = redis.call('HGET', key_of('invitation', w.id), 'session_id')
        if known and known ~= w.session then return false end
        return version('invitation', w.id) == w.expected and session_exists(w.session) and
            once('invitation:' .. w.id) and free('invitation-by-token:', w.token, w.id)
    end,
    apply = function(w)
        local key = key_of('invitation', w.id)
        local old = redis.call('HMGET', key, 'token', 'in_list')
        move(key_of('invitations', w.session), old[2], w.member)
        point('invitation-by-token:', old[1], w.token, w.id)
        put(key, w.fields)
    end,
}

kinds.metrics = {
    take = function() return { session = take(), fields = take_list() } end,
    holds = function(w)
        return redis.call('EXISTS', key_of('metrics', w.session)) == 0 and session_exists(w.session) and
            once('metrics:' .. w.session)
    end,
    apply = function(w) put(key_of('metrics', w.session), w.fields) end,
}

kinds.quality = {
    take = function() return { session = take(), most = take(), sample = take() } end,
    holds = function(w) return session_exists(w.session) end,
    apply = function(w)
        if w.most == '0' then return end
        local key = key_of('quality', w.session)
        redis.call('RPUSH', key, w.sample)
        redis.call('LTRIM', key, '-' .. w.most, -1)
    end,
}

kinds.idempotency = {
    take = function()
        return { id = take(), now = take(), alive = take(), member = take(), fields = take_list() }
    end,
    holds = function(w)
        local expires = redis.call('HGET', key_of('idempotency', w.id), 'expires_at')
        return (not expires or tonumber(expires) <= tonumber(w.now)) and once('idempotency:' .. w.id)
    end,
    apply = function(w)
        local key = key_of('idempotency', w.id)
        move(prefix .. 'idempotency-keys', redis.call('HGET', key, 'in_list'), w.member)
        put(key, w.fields)
        redis.call('PEXPIRE', key, w.alive)
    end,
}

kinds.removal = {
    take = function() return { id = take(), expected = take() } end,
    holds = function(w)
        return w.expected ~= '0' and version('session', w.id) == w.expected and once('session:' .. w.id)
    end,
    apply = function(w)
        local key = key_of('session', w.id)
        local old = redis.call('HMGET', key, 'room_id', 'doctor_token', 'patient_token', 'in_due')
        local member, lists = lists_before(key)
        for list in pairs(lists) do redis.call('ZREM', list, member) end
        move(prefix .. 'due', old[4], '')
        point('session-by-room:', old[1], '')
        point('session-by-token:', old[2], '')
        point('session-by-token:', old[3], '')
        remove_all(key_of('attendees', w.id), 'attendee', 'attendee-by-token:', 'access_token')
        remove_all(key_of('invitations', w.id), 'invitation', 'invitation-by-token:', 'token')
        redis.call('DEL', key, key_of('users', w.id), key_of('metrics', w.id), key_of('quality', w.id))
    end,
}

kinds.quality_removal = {
    take = function() return { session = take() } end,
    holds = function() return true end,
    apply = function(w) redis.call('DEL', key_of('quality', w.session)) end,
}

local writes = {}
for i = 1, tonumber(take()) do
    local kind = kinds[take()]
    local write = kind.take()
    if not kind.holds(write) then return i end
    writes[i] = { kind, write }
end
for _, write in ipairs(writes) do write[1].apply(write[2]) end
for _ = 1, tonumber(take()) do
    local cursor = redis.call('INCR', prefix .. 'cursor')
    redis.call('XADD', prefix .. 'events', cursor .. '-0', 'type', take(), 'at', take(), 'session_id', take(),
               'payload', take())
end
if operation ~= '' then
    redis.call('SET', operation_key, 'done', 'PX', kept)
    redis.call('ZADD', prefix .. 'operations', 0, operation_member)
end
return 0
)lua");
    return script;
}

const Script& settle_script() {
    static const Script script(R"lua(#!lua
if redis.call('GET', ARGV[1]) == 'done' then return 1 end
redis.call('SET', ARGV[1], ARGV[2], 'PX', ARGV[3])
return 0
)lua");
    return script;
}

}  // namespace televisit::storage_redis
