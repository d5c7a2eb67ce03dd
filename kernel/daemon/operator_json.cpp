#include "daemon/operator_json.hpp"

#include "consult/times.hpp"
#include "runtime/json_object.hpp"

namespace televisit::daemon {
namespace {

using runtime::JsonArray;
using runtime::JsonObject;

void add_time(JsonObject& object, std::string_view name, const std::optional<Instant>& at) {
    if (at)
        object.text(name, consult::print_time(*at));
    else
        object.raw(name, "null");
}

std::string to_json(const Stay& stay) {
    JsonObject object;
    object.text("user_id", stay.user.view())
        .text("attendee_id", stay.attendee.view())
        .text("peer_id", stay.peer.view())
        .text("role", to_string(stay.role))
        .text("state", to_string(stay.state))
        .text("node", stay.node.view());
    add_time(object, "since", stay.since);
    return object.finish();
}

std::string to_json(const AttendeeRecord& attendee) {
    JsonObject object;
    object.text("user_id", attendee.user.view())
        .text("attendee_id", attendee.id.view())
        .text("role", to_string(attendee.role));
    add_time(object, "joined_at", attendee.joined_at);
    add_time(object, "left_at", attendee.left_at);
    return object.finish();
}

JsonObject object_of(const SessionRecord& session) {
    JsonObject object;
    object.text("session_id", session.id.view())
        .text("room_id", session.room_id.view())
        .text("status", to_string(session.status))
        .text("appointment_id", session.appointment_id)
        .text("doctor_id", session.doctor_id.view())
        .text("patient_id", session.patient_id.view());
    add_time(object, "scheduled_start_time", session.scheduled_start);
    add_time(object, "scheduled_end_time", session.scheduled_end);
    add_time(object, "actual_start_time", session.actual_start);
    add_time(object, "actual_end_time", session.actual_end);
    object.text("end_reason", session.end_reason).number("version", session.version);
    add_time(object, "created_at", session.created_at);
    return object;
}

}  // namespace

std::string to_json(const consult::OpenRoom& room) {
    return JsonObject()
        .text("room_id", room.room.view())
        .text("session_id", room.session.view())
        .number("people", static_cast<std::int64_t>(room.people))
        .number("here", static_cast<std::int64_t>(room.here))
        .finish();
}

std::string to_json(const RoomPresence& room) {
    JsonArray people;
    for (const Stay& stay : room.stays) people.raw(to_json(stay));
    JsonObject object;
    object.text("room_id", room.room.view())
        .number("sequence", static_cast<std::int64_t>(room.seq))
        .flag("closed", room.closed)
        .raw("people", people.finish());
    return object.finish();
}

std::string to_json(const SessionRecord& session) {
    return object_of(session).finish();
}

std::string to_json(const SessionRecord& session, const std::vector<AttendeeRecord>& attendees) {
    JsonArray people;
    for (const AttendeeRecord& attendee : attendees) people.raw(to_json(attendee));
    return object_of(session).raw("attendees", people.finish()).finish();
}

}  // namespace televisit::daemon
