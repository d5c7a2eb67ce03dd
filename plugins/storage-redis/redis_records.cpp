#include "redis_records.hpp"

#include <algorithm>

#include "commit_script.hpp"
#include "failure.hpp"
#include "lookup.hpp"

namespace televisit::storage_redis {
namespace {

/// So many go in one step of pruning.
constexpr std::string_view kPrunedAtOnce = "500";

const Script& form_script() {
    static const Script script(R"lua(#!lua
local form = redis.call('GET', ARGV[1])
if form then return form end
redis.call('SET', ARGV[1], ARGV[2])
return ARGV[2]
)lua");
    return script;
}

/// Events, an instant, how many at most. Removes those before the instant that come before all later ones, and gives
/// how many.
const Script& pruning() {
    static const Script script(R"lua(#!lua
local gone = 0
for _, event in ipairs(redis.call('XRANGE', ARGV[1], '-', '+', 'COUNT', ARGV[3])) do
    if tonumber(event[2][4]) >= tonumber(ARGV[2]) then break end
    gone = gone + redis.call('XDEL', ARGV[1], event[1])
end
return gone
)lua");
    return script;
}

/// List in order, the member before which it is pruned, what the keys of its members begin with, how many at most,
/// whether a key tells its member: one that Redis has dropped may have been used again, and is listed elsewhere then.
/// Gives how many have gone.
const Script& list_pruning() {
    static const Script script(R"lua(#!lua
local members = redis.call('ZRANGEBYLEX', ARGV[1], '-', '(' .. ARGV[2], 'LIMIT', 0, ARGV[4])
for _, member in ipairs(members) do
    local key = ARGV[3] .. string.sub(member, 17)
    if ARGV[5] == '' or redis.call('HGET', key, 'in_list') == member then redis.call('DEL', key) end
    redis.call('ZREM', ARGV[1], member)
end
return #members
)lua");
    return script;
}

std::vector<std::string_view> views_of(const std::vector<std::string>& words) {
    return {words.begin(), words.end()};
}

}  // namespace

std::string RedisRecords::key(std::string_view kind, std::string_view id) const {
    std::string name = prefix_;
    return name.append(kind).append(":").append(id);
}

std::string RedisRecords::next_stamp() {
    const auto now = to_micros(clock_.now());
    auto latest = latest_stamp_.load();
    while (!latest_stamp_.compare_exchange_weak(latest, std::max(latest + 1, now))) {
    }
    return std::to_string(std::max(latest + 1, now));
}

Result<void> check_form(ConnectionPool& pool, const std::string& prefix, SteadyTime deadline) {
    return look_up(
        pool, deadline, "open",
        [&](Connection& connection) {
            return form_script().run(connection, {prefix + "form", kRecordsForm});
        },
        [](const Reply& reply) -> Result<void> {
            if (reply.text == kRecordsForm) return {};
            auto refused = error(Errc::conflict, "these records were written by another version of the server");
            if (reply.text == kUnfinishedCopy) {
                refused.detail = kUnfinishedCopyHelp;
                return refused;
            }
            refused.detail = "they have form " + reply.text + ", this version knows " + std::string(kRecordsForm);
            return refused;
        });
}

Result<CommitOutcome> RedisRecords::commit(const RecordBatch& batch, const CallContext& context) {
    constexpr std::string_view kDoing = "commit";
    const auto words = commit_words(batch, {prefix_, next_stamp(), quality_kept_});
    const auto views = views_of(words);
    std::optional<Error> unknown;
    for (;;) {
        auto connection = pool_.take(context.deadline, kDoing);
        if (!connection.ok()) return unknown ? *unknown : std::move(connection).error();
        const auto reply = commit_script().run(**connection, views);
        if (reply.ok()) {
            if (reply.integer == 0) return CommitOutcome{true, 0};
            return CommitOutcome{false, static_cast<std::size_t>(reply.integer - 1)};
        }
        auto failed = failure(reply.failure, kDoing, Effect::unknown);
        // The operation id makes it safe to send it again: should it have taken place, Redis says so.
        if (unknown || reply.failure != kLost || batch.operation.empty())
            return unknown && failed.code == Errc::unavailable ? *unknown : failed;
        unknown = std::move(failed);
    }
}

Result<bool> RedisRecords::was_committed(const OperationId& operation, const CallContext& context) {
    return look_up(
        pool_, context.deadline, "was_committed",
        [&](Connection& connection) {
            return settle_script().run(connection, {key("operation", operation.view()), next_stamp(), kOperationsKept});
        },
        [](const Reply& reply) -> Result<bool> { return reply.integer == 1; });
}

Result<void> RedisRecords::prune(Instant before, const CallContext& context) {
    const auto until_none = [&](const Script& script, std::initializer_list<std::string_view> words) -> Result<void> {
        for (;;) {
            const auto gone = look_up(
                pool_, context.deadline, "prune", [&](Connection& connection) { return script.run(connection, words); },
                [](const Reply& reply) -> Result<std::int64_t> { return reply.integer; });
            if (!gone.ok()) return gone.error();
            if (*gone == 0) return {};
        }
    };
    const auto first_kept = sortable(before);
    struct List {
        const char* name;
        const char* kind;
        std::string_view members_are_told;
    };
    for (const auto& [name, kind, told] :
         {List{"operations", "operation", ""}, {"idempotency-keys", "idempotency", "yes"}})
        if (auto done = until_none(list_pruning(), {prefix_ + name, first_kept, key(kind, ""), kPrunedAtOnce, told});
            !done)
            return done;
    return until_none(pruning(), {prefix_ + "events", std::to_string(to_micros(before)), kPrunedAtOnce});
}

}  // namespace televisit::storage_redis
