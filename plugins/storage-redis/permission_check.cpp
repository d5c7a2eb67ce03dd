#include "permission_check.hpp"

#include "failure.hpp"
#include "script.hpp"

namespace televisit::storage_redis {
namespace {

/// What keys begin with. Gives the commands that are refused. The order is such that each finds the type it expects.
const Script& trial() {
    static const Script script(R"lua(#!lua
local refused = {}
local function try(command, ...)
    local reply = redis.pcall(command, ...)
    if type(reply) == 'table' and reply.err then refused[#refused + 1] = '+' .. string.lower(command) end
end
local key = ARGV[1] .. 'trial'
try('DEL', key)
try('SET', key, '1', 'PX', '60000')
try('GET', key)
try('EXISTS', key)
try('PEXPIRE', key, '60000')
try('PTTL', key)
try('INCR', key)
try('DEL', key)
try('HSET', key, 'a', '1')
try('HGET', key, 'a')
try('HMGET', key, 'a')
try('HGETALL', key)
try('HDEL', key, 'a')
try('DEL', key)
try('SADD', key, 'a')
try('SMEMBERS', key)
try('SREM', key, 'a')
try('DEL', key)
try('ZADD', key, '0', 'a')
try('ZRANGE', key, '0', '-1')
try('ZRANGEBYLEX', key, '-', '+')
try('ZREVRANGEBYLEX', key, '+', '-')
try('ZREM', key, 'a')
try('DEL', key)
try('RPUSH', key, 'a')
try('LRANGE', key, '0', '-1')
try('LTRIM', key, '0', '-1')
try('DEL', key)
try('XADD', key, '1-0', 'a', '1')
try('XRANGE', key, '-', '+')
try('XDEL', key, '1-0')
try('DEL', key)
return refused
)lua");
    return script;
}

}  // namespace

Result<void> check_permissions(ConnectionPool& pool, const std::string& prefix, SteadyTime deadline) {
    const auto connection = pool.take(deadline, "start");
    if (!connection.ok()) return connection.error();
    const auto reply = trial().run(**connection, {prefix});
    if (reply.failure == "NOPERM") return unfit_server("the user needs `+evalsha` and `+eval`");
    if (!reply.ok()) return failure(reply.failure, "start", Effect::read);
    if (reply.items.empty()) return {};
    std::string lacking;
    for (const auto& command : reply.items)
        if (lacking.find("`" + command.text + "`") == std::string::npos) lacking += " `" + command.text + "`";
    return unfit_server("on keys that begin with `" + prefix + "` the user may not use" + lacking);
}

}  // namespace televisit::storage_redis
