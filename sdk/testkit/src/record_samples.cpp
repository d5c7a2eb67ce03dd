#include "record_samples.hpp"

#include <tuple>

namespace televisit::testkit {
namespace {

auto fields(const SessionRecord& r) {
    return std::tuple_cat(
        std::tie(r.id, r.version, r.appointment_id, r.doctor_id, r.patient_id, r.status, r.scheduled_start,
                 r.scheduled_end, r.actual_start, r.actual_end, r.room_id, r.doctor_token, r.patient_token),
        std::tie(r.token_generation, r.signaling_server_url, r.max_participants, r.metadata, r.doctor_seen,
                 r.patient_seen, r.seen_together, r.end_reason, r.empty_since, r.due_at, r.created_at, r.updated_at),
        std::tie(r.closed_at, r.names_removed, r.metadata_removed, r.device_information_removed));
}

auto fields(const AttendeeRecord& r) {
    return std::tie(r.id, r.version, r.session, r.user, r.role, r.peer_id, r.access_token, r.token_number,
                    r.display_name, r.device_type, r.browser_info, r.invitation, r.joined_at, r.left_at, r.created_at,
                    r.updated_at);
}

auto fields(const InvitationRecord& r) {
    return std::tie(r.id, r.version, r.session, r.role, r.display_name, r.token, r.expires_at, r.revoked_at,
                    r.created_at);
}

}  // namespace

bool same(const SessionRecord& a, const SessionRecord& b) {
    return fields(a) == fields(b);
}
bool same(const AttendeeRecord& a, const AttendeeRecord& b) {
    return fields(a) == fields(b);
}
bool same(const InvitationRecord& a, const InvitationRecord& b) {
    return fields(a) == fields(b);
}

}  // namespace televisit::testkit
