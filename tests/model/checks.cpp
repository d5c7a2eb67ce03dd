/// What must hold after each step.
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
    return found.ok() ? (*found)->stays : std::vector<Stay>{};
}

bool World::present_in_truth(std::size_t person) {
    const auto stays = truth();
    return std::any_of(stays.begin(), stays.end(),
                       [&](const Stay& stay) { return stay.user.str() == people_[person].user; });
}

}  // namespace televisit::model
