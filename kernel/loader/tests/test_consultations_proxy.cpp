#include <catch2/catch.hpp>

#include "border_fixture.hpp"
#include "loader/consultations_proxy.hpp"

using namespace televisit;
using namespace televisit::loader;
using namespace televisit::loader::testing;

namespace {

/// Knows nobody, and remembers who listens.
class FakeDomain final : public Consultations {
  public:
    Error nobody() const { return error(Errc::not_found, "nobody"); }
    Result<Identity> identify(const PresentedCredential& credential, const CallContext&) override {
        Identity identity;
        identity.user = UserId(std::string(credential.bearer));
        return identity;
    }
    Result<CreatedSession> create(const Identity&, const SessionDraft&, const CallContext&) override {
        return nobody();
    }
    Result<SessionRecord> get(const Identity&, const SessionId&, const CallContext&) override { return nobody(); }
    Result<std::vector<SessionRecord>> list(const Identity&, const SessionFilter&, const CallContext&) override {
        return nobody();
    }
    Result<SessionRecord> reschedule(const Identity&, const SessionId&, Version, const SessionPatch&,
                                     const CallContext&) override {
        return nobody();
    }
    Result<SessionRecord> cancel(const Identity&, const SessionId&, const CallContext&) override { return nobody(); }
    Result<JoinGrant> join(const Identity&, const JoinRequest&, const CallContext&) override { return nobody(); }
    Result<void> leave(const Identity&, const SessionId&, const CallContext&) override { return nobody(); }
    Result<SessionRecord> end(const Identity&, const SessionId&, const CallContext&) override { return nobody(); }
    Result<IceServers> ice_servers(const Identity&, const SessionId&, const std::string&, const CallContext&) override {
        return nobody();
    }
    Result<CreatedInvitation> invite(const Identity&, const SessionId&, const InvitationDraft&,
                                     const CallContext&) override {
        return nobody();
    }
    Result<void> revoke(const Identity&, const SessionId&, const InvitationId&, const CallContext&) override {
        return nobody();
    }
    Result<std::vector<AttendeeRecord>> attendees(const Identity&, const SessionId&, const CallContext&) override {
        return nobody();
    }
    Result<MetricsRecord> metrics(const Identity&, const SessionId&, const CallContext&) override { return nobody(); }
    Result<void> add_quality(const Identity&, const SessionId&, std::string, const CallContext&) override {
        return nobody();
    }
    Result<Entered> enter(const EnterRequest&, const CallContext&) override { return nobody(); }
    std::chrono::milliseconds grace() const override { return std::chrono::seconds(15); }
    Result<void> attach(RoomListener& attached) override {
        listener = &attached;
        return {};
    }
    void detach(RoomListener& detached) override {
        if (listener == &detached) listener = nullptr;
    }

    RoomListener* listener = nullptr;
};

/// Throws when somebody joins, counts who leaves.
class Listener final : public RoomListener {
  public:
    void relayed(To, std::string_view, std::span<const std::string_view>, std::span<const std::string_view>) override {}
    void user_joined(To, const Member&) override { throw std::runtime_error("not today"); }
    void user_left(To, const Member&, LeaveReason) override { ++left; }
    void user_interrupted(To, const Member&, std::chrono::milliseconds) override {}
    void user_resumed(To, const Member&) override {}
    void room_state(To, const RoomId&, std::span<const Member>) override {}
    void session_expiring(To, std::chrono::seconds) override {}
    void session_ended(To, const SessionId&, std::string_view) override {}
    void ice_servers(To, const IceServers&) override {}
    void seat_lost(ConnectionKey, SeatLoss) override {}
    int left = 0;
};

}  // namespace

TEST_CASE("before the domain has started, and after it has stopped, its calls are unavailable") {
    BorderFixture f;
    ConsultationsSlot slot;
    FakeDomain domain;
    ConsultationsProxy proxy(slot, f.border);
    CHECK(proxy.identify({"x"}, {}).error().code == Errc::unavailable);
    slot.set(&domain);
    CHECK(proxy.identify({"x"}, {})->user == UserId("x"));
    CHECK(proxy.get({}, SessionId("s"), {}).error().code == Errc::not_found);
    slot.set(nullptr);
    CHECK(proxy.identify({"x"}, {}).error().code == Errc::unavailable);
}

TEST_CASE("what a room listener throws does not reach the domain") {
    BorderFixture f;
    ConsultationsSlot slot;
    FakeDomain domain;
    slot.set(&domain);
    ConsultationsProxy proxy(slot, f.border);
    Listener listener;
    REQUIRE(proxy.attach(listener));
    domain.listener->user_joined({}, {});
    REQUIRE(f.logger.lines().size() == 1);
    CHECK(f.logger.lines()[0].find("call=room.user_joined exception=not today") != std::string::npos);
    domain.listener->user_left({}, {}, LeaveReason::left);
    CHECK(listener.left == 1);
}

TEST_CASE("a plugin that is being stopped hears nothing of rooms") {
    BorderFixture f;
    ConsultationsSlot slot;
    FakeDomain domain;
    slot.set(&domain);
    ConsultationsProxy proxy(slot, f.border);
    Listener listener;
    REQUIRE(proxy.attach(listener));
    f.border.open = false;
    domain.listener->user_left({}, {}, LeaveReason::left);
    CHECK(listener.left == 0);
}

TEST_CASE("only the listener that was attached is detached") {
    BorderFixture f;
    ConsultationsSlot slot;
    FakeDomain domain;
    slot.set(&domain);
    ConsultationsProxy proxy(slot, f.border);
    Listener listener;
    Listener stranger;
    REQUIRE(proxy.attach(listener));
    proxy.detach(stranger);
    CHECK(domain.listener != nullptr);
    proxy.detach(listener);
    CHECK(domain.listener == nullptr);
}
