#pragma once
/// Records to write, with values that stores like to spoil.

#include <string>

#include "televisit/sdk/records.hpp"

namespace televisit::testkit {

/// 2026-01-25T10:00:00.123456Z.
inline constexpr Instant kSomeTime = from_micros(1'769'335'200'123'456);

/// Quotes, a backslash, percent signs, a NUL, a newline, four-byte UTF-8.
inline std::string hostile_text() {
    return std::string("it's \"q\" \\ %s $1 ; -- ") + '\0' + "\n\xf0\x9f\xa9\xba \xe5\x8c\xbb";
}

inline SessionRecord some_session(const std::string& name) {
    SessionRecord session;
    session.id = SessionId("session-" + name);
    session.appointment_id = hostile_text();
    session.doctor_id = UserId("d-1");
    session.patient_id = UserId("p-1");
    session.scheduled_start = kSomeTime;
    session.scheduled_end = kSomeTime + std::chrono::minutes{30};
    session.room_id = RoomId("room-" + name);
    session.doctor_token = "doctor-hash-" + name;
    session.patient_token = "patient-hash-" + name;
    session.signaling_server_url = "https://visit.example.org/socket.io";
    session.metadata = R"({"note":"\u0000 Zoë"})";
    session.created_at = session.updated_at = kSomeTime;
    session.due_at = kSomeTime + std::chrono::minutes{45};
    return session;
}

inline AttendeeRecord some_attendee(const SessionId& session, const std::string& user) {
    AttendeeRecord attendee;
    attendee.id = AttendeeId("attendee-" + session.str() + user);
    attendee.session = session;
    attendee.user = UserId(user);
    attendee.role = Role::interpreter;
    attendee.peer_id = PeerId("interpreter_" + user + "_x");
    attendee.access_token = "access-hash-" + session.str() + user;
    attendee.token_number = 1;
    attendee.display_name = hostile_text();
    attendee.device_type = "web";
    attendee.browser_info = std::string(4096, 'x');
    attendee.created_at = attendee.updated_at = kSomeTime;
    return attendee;
}

inline InvitationRecord some_invitation(const SessionId& session, const std::string& name) {
    InvitationRecord invitation;
    invitation.id = InvitationId("invitation-" + name);
    invitation.session = session;
    invitation.role = Role::observer;
    invitation.display_name = hostile_text();
    invitation.token = "invitation-hash-" + name;
    invitation.expires_at = kSomeTime + std::chrono::hours{1};
    invitation.created_at = kSomeTime;
    return invitation;
}

bool same(const SessionRecord& a, const SessionRecord& b);
bool same(const AttendeeRecord& a, const AttendeeRecord& b);
bool same(const InvitationRecord& a, const InvitationRecord& b);

}  // namespace televisit::testkit
