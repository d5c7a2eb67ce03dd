#include "doors.hpp"

namespace televisit::load {

Visit make_visit(const std::string& name, int number) {
    using namespace std::chrono_literals;
    const auto id = name + '-' + std::to_string(number);
    const auto hash = [&](const char* what) {
        auto text = std::string(what) + id + "x";
        text.resize(64, '0');
        return text;
    };
    Visit visit;
    visit.now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    auto& session = visit.session;
    session.id = SessionId("session-" + id);
    session.doctor_id = UserId("doctor-" + id);
    session.patient_id = UserId("patient-" + id);
    session.scheduled_start = visit.now;
    session.scheduled_end = visit.now + 30min;
    session.due_at = visit.now + 45min;
    session.room_id = RoomId("room-" + id);
    session.doctor_token = hash("d");
    session.patient_token = hash("p");
    session.signaling_server_url = "https://visit.example.org/socket.io";
    session.created_at = session.updated_at = visit.now;
    visit.key = {hash("k"), hash("b"), session.id, visit.now + 24h};
    auto& attendee = visit.attendee;
    attendee.id = AttendeeId("attendee-" + id);
    attendee.session = session.id;
    attendee.user = session.patient_id;
    attendee.role = Role::patient;
    attendee.peer_id = PeerId("patient_" + id);
    attendee.access_token = hash("a");
    attendee.token_number = 1;
    attendee.device_type = "web";
    attendee.browser_info = "a browser of today";
    attendee.created_at = attendee.updated_at = visit.now;
    const auto payload = "{\"session_id\":\"" + session.id.str() + "\"}";
    visit.created = {0, "session.created", visit.now, session.id, payload};
    visit.joined = {0, "attendee.joined", visit.now, session.id, payload};
    visit.creation = OperationId("create-" + id);
    visit.joining = OperationId("join-" + id);
    return visit;
}

}  // namespace televisit::load
