#include "redis_transfer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>

#include "commit_script.hpp"
#include "lookup.hpp"
#include "redis_records.hpp"
#include "transfer_failure.hpp"

namespace televisit::storage_redis {
namespace {

/// What the keys of records are called after the prefix. The form and the cursor stay when records are erased, and so
/// does who is in which room.
constexpr std::array<std::string_view, 5> kNames{"sessions", "due", "events", "operations", "idempotency-keys"};
constexpr std::array<std::string_view, 16> kBeginnings{
    "session:",     "attendee:",    "invitation:",        "metrics:",
    "users:",       "quality:",     "session-by-room:",   "session-by-token:",
    "sessions-of:", "sessions-in:", "attendees:",         "invitations:",
    "idempotency:", "operation:",   "attendee-by-token:", "invitation-by-token:"};

bool is_of_records(std::string_view name) {
    return std::ranges::find(kNames, name) != kNames.end() ||
           std::ranges::any_of(kBeginnings, [&](std::string_view beginning) { return name.starts_with(beginning); });
}

const Script& known_keys() {
    static const Script script(R"lua(#!lua flags=no-writes
local known = {}
for i, key in ipairs(ARGV) do known[i] = redis.call('EXISTS', key) end
return known
)lua");
    return script;
}

/// The list of operations, then for each its key, when Redis is to drop it, in ms since 1970, and its member of the
/// list.
const Script& operations_put() {
    static const Script script(R"lua(#!lua
for i = 2, #ARGV, 3 do
    if redis.call('SET', ARGV[i], 'done', 'NX', 'PXAT', ARGV[i + 1]) then
        redis.call('ZADD', ARGV[1], 0, ARGV[i + 2])
    end
end
return 0
)lua");
    return script;
}

/// The key of the cursor, that of the events, then for each event cursor, type, instant, session and payload.
const Script& events_put() {
    static const Script script(R"lua(#!lua
local last = tonumber(redis.call('GET', ARGV[1]) or '0')
for i = 3, #ARGV, 5 do
    local id = ARGV[i] .. '-0'
    if #redis.call('XRANGE', ARGV[2], id, id) == 0 then
        redis.call('XADD', ARGV[2], id, 'type', ARGV[i + 1], 'at', ARGV[i + 2], 'session_id', ARGV[i + 3], 'payload',
                   ARGV[i + 4])
    end
    if tonumber(ARGV[i]) > last then
        last = tonumber(ARGV[i])
        redis.call('SET', ARGV[1], ARGV[i])
    end
end
return 0
)lua");
    return script;
}

const Script& cursor_raised() {
    static const Script script(R"lua(#!lua
if tonumber(redis.call('GET', ARGV[1]) or '0') < tonumber(ARGV[2]) then redis.call('SET', ARGV[1], ARGV[2]) end
return 0
)lua");
    return script;
}

Instant this_moment() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

Error misfit() {
    return error(Errc::conflict, "Redis: a record does not fit those that are there");
}

}  // namespace

std::string RedisTransfer::key(std::string_view kind, std::string_view id) const {
    std::string name = prefix_;
    return name.append(kind).append(":").append(id);
}

Result<void> RedisTransfer::connect(bool durable, const CallContext& context) {
    auto settings = settings_;
    settings.durable = durable;
    auto connection = Connection::open(settings, context.deadline);
    if (!connection.ok()) return told(std::move(connection).error());
    connection_ = std::move(*connection);
    connection_->work_until(context.deadline);
    const auto form = prefix_ + "form";
    if (durable)
        if (const auto made = connection_->call({"SET", form, kRecordsForm, "NX"}); !made.ok())
            return told(made, Effect::unknown);
    const auto found = connection_->call({"GET", form});
    if (!found.ok()) return told(found, Effect::read);
    if (found.is_nothing() || found.text == kRecordsForm) return {};
    if (found.text == kUnfinishedCopy)
        return durable ? Result<void>{} : error(Errc::conflict, std::string("Redis: ") + kUnfinishedCopyHelp);
    return error(Errc::conflict,
                 "Redis: these records have form " + found.text + ", this version knows " + std::string(kRecordsForm));
}

Result<void> RedisTransfer::open_source(const CallContext& context) {
    return connect(false, context);
}

Result<void> RedisTransfer::open_target(const CallContext& context) {
    return connect(true, context);
}

Result<void> RedisTransfer::set_form(std::string_view form, const CallContext& context) {
    connection_->work_until(context.deadline);
    const auto reply = connection_->call({"SET", prefix_ + "form", form});
    return reply.ok() ? Result<void>{} : told(reply, Effect::unknown);
}

Result<void> RedisTransfer::begin(const CallContext& context) {
    return set_form(kUnfinishedCopy, context);
}

Result<void> RedisTransfer::finish(const CallContext& context) {
    return set_form(kRecordsForm, context);
}

Result<bool> RedisTransfer::empty(const CallContext& context) {
    for (const auto kind : {RecordKind::session, RecordKind::event, RecordKind::idempotency, RecordKind::operation}) {
        std::string place;
        do {
            auto found = page(kind, place, 1, context);
            if (!found.ok()) return found.error();
            if (!found->records.empty()) return false;
            place = std::move(found->next);
        } while (!place.empty());
    }
    return true;
}

Result<void> RedisTransfer::put(const std::vector<StoredRecord>& records, const CallContext& context) {
    connection_->work_until(context.deadline);
    const auto lacking = missing(records);
    if (!lacking.ok()) return lacking.error();
    if (const auto done = put_missing(*lacking); !done) return done;
    if (const auto done = put_operations(records); !done) return done;
    return put_events(records);
}

/// Those that one script puts, without those that are there. Nobody else writes meanwhile.
Result<std::vector<StoredRecord>> RedisTransfer::missing(const std::vector<StoredRecord>& records) {
    std::vector<std::string> keys;
    std::vector<StoredRecord> wanted;
    std::vector<StoredRecord> lacking;
    std::map<std::string, std::uint64_t> samples;
    const auto want = [&](std::string name, const StoredRecord& record) {
        keys.push_back(std::move(name));
        wanted.push_back(record);
    };
    for (const auto& record : records) {
        if (const auto* session = std::get_if<SessionRecord>(&record)) want(key("session", session->id.view()), record);
        if (const auto* person = std::get_if<AttendeeRecord>(&record)) want(key("attendee", person->id.view()), record);
        if (const auto* way_in = std::get_if<InvitationRecord>(&record))
            want(key("invitation", way_in->id.view()), record);
        if (const auto* usage = std::get_if<MetricsRecord>(&record))
            want(key("metrics", usage->session.view()), record);
        if (const auto* known = std::get_if<IdempotencyRecord>(&record))
            want(key("idempotency", known->key_hash), record);
        const auto* sample = std::get_if<StoredQuality>(&record);
        if (!sample) continue;
        const auto of = key("quality", sample->record.session.view());
        if (!samples.contains(of)) {
            const auto length = connection_->call({"LLEN", of});
            if (!length.ok()) return told(length, Effect::read);
            samples[of] = static_cast<std::uint64_t>(length.integer);
        }
        if (sample->number < samples[of]) continue;
        if (sample->number > samples[of])
            return error(Errc::conflict, "a quality sample lacks those before it: copy again from the beginning");
        ++samples[of];
        lacking.push_back(record);
    }
    if (keys.empty()) return lacking;
    const auto known = known_keys().run(*connection_, WordList(keys.begin(), keys.end()));
    if (!known.ok() || known.items.size() != keys.size()) return told(known, Effect::read);
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (known.items[i].integer == 0) lacking.push_back(std::move(wanted[i]));
    return lacking;
}

Result<void> RedisTransfer::put_missing(const std::vector<StoredRecord>& records) {
    if (records.empty()) return {};
    const auto words = put_words(records, this_moment(), prefix_);
    const auto reply = commit_script().run(*connection_, WordList(words.begin(), words.end()));
    if (!reply.ok()) return told(reply, Effect::unknown);
    if (reply.integer != 0) return misfit();
    return {};
}

Result<void> RedisTransfer::put_operations(const std::vector<StoredRecord>& records) {
    const std::chrono::milliseconds kept{std::stoll(kOperationsKept)};
    std::vector<std::string> words{prefix_ + "operations"};
    for (const auto& record : records) {
        const auto* operation = std::get_if<StoredOperation>(&record);
        // What would be dropped at once is not kept.
        if (!operation || operation->at + kept <= this_moment()) continue;
        words.push_back(key("operation", operation->id.view()));
        const auto until = std::chrono::floor<std::chrono::milliseconds>(operation->at) + kept;
        words.push_back(std::to_string(until.time_since_epoch().count()));
        words.push_back(member(operation->at, operation->id.view()));
    }
    if (words.size() == 1) return {};
    const auto reply = operations_put().run(*connection_, WordList(words.begin(), words.end()));
    return reply.ok() ? Result<void>{} : told(reply, Effect::unknown);
}

Result<void> RedisTransfer::put_events(const std::vector<StoredRecord>& records) {
    std::vector<std::string> words{prefix_ + "cursor", prefix_ + "events"};
    const auto before = words.size();
    for (const auto& record : records) {
        const auto* event = std::get_if<OutboxEvent>(&record);
        if (!event) continue;
        words.insert(words.end(), {std::to_string(event->cursor), event->type, std::to_string(to_micros(event->at)),
                                   event->session.str(), event->payload});
    }
    if (words.size() == before) return {};
    const auto reply = events_put().run(*connection_, WordList(words.begin(), words.end()));
    return reply.ok() ? Result<void>{} : told(reply, Effect::unknown);
}

Result<std::uint64_t> RedisTransfer::last_cursor(const CallContext& context) {
    connection_->work_until(context.deadline);
    const auto reply = connection_->call({"GET", prefix_ + "cursor"});
    if (!reply.ok()) return told(reply, Effect::read);
    return reply.is_nothing() ? std::uint64_t{0} : std::uint64_t{std::stoull(reply.text)};
}

Result<void> RedisTransfer::skip_cursors(std::uint64_t last, const CallContext& context) {
    connection_->work_until(context.deadline);
    const auto reply = cursor_raised().run(*connection_, {prefix_ + "cursor", std::to_string(last)});
    return reply.ok() ? Result<void>{} : told(reply, Effect::unknown);
}

Result<void> RedisTransfer::erase(const CallContext& context) {
    connection_->work_until(context.deadline);
    std::string cursor = "0";
    do {
        const auto found = connection_->call({"SCAN", cursor, "COUNT", "1000"});
        if (!found.ok() || found.items.size() != 2) return told(found, Effect::unknown);
        WordList unlink{"UNLINK"};
        for (const auto& item : found.items[1].items) {
            const std::string_view name = item.text;
            if (name.starts_with(prefix_) && is_of_records(name.substr(prefix_.size()))) unlink.push_back(name);
        }
        if (unlink.size() > 1)
            if (const auto gone = connection_->call(unlink); !gone.ok()) return told(gone, Effect::unknown);
        cursor = found.items[0].text;
    } while (cursor != "0");
    return {};
}

}  // namespace televisit::storage_redis
