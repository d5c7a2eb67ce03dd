/// New ICE servers for those who are in a room.
#include <algorithm>

#include "world.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

/// A visit in which both are.
struct Visit {
    explicit Visit(World& of)
        : world(of),
          session(of.node->create()),
          doctor(of.node->sit(session, of.node->doctor())),
          patient(of.node->sit(session, of.node->patient())) {
        world.settle();
        told();
    }
    std::ptrdiff_t lists(Client& client) {
        const auto told = world.node->told(client);
        return std::count(told.begin(), told.end(), "ice");
    }
    void told() {
        world.node->told(doctor);
        world.node->told(patient);
    }

    World& world;
    CreatedSession session;
    Client doctor;
    Client patient;
};

double pushed(World& world, std::string_view reason) {
    for (const auto& family : world.node->metrics.collect())
        for (const auto& sample : family.samples)
            if (family.name == "televisit_ice_lists_pushed_total" && sample.labels.at(0).second == reason)
                return sample.value;
    return -1;
}

std::size_t asked(World& world, IceOccasion occasion) {
    const auto& all = world.ice.asked;
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const IceRequest& one) { return one.occasion == occasion; }));
}

}  // namespace

TEST_CASE("everybody in a room gets new ICE servers when the provider said so, again and again") {
    World world;
    world.ice.refresh_after = 20s;
    Visit visit(world);
    world.advance(19s);
    CHECK(visit.lists(visit.doctor) == 0);
    world.advance(2s);
    CHECK(visit.lists(visit.doctor) == 1);
    CHECK(visit.lists(visit.patient) == 1);
    world.advance(42s);
    CHECK(visit.lists(visit.doctor) == 2);
    CHECK(asked(world, IceOccasion::asked) == 2);
    CHECK(asked(world, IceOccasion::refresh) == 6);
}

TEST_CASE("lists that stay good are not pushed") {
    World world;
    Visit visit(world);
    world.advance(10min);
    CHECK(visit.lists(visit.doctor) == 0);
    CHECK(asked(world, IceOccasion::refresh) == 0);
}

TEST_CASE("a list that was asked for puts the next push off") {
    World world;
    world.ice.refresh_after = 20s;
    Visit visit(world);
    world.advance(15s);
    CHECK(world.node->domain
              ->ice_servers(world.node->doctor(), visit.session.session.id, "192.0.2.1", world.node->context())
              .ok());
    world.advance(15s);
    CHECK(visit.lists(visit.doctor) == 0);
    CHECK(visit.lists(visit.patient) == 1);
    world.advance(6s);
    CHECK(visit.lists(visit.doctor) == 1);
}

TEST_CASE("when a server is lost those who have it get a new list at once, and nobody else") {
    World world;
    world.ice.marks = 0b01;
    Visit one(world);
    world.ice.marks = 0b10;
    Visit other(world);
    world.ice.listener->servers_lost(0b10);
    world.settle();
    CHECK(other.lists(other.doctor) == 1);
    CHECK(other.lists(other.patient) == 1);
    CHECK(one.lists(one.doctor) == 0);
    world.ice.listener->servers_lost(0b01);
    world.settle();
    CHECK(one.lists(one.doctor) == 1);
    CHECK(other.lists(other.doctor) == 0);
}

TEST_CASE("a provider that is away is asked again, and the call goes on") {
    World world;
    world.ice.refresh_after = 20s;
    Visit visit(world);
    world.ice.broken = true;
    world.advance(22s);
    CHECK(visit.lists(visit.doctor) == 0);
    world.ice.broken = false;
    world.advance(6s);
    CHECK(visit.lists(visit.doctor) == 1);
}

TEST_CASE("whoever has left is not asked for any more") {
    World world;
    world.ice.refresh_after = 20s;
    Visit visit(world);
    visit.doctor.seat->leave();
    visit.doctor.seat.reset();
    world.advance(21s);
    CHECK(asked(world, IceOccasion::refresh) == 1);
    CHECK(visit.lists(visit.doctor) == 0);
}

TEST_CASE("whoever joined at one server and enters at another gets a list there, if lists ever expire") {
    for (const auto expires : {true, false}) {
        World world;
        auto& second = world.second();
        world.ice.refresh_after = expires ? 20min : 0s;
        const auto session = world.node->create();
        const auto grant = world.node->join(session.session.id, world.node->doctor());
        auto doctor = second.enter(grant);
        world.advance(2s);
        const auto told = second.told(doctor);
        CHECK((std::count(told.begin(), told.end(), "ice") == 1) == expires);
    }
}

TEST_CASE("who enters long after the join gets a list that is still good") {
    World world;
    world.ice.refresh_after = 20s;
    const auto session = world.node->create();
    const auto grant = world.node->join(session.session.id, world.node->doctor());
    world.advance(60s);
    auto doctor = world.node->enter(grant);
    world.advance(2s);
    const auto told = world.node->told(doctor);
    CHECK(std::count(told.begin(), told.end(), "ice") == 1);
}

TEST_CASE("who had joined and not entered when a server was lost gets a list without it on entering") {
    World world;
    world.ice.marks = 0b01;
    const auto session = world.node->create();
    const auto grant = world.node->join(session.session.id, world.node->doctor());
    world.ice.listener->servers_lost(0b01);
    world.settle();
    world.ice.marks = 0b10;
    auto doctor = world.node->enter(grant);
    world.advance(2s);
    CHECK(world.node->told(doctor) == Told{"ice"});
    world.advance(2min);
    CHECK(world.node->told(doctor).empty());
    CHECK(pushed(world, "entered") == 1);
}

TEST_CASE("who was not known any more when a server was lost gets a list on entering, though lists do not expire") {
    World world;
    const auto session = world.node->create();
    const auto grant = world.node->join(session.session.id, world.node->doctor());
    world.advance(6min);  // they have not entered for so long
    world.ice.listener->servers_lost(0b01);
    auto doctor = world.node->enter(grant);
    world.advance(2s);
    CHECK(world.node->told(doctor) == Told{"ice"});
}

TEST_CASE("who enters with a list that is still good gets none") {
    World world;
    world.ice.marks = 0b01;
    const auto session = world.node->create();
    const auto grant = world.node->join(session.session.id, world.node->doctor());
    world.ice.listener->servers_lost(0b10);
    auto doctor = world.node->enter(grant);
    world.advance(2s);
    CHECK(world.node->told(doctor).empty());
}

TEST_CASE("a list that was pushed to a connection that never came back is pushed again to the next one") {
    World world;
    world.ice.marks = 0b01;
    const auto session = world.node->create();
    const auto grant = world.node->join(session.session.id, world.node->doctor());
    auto before = world.node->enter(grant);
    world.settle();
    before.seat->suspend();
    world.ice.listener->servers_lost(0b01);
    world.settle();
    auto now = world.node->enter(grant);
    world.advance(2s);
    const auto told = world.node->told(now);
    CHECK(std::count(told.begin(), told.end(), "ice") == 1);
}

TEST_CASE("a server that is lost while a list with it is made is not left in it") {
    World world;
    world.ice.marks = 0b01;
    Visit visit(world);
    const auto lose = [&] { world.ice.listener->servers_lost(0b01); };
    SECTION("for who sits in the room") {
        world.ice.meanwhile = lose;
        CHECK(world.node->domain
                  ->ice_servers(world.node->doctor(), visit.session.session.id, "192.0.2.1", world.node->context())
                  .ok());
        world.advance(2s);
        CHECK(visit.lists(visit.doctor) == 1);
        CHECK(visit.lists(visit.patient) == 1);
    }
    SECTION("for who joins") {
        const auto session = world.node->create();
        world.ice.meanwhile = lose;
        auto doctor = world.node->enter(world.node->join(session.session.id, world.node->doctor()));
        world.advance(2s);
        CHECK(world.node->told(doctor) == Told{"ice"});
    }
}

TEST_CASE("a connection that is interrupted and can come back is told, too") {
    World world;
    world.ice.refresh_after = 5s;
    Visit visit(world);
    visit.doctor.seat->suspend();
    world.advance(6s);
    CHECK(visit.lists(visit.doctor) == 1);
}

TEST_CASE("a list that is pushed before `joined_room` comes after it") {
    World world;
    world.ice.marks = 1;
    const auto session = world.node->create();
    const auto grant = world.node->join(session.session.id, world.node->doctor());
    auto entered = world.node->try_enter(grant, 77);
    REQUIRE(entered.ok());
    world.ice.listener->servers_lost(1);
    world.settle();
    CHECK(world.node->listener.take(77).empty());
    entered->seat->open();
    CHECK(world.node->listener.take(77) == Told{"ice"});
}

TEST_CASE("the provider has no listener once the domain has stopped") {
    World world;
    CHECK(world.ice.listener != nullptr);
    world.node->domain->stop(world.node->context());
    CHECK(world.ice.listener == nullptr);
}
