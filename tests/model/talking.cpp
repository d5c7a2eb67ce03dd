/// What members send each other.
#include <algorithm>

#include "world.hpp"

namespace televisit::model {

void World::relay(Connection& connection, const Step& step) {
    const auto& self = people_[connection.person];
    const auto& other = people_[step.amount / 8 % kPeople];
    const auto number = std::to_string(connection.number);
    const auto count = std::to_string(++connection.sent);
    const std::string_view payload[] = {self.user, "/", number, "/", count};
    Relay relay;
    relay.event = "e";
    relay.payload = payload;
    constexpr RelayKind kKinds[] = {RelayKind::description, RelayKind::candidate, RelayKind::candidate,
                                    RelayKind::others, RelayKind::everyone};
    const auto which = step.amount % 5;
    relay.kind = kKinds[which];
    const auto peer = other.grants.empty() ? std::string("nobody") : other.grants.back().attendee.peer_id.str();
    const bool targeted = which < 2;
    if (targeted) relay.target_peer_id = peer;
    const auto others = others_of(connection);
    const auto outcome = outcome_of(connection.seat->relay(relay));
    if (calm()) {
        Oracle::Relayed foretold;
        foretold.is_description = which == 0;
        foretold.to_sender = relay.kind == RelayKind::everyone;
        if (targeted) foretold.target = other.grants.empty() ? "nobody" : other.user;
        foretold.line = "heard " + self.user + ' ' + number + ' ' + count;
        expect_outcome("relay", outcome, oracle_->relay(connection.number, foretold));
    } else {
        check_relay_outcome(connection, outcome, relay, others);
    }
}

void World::spoof(Connection& connection, const Step& step) {
    const auto& other = people_[(connection.person + 1) % kPeople];
    const std::string_view payload[] = {"x/0/0"};
    Relay relay;
    relay.payload = payload;
    relay.event = "e";
    if (step.amount % 2 == 0)
        relay.claims.user_id = other.user;
    else
        relay.claims.room_id = "elsewhere";
    expect_outcome("a false claim", outcome_of(connection.seat->relay(relay)),
                   step.amount % 2 == 0 ? "spoofed_sender" : "wrong_room");
}

void World::media(Connection& connection, const Step& step) {
    constexpr MediaKind kKinds[] = {MediaKind::audio, MediaKind::video, MediaKind::screen_share};
    const auto which = step.amount % 3;
    const bool enabled = step.amount / 3 % 2 == 0;
    connection.seat->set_media(kKinds[which], enabled);
    if (calm()) oracle_->media(connection.number, static_cast<int>(which), enabled);
}

std::vector<std::string> World::others_of(const Connection& connection) const {
    std::vector<std::string> others;
    for (const auto& member : connection.seat->members())
        if (member.user.str() != people_[connection.person].user) others.push_back(member.peer.str());
    return others;
}

void World::check_relay_outcome(const Connection& connection, const std::string& outcome, const Relay& relay,
                                const std::vector<std::string>& others) {
    if (outcome == "not_in_room") {
        // Only where the loss of the seat is still on its way to a connection that has not been opened.
        const bool explained = connection.dismissed || !connection.open;
        return findings_.expect(explained, name_of(connection) + " has lost its seat and was not told");
    }
    const bool known = relay.target_peer_id && std::count(others.begin(), others.end(), *relay.target_peer_id) > 0;
    const bool to_one = relay.kind == RelayKind::description || relay.target_peer_id;
    std::string foretold = "ok";
    if (to_one && others.empty()) foretold = relay.kind == RelayKind::description ? "peer_absent" : "ok";
    if (to_one && others.size() > 1 && !known) foretold = "unknown_target";
    expect_outcome("relay", outcome, foretold);
}

}  // namespace televisit::model
