#include <array>
#include <charconv>

#include "lookup.hpp"
#include "redis_records.hpp"
#include "script.hpp"

namespace televisit::storage_redis {
namespace {

/// Key of a pointer, what the keys of records begin with, names of fields.
const Script& by_pointer() {
    static const Script script(R"lua(#!lua flags=no-writes
local id = redis.call('GET', ARGV[1])
return id and { redis.call('HMGET', ARGV[2] .. id, unpack(ARGV, 3)) } or {}
)lua");
    return script;
}

/// Key of a hash of pointers, its field, what the keys of records begin with, names of fields.
const Script& by_field() {
    static const Script script(R"lua(#!lua flags=no-writes
local id = redis.call('HGET', ARGV[1], ARGV[2])
return id and { redis.call('HMGET', ARGV[3] .. id, unpack(ARGV, 4)) } or {}
)lua");
    return script;
}

/// Key of a list in order, its last member, how many at most (-1 for all), what the keys of records begin with, names
/// of fields.
const Script& by_list() {
    static const Script script(R"lua(#!lua flags=no-writes
local records = {}
for i, member in ipairs(redis.call('ZRANGEBYLEX', ARGV[1], '-', ARGV[2], 'LIMIT', 0, ARGV[3])) do
    records[i] = redis.call('HMGET', ARGV[4] .. string.sub(member, 17), unpack(ARGV, 5))
end
return records
)lua");
    return script;
}

constexpr std::string_view kAll = "-1";
constexpr std::string_view kToTheEnd = "+";

}  // namespace

Result<std::optional<SessionRecord>> RedisRecords::session(const SessionId& id, const CallContext& context) {
    return read_hash<SessionRecord>(pool_, context.deadline, "session", key("session", id.view()));
}

Result<std::optional<SessionRecord>> RedisRecords::session_by_room(const RoomId& room, const CallContext& context) {
    const auto pointer = key("session-by-room", room.view());
    const auto records = key("session", "");
    return read_one<SessionRecord>(pool_, context.deadline, "session_by_room", [&](Connection& connection) {
        return by_pointer().run(connection, with_names<SessionRecord>({pointer, records}));
    });
}

Result<std::optional<SessionRecord>> RedisRecords::session_by_token(const TokenHash& token,
                                                                    const CallContext& context) {
    const auto pointer = key("session-by-token", token);
    const auto records = key("session", "");
    return read_one<SessionRecord>(pool_, context.deadline, "session_by_token", [&](Connection& connection) {
        return by_pointer().run(connection, with_names<SessionRecord>({pointer, records}));
    });
}

Result<std::vector<SessionRecord>> RedisRecords::due(Instant now, std::size_t limit, const CallContext& context) {
    const auto list = prefix_ + "due";
    const auto last = now == Instant::max() ? std::string(kToTheEnd) : "(" + sortable(now + Duration{1});
    const auto most = std::to_string(limit);
    const auto records = key("session", "");
    return read_all<SessionRecord>(pool_, context.deadline, "due", [&](Connection& connection) {
        return by_list().run(connection, with_names<SessionRecord>({list, last, most, records}));
    });
}

Result<std::optional<AttendeeRecord>> RedisRecords::attendee(const SessionId& session, const UserId& user,
                                                             const CallContext& context) {
    const auto users = key("users", session.view());
    const auto records = key("attendee", "");
    return read_one<AttendeeRecord>(pool_, context.deadline, "attendee", [&](Connection& connection) {
        return by_field().run(connection, with_names<AttendeeRecord>({users, user.view(), records}));
    });
}

Result<std::optional<AttendeeRecord>> RedisRecords::attendee_by_token(const TokenHash& access_token,
                                                                      const CallContext& context) {
    const auto pointer = key("attendee-by-token", access_token);
    const auto records = key("attendee", "");
    return read_one<AttendeeRecord>(pool_, context.deadline, "attendee_by_token", [&](Connection& connection) {
        return by_pointer().run(connection, with_names<AttendeeRecord>({pointer, records}));
    });
}

Result<std::vector<AttendeeRecord>> RedisRecords::attendees(const SessionId& session, const CallContext& context) {
    const auto list = key("attendees", session.view());
    const auto records = key("attendee", "");
    return read_all<AttendeeRecord>(pool_, context.deadline, "attendees", [&](Connection& connection) {
        return by_list().run(connection, with_names<AttendeeRecord>({list, kToTheEnd, kAll, records}));
    });
}

Result<std::optional<InvitationRecord>> RedisRecords::invitation(const InvitationId& id, const CallContext& context) {
    return read_hash<InvitationRecord>(pool_, context.deadline, "invitation", key("invitation", id.view()));
}

Result<std::optional<InvitationRecord>> RedisRecords::invitation_by_token(const TokenHash& token,
                                                                          const CallContext& context) {
    const auto pointer = key("invitation-by-token", token);
    const auto records = key("invitation", "");
    return read_one<InvitationRecord>(pool_, context.deadline, "invitation_by_token", [&](Connection& connection) {
        return by_pointer().run(connection, with_names<InvitationRecord>({pointer, records}));
    });
}

Result<std::vector<InvitationRecord>> RedisRecords::invitations(const SessionId& session, const CallContext& context) {
    const auto list = key("invitations", session.view());
    const auto records = key("invitation", "");
    return read_all<InvitationRecord>(pool_, context.deadline, "invitations", [&](Connection& connection) {
        return by_list().run(connection, with_names<InvitationRecord>({list, kToTheEnd, kAll, records}));
    });
}

Result<std::optional<MetricsRecord>> RedisRecords::metrics(const SessionId& session, const CallContext& context) {
    return read_hash<MetricsRecord>(pool_, context.deadline, "metrics", key("metrics", session.view()));
}

Result<std::vector<QualityRecord>> RedisRecords::quality(const SessionId& session, std::size_t limit,
                                                         const CallContext& context) {
    if (limit == 0) return std::vector<QualityRecord>{};
    return look_up(
        pool_, context.deadline, "quality",
        [&](Connection& connection) {
            return connection.call({"LRANGE", key("quality", session.view()), "-" + std::to_string(limit), "-1"});
        },
        [&](const Reply& reply) -> Result<std::vector<QualityRecord>> {
            std::vector<QualityRecord> samples;
            for (const auto& item : reply.items) {
                auto sample = sample_of(session, item.text);
                if (!sample) return foreign_data("quality");
                samples.push_back(*std::move(sample));
            }
            return samples;
        });
}

Result<std::optional<IdempotencyRecord>> RedisRecords::idempotency(const std::string& key_hash, Instant now,
                                                                   const CallContext& context) {
    auto found = read_hash<IdempotencyRecord>(pool_, context.deadline, "idempotency", key("idempotency", key_hash));
    if (found.ok() && *found && (*found)->expires_at <= now) return std::optional<IdempotencyRecord>{};
    return found;
}

Result<std::vector<OutboxEvent>> RedisRecords::events(std::uint64_t after, std::size_t limit,
                                                      const CallContext& context) {
    if (limit == 0) return std::vector<OutboxEvent>{};
    // Of a number there is one entry.
    const auto first = "(" + std::to_string(after) + "-0";
    return look_up(
        pool_, context.deadline, "events",
        [&](Connection& connection) {
            return connection.call({"XRANGE", prefix_ + "events", first, "+", "COUNT", std::to_string(limit)});
        },
        [](const Reply& reply) -> Result<std::vector<OutboxEvent>> {
            std::vector<OutboxEvent> events;
            for (const auto& entry : reply.items) {
                auto event = event_of(entry);
                if (!event) return foreign_data("events");
                events.push_back(*std::move(event));
            }
            return events;
        });
}

}  // namespace televisit::storage_redis
