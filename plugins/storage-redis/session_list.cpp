#include <limits>

#include "lookup.hpp"
#include "redis_records.hpp"
#include "script.hpp"

namespace televisit::storage_redis {
namespace {

/// So many sessions of a list are looked at in one step, so that others are not kept waiting.
constexpr std::string_view kSeenAtOnce = "500";

/// List, its last member, how many at most, how many to look at, what the keys of sessions begin with; doctor, patient,
/// status (empty for any), first start, end of starts (empty for any); names of fields. Gives the member to go on from,
/// or an empty text when the list ends, and then the sessions.
const Script& page() {
    static const Script script(R"lua(#!lua flags=no-writes
local list, last, most, look = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local doctor, patient, status, from, to = ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10])
local found = { '' }
local members = redis.call('ZREVRANGEBYLEX', list, last, '-', 'LIMIT', 0, look)
for _, member in ipairs(members) do
    local key = ARGV[5] .. string.sub(member, 17)
    local of = redis.call('HMGET', key, 'doctor_id', 'patient_id', 'status', 'scheduled_start_time')
    local start = tonumber(of[4])
    if (doctor == '' or of[1] == doctor) and (patient == '' or of[2] == patient) and
        (status == '' or of[3] == status) and (not from or start and start >= from) and
        (not to or start and start < to) then
        found[#found + 1] = redis.call('HMGET', key, unpack(ARGV, 11))
        if #found > most then return found end
    end
end
if #members == look then found[1] = members[#members] end
return found
)lua");
    return script;
}

std::string micros_or_nothing(const std::optional<Instant>& at) {
    return at ? std::to_string(to_micros(*at)) : std::string();
}

/// The shortest list that has all that is asked for.
std::string list_for(const SessionQuery& query) {
    for (const auto& person : {query.participant, query.doctor_id, query.patient_id})
        if (!person.empty()) return "sessions-of:" + person.str();
    if (query.status) return "sessions-in:" + std::string(to_string(*query.status));
    return "sessions";
}

}  // namespace

Result<std::vector<SessionRecord>> RedisRecords::sessions(const SessionQuery& query, const CallContext& context) {
    const auto list = prefix_ + list_for(query);
    const auto records = key("session", "");
    const auto status = query.status ? to_string(*query.status) : std::string_view();
    const auto from = micros_or_nothing(query.from);
    const auto to = micros_or_nothing(query.to);
    std::vector<SessionRecord> sessions;
    auto last = query.after ? "(" + member(query.after->first, query.after->second.view()) : std::string("+");
    while (sessions.size() < query.limit) {
        const auto most = std::to_string(query.limit - sessions.size());
        const auto words = with_names<SessionRecord>({list, last, most, kSeenAtOnce, records, query.doctor_id.view(),
                                                      query.patient_id.view(), status, from, to});
        std::string next;
        auto found = look_up(
            pool_, context.deadline, "sessions", [&](Connection& connection) { return page().run(connection, words); },
            [&](const Reply& reply) -> Result<std::vector<SessionRecord>> {
                if (reply.items.empty()) return foreign_data("sessions");
                next = reply.items[0].text;
                return records_of<SessionRecord>(reply.items.begin() + 1, reply.items.end(), "sessions");
            });
        if (!found.ok()) return found;
        sessions.insert(sessions.end(), std::move_iterator(found->begin()), std::move_iterator(found->end()));
        if (next.empty()) break;
        last = "(" + next;
    }
    return sessions;
}

}  // namespace televisit::storage_redis
