#pragma once
/// A kernel that answers what the test tells it to, and remembers what it was asked.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "televisit/sdk/consultations.hpp"

namespace televisit::rest_api::testing {

/// A record with something in every field, so that what must not be shown would be seen.
inline SessionRecord full_session() {
    SessionRecord session;
    session.id = SessionId("5f0c1c6e-0000-4000-8000-000000000001");
    session.version = 3;
    session.appointment_id = "appt-7";
    session.doctor_id = UserId("d-1");
    session.patient_id = UserId("p-\"1\"");
    session.scheduled_start = from_micros(1'769'335'200'123'456);  // 2026-01-25T10:00:00.123456Z
    session.scheduled_end = from_micros(1'769'337'000'000'000);
    session.room_id = RoomId("room-1");
    session.doctor_token = "hash-of-doctor-token";
    session.patient_token = "hash-of-patient-token";
    session.signaling_server_url = "http://localhost:8086/socket.io";
    session.metadata = R"({"ward": "3", "n": 1.50})";
    session.created_at = from_micros(1'769'300'000'000'001);
    session.updated_at = from_micros(1'769'300'000'000'002);
    return session;
}

inline AttendeeRecord full_attendee() {
    AttendeeRecord attendee;
    attendee.id = AttendeeId("a-1");
    attendee.session = full_session().id;
    attendee.user = UserId("d-1");
    attendee.role = Role::doctor;
    attendee.peer_id = PeerId("doctor_d-1_xyz");
    attendee.access_token = "hash-of-access-token";
    attendee.display_name = "Dr. D";
    attendee.joined_at = from_micros(1'769'335'200'000'000);
    return attendee;
}

class ScriptedConsultations final : public Consultations {
  public:
    // What it was asked.
    std::string bearer;
    SessionId session;
    std::optional<SessionDraft> draft;
    std::optional<SessionFilter> query;
    std::optional<SessionPatch> patch;
    std::optional<InvitationDraft> invitation;
    std::optional<JoinRequest> joined;
    Version expected = 0;
    InvitationId revoked;
    std::string sample;
    std::string client_address;
    std::string presented_from;
    std::vector<std::string> calls;

    // What it answers.
    UserId caller{"d-1"};
    std::optional<Error> failure;           ///< of every call but `identify`
    std::optional<Error> identity_failure;  ///< of `identify`
    std::vector<SessionRecord> sessions{full_session()};
    IceServers ice{{{{"stun:s"}}, {{"turn:t", "turns:t"}, "1:a", "pw"}}, std::chrono::seconds(600)};

    Result<Identity> identify(const PresentedCredential& given, const CallContext&) override {
        bearer = given.bearer;
        presented_from = given.client_address;
        if (identity_failure) return *identity_failure;
        return Identity{caller, Role::doctor, Credential::account, {}, {}, {}};
    }
    Result<CreatedSession> create(const Identity&, const SessionDraft& asked, const CallContext&) override {
        draft = asked;
        return answer("create", CreatedSession{full_session(), "clear-doctor-token", "clear-patient-token", false});
    }
    Result<SessionRecord> get(const Identity&, const SessionId& id, const CallContext&) override {
        session = id;
        return answer("get", full_session());
    }
    Result<std::vector<SessionRecord>> list(const Identity&, const SessionFilter& asked, const CallContext&) override {
        query = asked;
        auto page = sessions;
        if (asked.after) {
            const auto last = std::find_if(page.begin(), page.end(),
                                           [&](const SessionRecord& one) { return one.id == asked.after->second; });
            if (last != page.end()) page.erase(page.begin(), last + 1);
        }
        if (page.size() > asked.limit) page.resize(asked.limit);
        return answer("list", std::move(page));
    }
    Result<SessionRecord> reschedule(const Identity&, const SessionId& id, Version version, const SessionPatch& asked,
                                     const CallContext&) override {
        session = id;
        expected = version;
        patch = asked;
        return answer("reschedule", full_session());
    }
    Result<SessionRecord> cancel(const Identity&, const SessionId& id, const CallContext&) override {
        session = id;
        return answer("cancel", full_session());
    }
    Result<JoinGrant> join(const Identity&, const JoinRequest& asked, const CallContext&) override {
        joined = asked;
        const Member member{
            UserId("p-1"), PeerId("patient_p-1_abc"), Role::patient, {true, false, false}, StayState::interrupted};
        return answer("join", JoinGrant{full_session(),
                                        full_attendee(),
                                        "clear-access-token",
                                        "http://h/socket.io",
                                        ice,
                                        {member},
                                        {from_micros(1'769'334'300'000'000), from_micros(1'769'337'900'000'000)}});
    }
    Result<void> leave(const Identity&, const SessionId& id, const CallContext&) override {
        session = id;
        return done("leave");
    }
    Result<SessionRecord> end(const Identity&, const SessionId& id, const CallContext&) override {
        session = id;
        return answer("end", full_session());
    }
    Result<IceServers> ice_servers(const Identity&, const SessionId& id, const std::string& address,
                                   const CallContext&) override {
        session = id;
        client_address = address;
        return answer("ice_servers", ice);
    }
    Result<CreatedInvitation> invite(const Identity&, const SessionId& id, const InvitationDraft& asked,
                                     const CallContext&) override {
        session = id;
        invitation = asked;
        InvitationRecord record;
        record.id = InvitationId("inv-1");
        record.session = id;
        record.role = asked.role;
        record.token = "hash-of-invitation-token";
        return answer("invite", CreatedInvitation{record, "clear-invitation-token"});
    }
    Result<void> revoke(const Identity&, const SessionId& id, const InvitationId& which, const CallContext&) override {
        session = id;
        revoked = which;
        return done("revoke");
    }
    Result<std::vector<AttendeeRecord>> attendees(const Identity&, const SessionId& id, const CallContext&) override {
        session = id;
        return answer("attendees", std::vector{full_attendee()});
    }
    Result<MetricsRecord> metrics(const Identity&, const SessionId& id, const CallContext&) override {
        session = id;
        return answer("metrics", MetricsRecord{"m-1", id, 2905, 2, {}});
    }
    Result<void> add_quality(const Identity&, const SessionId& id, std::string given, const CallContext&) override {
        session = id;
        sample = std::move(given);
        return done("add_quality");
    }
    Result<Entered> enter(const EnterRequest&, const CallContext&) override {
        return error(Errc::internal, "not REST's");
    }
    std::chrono::milliseconds grace() const override { return std::chrono::seconds(15); }
    Result<void> attach(RoomListener&) override { return {}; }
    void detach(RoomListener&) override {}

  private:
    template <class T>
    Result<T> answer(const char* call, T value) {
        calls.emplace_back(call);
        if (failure) return *failure;
        return value;
    }
    Result<void> done(const char* call) {
        calls.emplace_back(call);
        if (failure) return *failure;
        return {};
    }
};

}  // namespace televisit::rest_api::testing
