/// Many people coming, going and talking at once, on two nodes, watched by one who stays.
#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "world.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

constexpr int kGuests = 4;
constexpr int kRounds = 60;

struct Guest {
    Node* node = nullptr;
    Identity who;
    int number = 0;
    int sent = 0;
};

void talk(Guest& guest, Seat& seat) {
    for (int i = 0; i < 3; ++i) {
        const auto text = std::to_string(guest.number) + ' ' + std::to_string(++guest.sent);
        const std::string_view payload[] = {text};
        Relay relay;
        relay.kind = i == 0 ? RelayKind::everyone : RelayKind::others;
        relay.event = "say";
        relay.payload = payload;
        if (!seat.relay(relay).ok()) return;
        seat.set_media(MediaKind::audio, i % 2 == 0);
    }
}

/// Comes and goes in every way there is. Answers how often it could not.
int live(World& world, const SessionId& session, Guest guest, std::atomic<std::uint64_t>& connections) {
    std::mt19937 random(static_cast<unsigned>(guest.number));
    std::optional<JoinGrant> grant;
    std::unique_ptr<Seat> seat;
    int failures = 0;
    for (int round = 0; round < kRounds; ++round) {
        if (!grant || random() % 3 == 0) {
            auto joined = guest.node->domain->join(guest.who, {.session = session}, guest.node->context());
            if (!joined.ok()) {
                ++failures;
                continue;
            }
            grant = std::move(*joined);
        }
        auto entered = guest.node->try_enter(*grant, ++connections);
        if (!entered.ok() || !entered->seat) {
            ++failures;
            continue;
        }
        entered->seat->open();
        const auto before = std::exchange(seat, std::move(entered->seat));  // taken over, and dropped late
        talk(guest, *seat);
        switch (random() % 4) {
            case 0:
                seat->leave();
                break;
            case 1:
                seat->connection_lost();
                break;
            case 2:
                seat.reset();
                break;
            default:
                break;
        }
        if (random() % 8 == 0) (void)guest.node->domain->leave(guest.who, session, guest.node->context()).ok();
    }
    (void)world;
    return failures;
}

/// What an observer may be told of one person, one thing after the other.
std::string fault_in(const std::vector<std::string>& told, const std::string& user) {
    bool inside = false;
    bool interrupted = false;
    for (const auto& line : told) {
        const auto is = [&](const std::string& what) { return line.starts_with(what + ' ' + user); };
        if (is("joined")) {
            if (inside) return "joined twice";
            inside = true;
            interrupted = false;
        } else if (is("left")) {
            if (!inside) return "left without having joined";
            inside = false;
        } else if (is("interrupted")) {
            if (!inside || interrupted) return "interrupted out of place";
            interrupted = true;
        } else if (is("resumed")) {
            if (!inside || !interrupted) return "resumed out of place";
            interrupted = false;
        }
    }
    return inside ? "never left" : "";
}

}  // namespace

TEST_CASE("whatever happens at once, each stay is told of once and each sender is heard in order") {
    World world;
    const auto session = world.node->create(8);
    auto& second = world.second();
    auto doctor = world.node->sit(session, world.node->doctor());
    std::vector<Guest> guests;
    for (int i = 0; i < kGuests; ++i) {
        const auto invited = world.node->domain->invite(world.node->doctor(), session.session.id, {Role::guest, "", {}},
                                                        world.node->context());
        REQUIRE(invited.ok());
        auto& node = i % 2 == 0 ? *world.node : second;
        guests.push_back({&node, *node.domain->identify({invited->token}, node.context()), i});
    }
    std::atomic<std::uint64_t> connections{1000};
    std::atomic<int> failures{0};
    std::atomic<int> running{kGuests};
    std::vector<std::thread> threads;
    for (const auto& guest : guests)
        threads.emplace_back([&, guest] {
            failures += live(world, session.session.id, guest, connections);
            --running;
        });
    while (running > 0) world.settle();
    for (auto& thread : threads) thread.join();
    world.advance(60s);

    CHECK(failures == 0);
    const auto told = world.node->told(doctor);
    for (const auto& guest : guests) {
        INFO(guest.who.user.str());
        CHECK(fault_in(told, guest.who.user.str()) == "");
    }
    std::map<int, int> last;
    bool ordered = true;
    for (const auto& line : told) {
        int number = 0;
        int sent = 0;
        if (std::sscanf(line.c_str(), "say %d %d", &number, &sent) != 2) continue;
        ordered = ordered && sent > last[number];
        last[number] = sent;
    }
    CHECK(ordered);
    CHECK(last.contains(0));  // those on the other node may be gone before anybody here has heard of them
    CHECK(last.contains(2));
    CHECK(doctor.seat->members().size() == 1);
    const auto truth = world.stores.ports.presence->load(session.session.room_id, world.node->context());
    CHECK((*truth)->stays.size() == 1);
    for (const auto& guest : guests) {
        const auto attendee = world.attendee(session.session.id, guest.who.user.str());
        CHECK(attendee.joined_at.has_value());
        CHECK(attendee.left_at.has_value());
    }
}

TEST_CASE("whoever is let in while the visit ends is counted") {
    for (int round = 0; round < 20; ++round) {
        World world;
        const auto session = world.node->create(8);
        const auto& id = session.session.id;
        auto& second = world.second();
        std::vector<JoinGrant> grants;
        for (int i = 0; i < kGuests; ++i) {
            const auto invited =
                world.node->domain->invite(world.node->doctor(), id, {Role::guest, "", {}}, world.node->context());
            REQUIRE(invited.ok());
            grants.push_back(world.node->join(id, *second.domain->identify({invited->token}, second.context())));
        }
        std::atomic<int> let_in{0};
        std::atomic<bool> ended{false};
        std::mutex seats_mutex;
        std::vector<std::unique_ptr<Seat>> seats;
        std::vector<std::thread> threads;
        for (int i = 0; i < kGuests; ++i)
            threads.emplace_back([&, i] {
                auto& node = i % 2 == 0 ? *world.node : second;
                auto entered = node.try_enter(grants[static_cast<std::size_t>(i)], static_cast<std::uint64_t>(i) + 1);
                if (!entered.ok()) return;
                ++let_in;
                const std::lock_guard lock(seats_mutex);
                seats.push_back(std::move(entered->seat));
            });
        threads.emplace_back([&] { ended = second.domain->end(second.doctor(), id, second.context()).ok(); });
        for (auto& thread : threads) thread.join();
        world.advance(10s);
        REQUIRE(ended);
        const auto metrics = world.node->domain->metrics(world.node->doctor(), id, world.node->context());
        REQUIRE(metrics.ok());
        const auto attendees = world.stores.ports.records->attendees(id, world.node->context());
        const auto came = std::count_if(attendees->begin(), attendees->end(),
                                        [](const AttendeeRecord& one) { return one.joined_at.has_value(); });
        CHECK(metrics->total_participants >= let_in);
        CHECK(metrics->total_participants == came);
        const auto truth = world.stores.ports.presence->load(session.session.room_id, world.node->context());
        CHECK((*truth)->closed);
        CHECK((*truth)->stays.empty());
    }
}

TEST_CASE("who is kicked while entering is out, whichever comes first") {
    World world;
    const auto session = world.node->create(8);
    const auto& id = session.session.id;
    auto& second = world.second();
    auto doctor = world.node->sit(session, world.node->doctor());
    for (std::uint64_t round = 0; round < 50; ++round) {
        const auto grant = second.join(id, second.patient());
        Result<Entered> entered = error(Errc::internal, "not tried");
        bool kicked = false;
        std::thread enters([&] { entered = second.try_enter(grant, 100 + round); });
        std::thread kicks(
            [&] { kicked = world.node->domain->operations().kick(id, UserId("p-1"), world.node->context()).ok(); });
        enters.join();
        kicks.join();
        REQUIRE(kicked);
        world.settle();
        const auto truth = world.stores.ports.presence->load(session.session.room_id, world.node->context());
        CHECK((*truth)->stays.size() == 1);
        if (entered.ok()) {
            entered->seat->open();
            CHECK(second.listener.take(100 + round) == Told{"lost kicked"});
        }
        CHECK(world.node->domain->leave(world.node->patient(), id, world.node->context()).ok());
    }
    CHECK(fault_in(world.node->told(doctor), "p-1") == "");
}
