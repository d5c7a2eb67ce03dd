#include "world.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

struct Trio {
    Trio() : session(world.node->create(4)) {
        doctor = node().sit(session, node().doctor());
        patient = node().sit(session, node().patient());
        clear();
    }
    Node& node() { return *world.node; }
    void add_guest() {
        const auto invited = node().domain->invite(node().doctor(), session.session.id, {Role::interpreter, "Ada", {}},
                                                   node().context());
        REQUIRE(invited.ok());
        const auto identity = node().domain->identify({invited->token}, node().context());
        REQUIRE(identity.ok());
        guest = node().sit(session, *identity);
        clear();
    }
    void clear() {
        for (auto* client : {&doctor, &patient, &guest}) node().told(*client);
    }
    Told told(const Client& client) { return node().told(client); }

    World world;
    CreatedSession session;
    Client doctor;
    Client patient;
    Client guest;
};

}  // namespace

TEST_CASE("an offer reaches its target only") {
    Trio trio;
    trio.add_guest();
    CHECK(send(trio.doctor, RelayKind::description, "webrtc_offer", trio.patient.self.peer.view()) == "ok");
    CHECK(trio.told(trio.patient) == Told{"webrtc_offer {}"});
    CHECK(trio.told(trio.guest).empty());
    CHECK(trio.told(trio.doctor).empty());
}

TEST_CASE("a missing or unknown target means the only other person, interrupted or not") {
    Trio trio;
    CHECK(send(trio.doctor, RelayKind::description, "webrtc_offer", "patient_peer_id") == "ok");
    CHECK(send(trio.doctor, RelayKind::description, "webrtc_offer") == "ok");
    CHECK(trio.told(trio.patient) == Told{"webrtc_offer {}", "webrtc_offer {}"});
    trio.patient.seat->connection_lost();
    CHECK(send(trio.doctor, RelayKind::description, "webrtc_offer", "patient_peer_id") == "ok");
    CHECK(trio.told(trio.patient).empty());
}

TEST_CASE("with several others an unknown target is refused") {
    Trio trio;
    trio.add_guest();
    CHECK(send(trio.doctor, RelayKind::description, "webrtc_offer", "nobody") == "unknown_target");
    CHECK(send(trio.doctor, RelayKind::description, "webrtc_offer") == "unknown_target");
    CHECK(send(trio.doctor, RelayKind::candidate, "ice_candidate", "nobody") == "unknown_target");
    CHECK(trio.told(trio.patient).empty());
    CHECK(trio.told(trio.guest).empty());
}

TEST_CASE("alone, an offer is peer_absent and a candidate is dropped") {
    Trio trio;
    trio.patient.seat->leave();
    CHECK(send(trio.doctor, RelayKind::description, "webrtc_offer") == "peer_absent");
    CHECK(send(trio.doctor, RelayKind::candidate, "ice_candidate", "patient_peer_id") == "ok");
    CHECK(send(trio.doctor, RelayKind::candidate, "ice_candidate") == "ok");
    CHECK(send(trio.doctor, RelayKind::others, "audio_toggled") == "ok");
}

TEST_CASE("a candidate without a target goes to all others, one with a target to that one") {
    Trio trio;
    trio.add_guest();
    CHECK(send(trio.doctor, RelayKind::candidate, "ice_candidate") == "ok");
    CHECK(send(trio.doctor, RelayKind::candidate, "ice_candidate", trio.guest.self.peer.view()) == "ok");
    CHECK(trio.told(trio.patient) == Told{"ice_candidate {}"});
    CHECK(trio.told(trio.guest) == Told{"ice_candidate {}", "ice_candidate {}"});
}

TEST_CASE("toggles go to the others, chat goes to everyone") {
    Trio trio;
    CHECK(send(trio.doctor, RelayKind::others, "audio_toggled") == "ok");
    CHECK(send(trio.doctor, RelayKind::everyone, "chat_message") == "ok");
    CHECK(trio.told(trio.patient) == Told{"audio_toggled {}", "chat_message {}"});
    CHECK(trio.told(trio.doctor) == Told{"chat_message {}"});
}

TEST_CASE("a claim that is not one's own is refused and relayed to nobody") {
    Trio trio;
    const auto claim = [&](SenderClaims claims) {
        return send(trio.doctor, RelayKind::others, "x", std::nullopt, claims);
    };
    CHECK(claim({.room_id = "another"}) == "wrong_room");
    CHECK(claim({.room_id = std::nullopt, .from_peer_id = trio.patient.self.peer.view()}) == "spoofed_sender");
    CHECK(claim({.room_id = {}, .from_peer_id = {}, .user_id = "p-1"}) == "spoofed_sender");
    CHECK(claim({.room_id = {}, .from_peer_id = {}, .user_id = {}, .role = "PATIENT"}) == "spoofed_sender");
    CHECK(trio.told(trio.patient).empty());
    CHECK(claim({.room_id = trio.session.session.room_id.view(),
                 .from_peer_id = trio.doctor.self.peer.view(),
                 .user_id = "d-1",
                 .role = "DOCTOR"}) == "ok");
    CHECK(trio.told(trio.patient) == Told{"x {}"});
}

TEST_CASE("attachments travel with their event") {
    Trio trio;
    const std::string_view payload[] = {R"({"offer":{"_placeholder":true,"num":0}})"};
    const std::string_view attachments[] = {"bytes"};
    Relay relay;
    relay.event = "webrtc_offer";
    relay.payload = payload;
    relay.attachments = attachments;
    REQUIRE(trio.doctor.seat->relay(relay).ok());
    CHECK(trio.told(trio.patient) == Told{R"(webrtc_offer {"offer":{"_placeholder":true,"num":0}} +bytes)"});
}

TEST_CASE("what a joiner misses while its seat is closed is bounded") {
    Trio trio;
    trio.patient.seat->leave();
    const auto grant = trio.node().join(trio.session.session.id, trio.node().patient());
    auto entered = trio.node().try_enter(grant, 99);
    REQUIRE(entered.ok());
    for (int i = 0; i < 2000; ++i) send(trio.doctor, RelayKind::candidate, "ice_candidate");
    entered->seat->open();
    const auto told = trio.node().listener.take(99);
    CHECK(told.size() < 1000);
    CHECK(trio.node().metrics.value("televisit_relays_dropped_total") == 2000.0 - static_cast<double>(told.size()));
}
