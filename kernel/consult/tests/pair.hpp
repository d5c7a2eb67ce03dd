#pragma once
/// Two servers with one visit.

#include <utility>
#include <vector>

#include "world.hpp"

namespace televisit::consult::tests {

struct Pair {
    Pair() : Pair(consult::Settings{}) {}
    explicit Pair(consult::Settings settings) : world(std::move(settings)), session(world.node->create(4)) {
        world.second();
    }
    Node& a() { return *world.node; }
    Node& b() { return *world.other; }
    /// The doctor on the one node, the patient on the other.
    void seat_both() {
        doctor = a().sit(session, a().doctor());
        world.settle();
        patient = b().sit(session, b().patient());
        world.settle();
    }
    Told at_doctor() { return a().told(doctor); }
    Told at_patient() { return b().told(patient); }
    std::vector<Stay> stays() {
        auto truth = world.stores.ports.presence->load(session.session.room_id, a().context());
        REQUIRE(truth.ok());
        return (*truth)->stays;
    }

    World world;
    CreatedSession session;
    Client doctor;
    Client patient;
};

}  // namespace televisit::consult::tests
