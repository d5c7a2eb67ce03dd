/// What a relay and a seat cost. A program of its own, for it counts what the whole process allocates.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

#include "consult/seat.hpp"
#include "world.hpp"

namespace {

thread_local std::size_t allocations = 0;
/// Bytes in use, with what an allocator adds to each piece.
std::atomic<std::size_t> in_use = 0;

/// Before each piece lies its size.
constexpr std::size_t kFront = alignof(std::max_align_t);

std::size_t cost_of(std::size_t size) {
    constexpr std::size_t kUnit = 16;
    return (size + sizeof(std::size_t) + kUnit - 1) / kUnit * kUnit;
}

void* counted(std::size_t size) {
    ++allocations;
    auto* const memory = static_cast<char*>(std::malloc(kFront + size));
    if (!memory) throw std::bad_alloc();
    std::memcpy(memory, &size, sizeof(size));
    in_use += cost_of(size);
    return memory + kFront;
}

void discounted(void* piece) {
    if (!piece) return;
    auto* const memory = static_cast<char*>(piece) - kFront;
    std::size_t size = 0;
    std::memcpy(&size, memory, sizeof(size));
    in_use -= cost_of(size);
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
    return counted(size);
}
void* operator new[](std::size_t size) {
    return counted(size);
}
void operator delete(void* memory) noexcept {
    discounted(memory);
}
void operator delete[](void* memory) noexcept {
    discounted(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    discounted(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    discounted(memory);
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

TEST_CASE("a seat in a room of two takes no more than 800 bytes, all its texts included") {
    testkit::ManualClock clock;
    testkit::DeterministicSecrets secrets{1};
    testkit::FakeMetricRegistry metrics;
    testkit::ManualBus bus;
    const auto world =
        std::make_shared<consult::RoomWorld>(NodeId(secrets.uuid()), 15s, clock, secrets, bus.node(), metrics);
    world->settle = [](const std::shared_ptr<consult::Room>&) {};
    constexpr std::uint64_t kRooms = 100;
    std::vector<std::unique_ptr<consult::RoomSeat>> seats;
    seats.reserve(2 * kRooms);
    const auto before = in_use.load();
    while (seats.size() < 2 * kRooms) {
        const auto room = std::make_shared<consult::Room>(world, RoomId(secrets.uuid()), SessionId(secrets.uuid()));
        RoomPresence truth{.room = room->id()};
        for (const auto role : {Role::doctor, Role::patient}) {
            ++truth.seq;
            auto& stay = truth.stays.emplace_back();
            stay.id = world->new_stay_id();
            stay.attendee = AttendeeId(secrets.uuid());
            stay.user = UserId("patient-" + std::to_string(seats.size()));
            stay.peer = PeerId("patient_" + stay.user.str() + "_0123456789");
            stay.role = role;
            stay.node = world->node;
            const ConnectionKey connection{seats.size() + 1};
            auto& seat = seats.emplace_back(std::make_unique<consult::RoomSeat>(room, connection, stay));
            REQUIRE(room->apply(std::make_shared<const RoomPresence>(truth), &seat->occupant()));
            seat->open();
        }
    }
    const auto each = (in_use.load() - before) / seats.size();
    INFO(each << " bytes");
    CHECK(each <= 800);
    CHECK(each > 300);
}
