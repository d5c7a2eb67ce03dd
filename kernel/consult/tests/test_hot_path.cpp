/// A program of its own, for it counts what the whole process allocates.
#include <chrono>
#include <cstdlib>
#include <new>

#include "world.hpp"

namespace {

thread_local std::size_t allocations = 0;

void* counted(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size ? size : 1)) return memory;
    throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
    return counted(size);
}
void* operator new[](std::size_t size) {
    return counted(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

struct Counting final : RoomListener {
    void relayed(To to, std::string_view, std::span<const std::string_view>,
                 std::span<const std::string_view>) override {
        received += to.size();
    }
    void user_joined(To, const Member&) override {}
    void user_left(To, const Member&, LeaveReason) override {}
    void user_interrupted(To, const Member&, std::chrono::milliseconds) override {}
    void user_resumed(To, const Member&) override {}
    void room_state(To, const RoomId&, std::span<const Member>) override {}
    void session_expiring(To, std::chrono::seconds) override {}
    void session_ended(To, const SessionId&, std::string_view) override {}
    void ice_servers(To, const IceServers&) override {}
    void seat_lost(ConnectionKey, SeatLoss) override {}
    std::size_t received = 0;
};

}  // namespace

TEST_CASE("a relay to members of the same node neither allocates nor asks a store") {
    World world;
    auto& node = *world.node;
    const auto session = node.create(4);
    auto doctor = node.sit(session, node.doctor());
    auto patient = node.sit(session, node.patient());
    world.settle();
    Counting listener;
    node.domain->detach(node.listener);
    REQUIRE(node.domain->attach(listener).ok());
    world.stores.records.faults.break_with(Errc::unavailable);
    world.stores.presence.faults.break_with(Errc::unavailable);

    const std::string_view payload[] = {R"({"from_peer_id":"x","offer":)", "{}", "}"};
    Relay relay;
    relay.event = "webrtc_offer";
    relay.payload = payload;
    relay.claims.room_id = session.session.room_id.view();
    relay.claims.from_peer_id = doctor.self.peer.view();
    relay.target_peer_id = patient.self.peer.view();
    constexpr std::size_t kRelays = 10'000;
    for (const auto kind : {RelayKind::description, RelayKind::candidate, RelayKind::others, RelayKind::everyone}) {
        relay.kind = kind;
        listener.received = 0;
        const auto before = allocations;
        bool sent = true;
        for (std::size_t i = 0; i < kRelays; ++i) sent = doctor.seat->relay(relay).ok() && sent;
        CHECK(allocations == before);
        CHECK(sent);
        CHECK(listener.received == kRelays * (kind == RelayKind::everyone ? 2 : 1));
    }
    world.stores.records.faults.heal();
    world.stores.presence.faults.heal();
    node.domain->detach(listener);
    REQUIRE(node.domain->attach(node.listener).ok());
}
