/// What must hold after each step, after everything has healed, and in the end.
#include <algorithm>
#include <iostream>
#include <utility>

#include "world.hpp"

namespace televisit::model {
namespace {

std::string list(const std::vector<std::string>& lines) {
    std::string text = "[";
    for (const auto& line : lines) text += (text.size() > 1 ? ", " : "") + line;
    return text + "]";
}

std::vector<std::string> sorted(std::vector<std::string> lines) {
    std::sort(lines.begin(), lines.end());
    return lines;
}

bool is_principal(std::size_t person) {
    return person < 2;
}

}  // namespace

void World::expect_outcome(const std::string& what, const std::string& actual, const std::string& foretold) {
    findings_.expect(actual == foretold, what + " answers " + actual + ", not " + foretold);
}

void World::expect_roster(const std::vector<std::string>& lines) {
    const auto foretold = oracle_->roster();
    findings_.expect(lines == foretold, "joined_room says " + list(lines) + ", not " + list(foretold));
}

void World::check_roster(const Entered& entered, const std::string& self) {
    std::vector<std::string> users;
    for (const auto& member : entered.participants) users.push_back(member.user.str());
    std::sort(users.begin(), users.end());
    findings_.expect(std::adjacent_find(users.begin(), users.end()) == users.end(), "joined_room lists somebody twice");
    findings_.expect(std::binary_search(users.begin(), users.end(), self), "joined_room does not list oneself");
    // An answer repeated is as old as the last news; a new seat was won against the truth itself.
    if (meddled_ || !entered.seat) return;
    const auto stays = truth();
    for (const auto& user : users)
        findings_.expect(
            std::any_of(stays.begin(), stays.end(), [&](const Stay& stay) { return stay.user.str() == user; }),
            "joined_room lists somebody who is not there: " + user);
}

bool World::has_seat(std::size_t person) {
    const auto stays = truth();
    const auto principal = [](const Stay& stay) { return stay.role == Role::doctor || stay.role == Role::patient; };
    const auto others = std::ssize(stays) - std::count_if(stays.begin(), stays.end(), principal);
    return is_principal(person) ? std::ssize(stays) < history_.setup.max_participants
                                : others < history_.setup.max_participants - 2;
}

void World::refused_full(std::size_t person) {
    if (meddled_) return;
    findings_.expect(!has_seat(person),
                     std::string("room_full though there is a seat for the ") + name_of_person(person));
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

void World::check_step(const std::string& what) {
    if (!ledger_) return;
    if (trace_) print_state(what);
    ledger_->look(context());
    if (calm()) {
        oracle_->pass(host_.manual_clock.now(), {[this](std::size_t person) { return present_in_truth(person); },
                                                 [this] { return ledger_->over(); }});
        findings_.expect(ledger_->session().status == oracle_->status(),
                         what + ": the session is " + std::string(to_string(ledger_->session().status)) + ", not " +
                             std::string(to_string(oracle_->status())));
    }
    check_told(what);
    check_views();
    check_losses();
}

void World::print_state(const std::string& what) {
    const auto name_of_user = [this](const std::string& user) {
        for (std::size_t i = 0; i < kPeople; ++i)
            if (people_[i].user == user) return name_of_person(i);
        return "?";
    };
    const auto at = host_.manual_clock.now() - session_.created_at;
    std::cout << std::chrono::duration_cast<std::chrono::seconds>(at).count() << " s, " << what << ": "
              << to_string(ledger_->session().status);
    for (const auto& stay : truth())
        std::cout << ", " << name_of_user(stay.user.str()) << ' ' << to_string(stay.state) << " on " << stay.node.str();
    std::cout << '\n';
    for (const auto& [_, connection] : connections_)
        if (!connection.lines.empty())
            std::cout << "    " << name_of(connection) << ' ' << list(connection.lines) << '\n';
}

void World::check_told(const std::string& what) {
    for (auto& [number, connection] : connections_) {
        auto told = sorted(std::exchange(connection.lines, {}));
        if (!calm()) continue;
        auto foretold = sorted(oracle_->take(number));
        std::erase(told, "expiring");
        // When the grace of one ends in the second in which the visit does, it may or may not be told.
        const auto ends = [](const std::string& line) { return line.starts_with("ended "); };
        if (std::any_of(told.begin(), told.end(), ends))
            for (auto* lines : {&told, &foretold})
                std::erase_if(*lines, [](const std::string& line) { return line.ends_with(" grace_ended"); });
        findings_.expect(told == foretold,
                         what + ": " + name_of(connection) + " is told " + list(told) + ", not " + list(foretold));
    }
}

void World::check_views() {
    for (auto& [_, connection] : connections_) {
        if (!connection.live() || !connection.open || is_out(connection)) continue;
        std::map<std::string, StayState> members;
        bool self = false;
        for (const auto& member : connection.seat->members())
            if (member.user.str() == people_[connection.person].user)
                self = true;
            else
                members[member.user.str()] = member.state;
        findings_.expect(members == connection.view, name_of(connection) + " was told another room than there is");
        findings_.expect(self, name_of(connection) + " sits in a room that does not know it");
    }
}

void World::check_losses() {
    for (auto& [_, connection] : connections_) {
        if (!connection.lost || std::exchange(connection.loss_checked, true)) continue;
        const auto& person = people_[connection.person];
        const auto loss = *connection.lost;
        const bool over = end_tried_ || cancel_tried_ || furthest_ >= closes_ ||
                          (trouble_ && people_[0].may_be_in && people_[1].may_be_in) ||
                          connection.seated_in_step == step_;
        const bool explained =
            (loss == SeatLoss::replaced && person.attempts > connection.attempt) ||
            (loss == SeatLoss::revoked && person.revoke_tried) || (loss == SeatLoss::kicked && person.kick_tried) ||
            (loss == SeatLoss::room_full && connection.found_full) || (loss == SeatLoss::session_over && over);
        findings_.expect(explained,
                         name_of(connection) + " lost its seat without a cause: " + std::string(to_string(loss)));
    }
}

std::vector<Stay> World::truth() {
    auto found = stores_.presence->load(session_.room_id, context());
    return found.ok() ? found->stays : std::vector<Stay>{};
}

bool World::present_in_truth(std::size_t person) {
    const auto stays = truth();
    return std::any_of(stays.begin(), stays.end(),
                       [&](const Stay& stay) { return stay.user.str() == people_[person].user; });
}

void World::converge() {
    constexpr int kHealing = 40;
    constexpr int kLookedAgain = 65;
    if (meanwhile_) act(*std::exchange(meanwhile_, std::nullopt));
    heal();
    settle();
    for (auto& [_, connection] : connections_)
        if (connection.live()) open(connection);
    settle();
    pass(kHealing);
    if (lost_silently_) pass(kLookedAgain);  // what was lost without a sign is found some day
    check_step("converge");
    if (findings_.empty()) check_converged();
}

void World::check_converged() {
    const auto stays = truth();
    if (ledger_->over()) {
        findings_.expect(stays.empty(), "somebody is in the room of a session that is over");
        for (auto& [_, connection] : connections_)
            findings_.expect(!connection.live() || connection.dismissed,
                             name_of(connection) + " was not told that the session is over");
        return;
    }
    std::map<std::string, const Connection*> here;
    for (auto& [_, connection] : connections_) {
        if (!connection.live() || is_out(connection)) continue;
        findings_.expect(!connection.put_out, name_of(connection) + " sits there although it was put out");
        const auto& user = people_[connection.person].user;
        findings_.expect(here.emplace(user, &connection).second,
                         name_of(connection) + ": a second one of its person sits");
    }
    for (const auto& stay : stays) {
        findings_.expect(here.contains(stay.user.str()), "a ghost is in the room: " + stay.user.str());
        findings_.expect(stay.state == StayState::joined, "somebody is interrupted for ever: " + stay.user.str());
    }
    for (const auto& [user, connection] : here) {
        findings_.expect(
            std::any_of(stays.begin(), stays.end(), [&](const Stay& stay) { return stay.user.str() == user; }),
            name_of(*connection) + " is connected, and not in the room");
        std::map<std::string, StayState> others;
        for (const auto& [other, _] : here)
            if (other != user) others[other] = StayState::joined;
        findings_.expect(connection->view == others, name_of(*connection) + " knows of others than there are");
    }
    if (!here.empty())
        findings_.expect(ledger_->session().status == SessionStatus::active,
                         "people are in a session that has not begun");
}

bool World::is_out(Connection& connection) {
    if (!connection.dismissed || connection.gone) return connection.gone;
    // Whether it was this place that its person has left can only be asked by using it.
    const auto number = std::to_string(connection.number);
    const auto count = std::to_string(++connection.sent);
    const std::string_view payload[] = {people_[connection.person].user, "/", number, "/", count};
    Relay relay;
    relay.event = "e";
    relay.payload = payload;
    const auto sent = connection.seat->relay(relay);
    connection.gone = !sent.ok() && sent.error().name() == "not_in_room";
    return connection.gone;
}

void World::finish() {
    std::vector<std::uint64_t> seated;
    for (auto& [number, connection] : connections_)
        if (connection.live()) seated.push_back(number);
    // A clock that is still set back would only delay what is due.
    const auto now = furthest_;
    host_.manual_clock.jump_to(now);
    const bool soon = closes_ - now < std::chrono::seconds{400};
    if (!ledger_->over() && history_.seed % 3 == 0) {
        for (const auto number : seated)
            if (connections_[number].live()) {
                depart(connections_[number], Kind::leave);
                settle();
                check_step("leave at last");
            }
        pass(70);
    }
    if (!ledger_->over() && history_.seed % 3 != 1 && (soon || !calm())) {
        if (!calm()) host_.manual_clock.jump_to(std::max(now, closes_));
        look_at_clock();
        pass(calm() ? static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(closes_ - now).count()) + 3
                    : 6);
    }
    if (!ledger_->over()) end(*server(0), Kind::end);
    settle();
    check_step("finish");
    pass(8);
    if (!ledger_->over()) findings_.add("a session whose end has come is not over");
    if (!findings_.empty()) return;
    for (const auto number : seated) {
        const auto& connection = connections_[number];
        findings_.expect(!connection.live() || is_out(connections_[number]),
                         name_of(connection) + " was not told of the end");
    }
    for (const auto& [_, connection] : connections_)
        findings_.expect(!connection.ended || *connection.ended == ledger_->session().end_reason,
                         name_of(connection) + " was told of another end");
    findings_.expect(truth().empty(), "somebody is in the room of a session that is over");
    auto all = happened();
    all.came = check_attendees();
    ledger_->close(all, context());
}

Happened World::happened() const {
    Happened all;
    const auto least = [&](std::size_t person) { return people_[person].was_in ? 1 : 0; };
    const auto most = [&](std::size_t person) { return people_[person].may_be_in ? 1 : 0; };
    all.doctor_in_least = least(0);
    all.doctor_in_most = most(0);
    all.patient_in_least = least(1);
    all.patient_in_most = most(1);
    for (std::size_t i = 0; i < kPeople; ++i) {
        all.took_part_least += least(i);
        all.took_part_most += most(i);
    }
    all.end_tried = end_tried_;
    all.cancel_tried = cancel_tried_;
    all.window_closed = furthest_ >= closes_;
    if (calm()) all.used_hundredths = oracle_->used_hundredths();
    // Three seconds; or what it takes to notice that a server is dead.
    all.play_hundredths =
        std::any_of(servers_.begin(), servers_.end(), [](const auto& one) { return !one->alive; }) ? 15 : 5;
    return all;
}

/// How many took part, as the records say.
int World::check_attendees() {
    int came = 0;
    const auto attendees = stores_.records->attendees(session_.id, context());
    if (!attendees.ok()) return came;
    for (const auto& attendee : *attendees) {
        const auto person = std::find_if(people_.begin(), people_.end(),
                                         [&](const Person& one) { return one.user == attendee.user.str(); });
        if (person == people_.end()) {
            findings_.add("an attendee whom nobody knows");
            continue;
        }
        came += attendee.joined_at.has_value();
        const auto who = std::string(name_of_person(static_cast<std::size_t>(person - people_.begin())));
        findings_.expect(!person->was_in || attendee.joined_at, "never in, as the records say: the " + who);
        findings_.expect(person->may_be_in || !attendee.joined_at, "in, as the records say: the " + who);
        findings_.expect(attendee.joined_at.has_value() == attendee.left_at.has_value(),
                         "the records do not say when somebody left who came: the " + who);
    }
    return came;
}

}  // namespace televisit::model
