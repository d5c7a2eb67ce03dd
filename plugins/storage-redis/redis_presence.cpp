#include "redis_presence.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "failure.hpp"
#include "script.hpp"
#include "truth_text.hpp"

namespace televisit::storage_redis {
namespace {

using std::chrono::milliseconds;

/// Leases are kept so long after the latest was renewed: they tell who was there before all nodes ended.
constexpr std::string_view kLeasesKept = "86400000";

/// A late step is refused once its room was loaded again: the hash of the room has a field for each store that asked
/// so, with the number of its latest step then.
constexpr char kFence[] = "fence:";

/// A room that is nowhere yet has its fence for so many ms.
constexpr std::string_view kFenceKept = "600000";

/// More of them are not told apart: then every load is taken for one after a late step.
constexpr std::size_t kMostUnsettled = 100'000;

/// Room, number of the truth to be replaced, number and text of the next one, its time to live in ms, the room's name,
/// what the names of node indexes begin with, the field of the store's fence, the number of the step, when the room
/// expires, and the nodes that have stays. Gives nothing, or the text of the truth that stands (an empty one for none).
const Script& step() {
    static const Script script(R"lua(#!lua
local standing = redis.call('HMGET', ARGV[1], 'seq', 'truth', ARGV[8], 'nodes', 'expires')
if (standing[1] or '0') ~= ARGV[2] then return standing[2] or '' end
if standing[3] and tonumber(standing[3]) >= tonumber(ARGV[9]) then return standing[2] or '' end
local before = standing[4] and cmsgpack.unpack(standing[4]) or {}
local longer = standing[5] ~= ARGV[10]
local after = {}
for i = 11, #ARGV do
    local node = ARGV[i]
    after[node] = true
    if longer or not before[node] then
        local index = ARGV[7] .. node
        redis.call('SADD', index, ARGV[6])
        if redis.call('PTTL', index) < tonumber(ARGV[5]) then redis.call('PEXPIRE', index, ARGV[5]) end
    end
end
for node in pairs(before) do
    if not after[node] then redis.call('SREM', ARGV[7] .. node, ARGV[6]) end
end
redis.call('HSET', ARGV[1], 'seq', ARGV[3], 'truth', ARGV[4], 'nodes', cmsgpack.pack(after), 'expires', ARGV[10])
if longer then redis.call('PEXPIRE', ARGV[1], ARGV[5]) end
return false
)lua");
    return script;
}

/// Room, the field of the store's fence, the number of its latest step, how long a fence is kept. Gives the text of the
/// truth.
const Script& fenced_load() {
    static const Script script(R"lua(#!lua
redis.call('HSET', ARGV[1], ARGV[2], ARGV[3])
redis.call('PEXPIRE', ARGV[1], ARGV[4], 'NX')
return redis.call('HGET', ARGV[1], 'truth')
)lua");
    return script;
}

/// Index of a node, its name, what the keys of rooms begin with. Gives the names of its rooms; those that have expired
/// are dropped from the index.
const Script& rooms() {
    static const Script script(R"lua(#!lua
local found = {}
for _, room in ipairs(redis.call('SMEMBERS', ARGV[1])) do
    local nodes = redis.call('HGET', ARGV[3] .. room, 'nodes')
    if nodes and cmsgpack.unpack(nodes)[ARGV[2]] then
        found[#found + 1] = room
    else
        redis.call('SREM', ARGV[1], room)
    end
end
return found
)lua");
    return script;
}

/// Leases, node, until when, and how long leases are kept.
const Script& renewal() {
    static const Script script(R"lua(#!lua
redis.call('HSET', ARGV[1], ARGV[2], ARGV[3])
redis.call('PEXPIRE', ARGV[1], ARGV[4])
return false
)lua");
    return script;
}

Result<Truth> read_truth(const RoomId& room, std::string_view text, std::string_view doing) {
    if (text.empty()) return std::make_shared<const RoomPresence>(RoomPresence{.room = room});
    auto truth = truth_of(text);
    if (!truth || truth->room != room) return foreign_data(doing);
    return std::make_shared<const RoomPresence>(*std::move(truth));
}

/// The clocks of the nodes may differ from that of Redis, so it is told how long, not until when.
std::string time_to_live(Instant until, Instant now) {
    constexpr milliseconds kLeast{1};
    constexpr milliseconds kMost = std::chrono::hours{24 * 365};
    if (until <= now) return std::to_string(kLeast.count());
    if (until >= now + kMost) return std::to_string(kMost.count());
    return std::to_string(std::chrono::ceil<milliseconds>(until - now).count());
}

}  // namespace

RedisPresence::RedisPresence(ConnectionPool& pool, const Clock& clock, const std::string& prefix, std::string name)
    : pool_(pool),
      clock_(clock),
      room_prefix_(prefix + "room:"),
      node_prefix_(prefix + "node:"),
      leases_(prefix + "leases"),
      name_(std::move(name)) {}

bool RedisPresence::is_unsettled(const RoomId& room) {
    const std::lock_guard lock(mutex_);
    return unsettled_.size() >= kMostUnsettled || unsettled_.contains(room);
}

void RedisPresence::note_unsettled(const RoomId& room, std::uint64_t step) {
    const std::lock_guard lock(mutex_);
    if (unsettled_.size() < kMostUnsettled || unsettled_.contains(room)) unsettled_[room] = step;
}

void RedisPresence::note_settled(const RoomId& room, std::uint64_t latest) {
    const std::lock_guard lock(mutex_);
    if (const auto found = unsettled_.find(room); found != unsettled_.end() && found->second <= latest)
        unsettled_.erase(found);
}

Result<Truth> RedisPresence::load(const RoomId& room, const CallContext& context) {
    constexpr std::string_view kDoing = "load a room";
    const bool fenced = is_unsettled(room);
    // Steps that begin from now on are not concerned.
    const auto latest = steps_.load();
    return in_tries(pool_, context.deadline, kDoing, [&](Connection& connection) -> Result<Truth> {
        const auto key = key_of(room);
        const auto reply =
            fenced ? fenced_load().run(connection, {key, kFence + name_, std::to_string(latest), kFenceKept})
                   : connection.call({"HGET", key, "truth"});
        if (!reply.ok()) return failure(reply.failure, kDoing, Effect::read);
        if (fenced) note_settled(room, latest);
        return read_truth(room, reply.text, kDoing);
    });
}

Result<PresenceStep> RedisPresence::replace(const Truth& next, const CallContext& context) {
    constexpr std::string_view kDoing = "replace a room";
    auto connection = pool_.take(context.deadline, kDoing);
    if (!connection.ok()) return std::move(connection).error();
    const auto key = key_of(next->room);
    const auto from = std::to_string(next->seq - 1);
    const auto seq = std::to_string(next->seq);
    const auto text = to_text(*next);
    const auto alive = time_to_live(next->expires_at, clock_.now());
    const auto fence = kFence + name_;
    const auto count = ++steps_;
    const auto number = std::to_string(count);
    const auto expires = std::to_string(to_micros(next->expires_at));
    std::vector<std::string_view> words{key,          from,  seq,    text,   alive, next->room.view(),
                                        node_prefix_, fence, number, expires};
    std::set<std::string_view> nodes;
    for (const auto& stay : next->stays) nodes.insert(stay.node.view());
    words.insert(words.end(), nodes.begin(), nodes.end());
    const auto reply = step().run(**connection, words);
    if (!reply.ok()) {
        auto failed = failure(reply.failure, kDoing, Effect::unknown);
        if (failed.code == Errc::timeout) note_unsettled(next->room, count);
        return failed;
    }
    if (reply.is_nothing()) return PresenceStep{true, next};
    auto standing = read_truth(next->room, reply.text, kDoing);
    if (!standing.ok()) return std::move(standing).error();
    return PresenceStep{false, *std::move(standing)};
}

Result<std::vector<RoomId>> RedisPresence::rooms_of(const NodeId& node, const CallContext& context) {
    constexpr std::string_view kDoing = "find the rooms of a node";
    return in_tries(pool_, context.deadline, kDoing, [&](Connection& connection) -> Result<std::vector<RoomId>> {
        const auto reply = rooms().run(connection, {node_prefix_ + node.str(), node.view(), room_prefix_});
        if (!reply.ok()) return failure(reply.failure, kDoing, Effect::read);
        std::vector<RoomId> found;
        for (const auto& item : reply.items) found.emplace_back(item.text);
        return found;
    });
}

Result<void> RedisPresence::renew_lease(const NodeLease& lease, const CallContext& context) {
    return in_tries(pool_, context.deadline, "renew a lease", [&](Connection& connection) -> Result<void> {
        const auto until = std::to_string(to_micros(lease.until));
        const auto reply = renewal().run(connection, {leases_, lease.node.view(), until, kLeasesKept});
        if (!reply.ok()) return failure(reply.failure, "renew a lease", Effect::unknown);
        return {};
    });
}

Result<std::vector<NodeLease>> RedisPresence::leases(const CallContext& context) {
    return in_tries(pool_, context.deadline, "read leases",
                    [&](Connection& connection) -> Result<std::vector<NodeLease>> {
                        const auto reply = connection.call({"HGETALL", leases_});
                        if (!reply.ok()) return failure(reply.failure, "read leases", Effect::read);
                        std::vector<NodeLease> found;
                        for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2) {
                            const auto& digits = reply.items[i + 1].text;
                            std::int64_t micros = 0;
                            if (std::from_chars(digits.data(), digits.data() + digits.size(), micros).ec != std::errc())
                                return foreign_data("read leases");
                            found.push_back({NodeId(reply.items[i].text), from_micros(micros)});
                        }
                        return found;
                    });
}

Result<void> RedisPresence::drop_lease(const NodeId& node, const CallContext& context) {
    return in_tries(pool_, context.deadline, "drop a lease", [&](Connection& connection) -> Result<void> {
        const auto reply = connection.call({"HDEL", leases_, node.view()});
        if (!reply.ok()) return failure(reply.failure, "drop a lease", Effect::unknown);
        return {};
    });
}

}  // namespace televisit::storage_redis
