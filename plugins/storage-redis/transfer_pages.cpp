/// Handing out all records.
#include <algorithm>
#include <charconv>

#include "commit_script.hpp"
#include "lookup.hpp"
#include "packed.hpp"
#include "redis_transfer.hpp"
#include "transfer_failure.hpp"

namespace televisit::storage_redis {
namespace {

constexpr std::size_t kSessionsAtOnce = 100;
/// A page may be short, or empty, but it does not take for ever.
constexpr std::size_t kSessionsVisited = 2'000;

/// Key of a list in order, the member after which to begin (empty: at the first), how many at most, what the keys of
/// records begin with, names of fields.
const Script& by_list_after() {
    static const Script script(R"lua(#!lua flags=no-writes
local records = {}
local first = ARGV[2] == '' and '-' or '(' .. ARGV[2]
for i, member in ipairs(redis.call('ZRANGEBYLEX', ARGV[1], first, '+', 'LIMIT', 0, ARGV[3])) do
    records[i] = redis.call('HMGET', ARGV[4] .. string.sub(member, 17), unpack(ARGV, 5))
end
return records
)lua");
    return script;
}

/// Keys of operations: for each whether it is done, and when Redis drops it, in ms since 1970.
const Script& operations_script() {
    static const Script script(R"lua(#!lua flags=no-writes
local found = {}
for i, key in ipairs(ARGV) do found[i] = { redis.call('GET', key), redis.call('PEXPIRETIME', key) } end
return found
)lua");
    return script;
}

template <class Number>
Number number_of(std::string_view digits) {
    Number number{};
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

/// In which session a page ended, and after what of it.
struct SessionPlace {
    std::string session{};  ///< its member in the list of sessions
    std::string inner{};

    static SessionPlace parse(const std::string& text) {
        if (text.empty()) return {};
        PackedReader in(text);
        SessionPlace place;
        place.session = in.text();
        place.inner = in.text();
        return in.complete() ? place : SessionPlace{};
    }
    std::string text() const { return PackedWriter().text(session).text(inner).take(); }
};

constexpr std::size_t kInstantDigits = 16;

std::string id_in(const std::string& member) {
    return member.size() < kInstantDigits ? std::string() : member.substr(kInstantDigits);
}

}  // namespace

Result<RecordPage> RedisTransfer::page(RecordKind kind, const std::string& place, std::size_t limit,
                                       const CallContext& context) {
    connection_->work_until(context.deadline);
    switch (kind) {
        case RecordKind::session:
            return session_page(place, limit);
        case RecordKind::attendee:
        case RecordKind::invitation:
        case RecordKind::metrics:
        case RecordKind::quality:
            return belongings_page(kind, place, limit);
        case RecordKind::idempotency:
        case RecordKind::operation:
            return listed_page(kind, place, limit);
        case RecordKind::event:
            return event_page(place, limit);
    }
    return RecordPage{};
}

Result<RecordPage> RedisTransfer::session_page(const std::string& place, std::size_t limit) {
    const auto list = prefix_ + "sessions";
    const auto records = key("session", "");
    const auto most = std::to_string(limit);
    const auto reply = by_list_after().run(*connection_, with_names<SessionRecord>({list, place, most, records}));
    if (!reply.ok()) return told(reply, Effect::read);
    auto found = records_of<SessionRecord>(reply.items.begin(), reply.items.end(), "read");
    if (!found.ok()) return told(std::move(found).error());
    RecordPage page;
    if (found->size() == limit) page.next = member(found->back().created_at, found->back().id.view());
    for (auto& record : *found) page.records.emplace_back(std::move(record));
    return page;
}

Result<std::vector<std::string>> RedisTransfer::sessions_after(const std::string& member) {
    const auto list = prefix_ + "sessions";
    const auto first = member.empty() ? "-" : "(" + member;
    const auto reply =
        connection_->call({"ZRANGEBYLEX", list, first, "+", "LIMIT", "0", std::to_string(kSessionsAtOnce)});
    if (!reply.ok()) return told(reply, Effect::read);
    std::vector<std::string> members;
    for (const auto& item : reply.items) members.push_back(item.text);
    return members;
}

Result<RecordPage> RedisTransfer::belongings_page(RecordKind kind, const std::string& place, std::size_t limit) {
    auto at = SessionPlace::parse(place);
    RecordPage page;
    const auto visit = [&]() -> Result<void> {
        auto inner = add_belongings(kind, id_in(at.session), at.inner, limit - page.records.size(), page.records);
        if (!inner.ok()) return inner.error();
        at.inner = *std::move(inner);
        return {};
    };
    if (!at.session.empty())
        if (const auto done = visit(); !done) return done.error();
    for (std::size_t visited = 0; visited < kSessionsVisited && page.records.size() < limit;) {
        const auto members = sessions_after(at.session);
        if (!members.ok()) return members.error();
        if (members->empty()) return page;
        for (const auto& member : *members) {
            at = {member, {}};
            ++visited;
            if (const auto done = visit(); !done) return done.error();
            if (page.records.size() == limit) break;
        }
    }
    page.next = at.text();
    return page;
}

/// Gives after what to go on.
Result<std::string> RedisTransfer::add_belongings(RecordKind kind, const std::string& session, const std::string& after,
                                                  std::size_t limit, std::vector<StoredRecord>& records) {
    if (kind == RecordKind::quality) return add_samples(session, after, limit, records);
    const auto most = std::to_string(limit);
    std::string last = after;
    const auto take = [&]<class Record>(const Reply& reply, std::type_identity<Record>) -> Result<std::string> {
        if (!reply.ok()) return told(reply, Effect::read);
        auto found = records_of<Record>(reply.items.begin(), reply.items.end(), "read");
        if (!found.ok()) return told(std::move(found).error());
        for (auto& record : *found) {
            if constexpr (requires { record.version; }) last = member(record.created_at, record.id.view());
            records.emplace_back(std::move(record));
        }
        return last;
    };
    if (kind == RecordKind::attendee) {
        const auto list = key("attendees", session);
        const auto keys = key("attendee", "");
        return take(by_list_after().run(*connection_, with_names<AttendeeRecord>({list, after, most, keys})),
                    std::type_identity<AttendeeRecord>{});
    }
    if (kind == RecordKind::invitation) {
        const auto list = key("invitations", session);
        const auto keys = key("invitation", "");
        return take(by_list_after().run(*connection_, with_names<InvitationRecord>({list, after, most, keys})),
                    std::type_identity<InvitationRecord>{});
    }
    // There is one at most.
    if (!after.empty()) return after;
    const auto name = key("metrics", session);
    Reply all;
    all.items.push_back(connection_->call(with_names<MetricsRecord>({"HMGET", name})));
    all.failure = all.items[0].failure;
    last = "1";
    return take(all, std::type_identity<MetricsRecord>{});
}

Result<std::string> RedisTransfer::add_samples(const std::string& session, const std::string& after, std::size_t limit,
                                               std::vector<StoredRecord>& records) {
    auto number = number_of<std::uint64_t>(after);
    const auto end = number + limit;
    if (limit == 0) return after;
    const auto reply =
        connection_->call({"LRANGE", key("quality", session), std::to_string(number), std::to_string(end - 1)});
    if (!reply.ok()) return told(reply, Effect::read);
    for (const auto& item : reply.items) {
        auto sample = sample_of(SessionId(session), item.text);
        if (!sample) return told(foreign_data("read"));
        records.emplace_back(StoredQuality{*std::move(sample), number++});
    }
    return std::to_string(number);
}

Result<RecordPage> RedisTransfer::listed_page(RecordKind kind, const std::string& place, std::size_t limit) {
    const bool operations = kind == RecordKind::operation;
    const auto list = prefix_ + (operations ? "operations" : "idempotency-keys");
    const auto reply = connection_->call(
        {"ZRANGEBYLEX", list, place.empty() ? "-" : "(" + place, "+", "LIMIT", "0", std::to_string(limit)});
    if (!reply.ok()) return told(reply, Effect::read);
    std::vector<std::string> members;
    for (const auto& item : reply.items) members.push_back(item.text);
    RecordPage page;
    if (members.size() == limit && limit > 0) page.next = members.back();
    const auto added = operations ? add_operations(members, page.records) : add_idempotency(members, page.records);
    if (!added) return added.error();
    return page;
}

Result<void> RedisTransfer::add_idempotency(const std::vector<std::string>& members,
                                            std::vector<StoredRecord>& records) {
    for (const auto& place : members) {
        const auto name = key("idempotency", id_in(place));
        const auto reply = connection_->call(with_names<IdempotencyRecord>({"HMGET", name}));
        if (!reply.ok()) return told(reply, Effect::read);
        if (reply.items.empty() || reply.items[0].is_nothing()) continue;
        auto record = record_of<IdempotencyRecord>(reply.items);
        if (!record) return told(foreign_data("read"));
        // Else it has expired, and the key was used again.
        if (member(record->expires_at, record->key_hash) == place) records.emplace_back(*std::move(record));
    }
    return {};
}

Result<void> RedisTransfer::add_operations(const std::vector<std::string>& members,
                                           std::vector<StoredRecord>& records) {
    if (members.empty()) return {};
    std::vector<std::string> keys;
    for (const auto& place : members) keys.push_back(key("operation", id_in(place)));
    const auto reply = operations_script().run(*connection_, WordList(keys.begin(), keys.end()));
    if (!reply.ok() || reply.items.size() != keys.size()) return told(reply, Effect::read);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto& [value, expires] = std::pair(reply.items[i].items.at(0), reply.items[i].items.at(1));
        // Else it has expired.
        if (value.text != "done") continue;
        const std::chrono::milliseconds at{expires.integer - number_of<std::int64_t>(kOperationsKept)};
        records.emplace_back(StoredOperation{OperationId(id_in(members[i])), Instant(at)});
    }
    return {};
}

Result<RecordPage> RedisTransfer::event_page(const std::string& place, std::size_t limit) {
    const auto first = "(" + (place.empty() ? "0" : place) + "-0";
    const auto reply = connection_->call({"XRANGE", prefix_ + "events", first, "+", "COUNT", std::to_string(limit)});
    if (!reply.ok()) return told(reply, Effect::read);
    RecordPage page;
    for (const auto& entry : reply.items) {
        auto event = event_of(entry);
        if (!event) return told(foreign_data("read"));
        page.records.emplace_back(*std::move(event));
    }
    if (page.records.size() == limit) page.next = std::to_string(std::get<OutboxEvent>(page.records.back()).cursor);
    return page;
}

}  // namespace televisit::storage_redis
