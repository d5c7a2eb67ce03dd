/// What must hold when everything has healed, and when the visit is over.
#include <algorithm>
#include <utility>

#include "world.hpp"

namespace televisit::model {

void World::converge() {
    constexpr int kHealing = 40;
    constexpr int kLookedAgain = 65;
    constexpr int kDueAgain = 8;
    if (meanwhile_) act(*std::exchange(meanwhile_, std::nullopt));
    heal();
    settle();
    for (auto& [_, connection] : connections_)
        if (connection.live()) open(connection);
    settle();
    pass(kHealing);
    if (lost_silently_) pass(kLookedAgain);  // what was lost without a sign is found some day
    if (ledger_->over()) {
        // A clock that is still set back only delays what is due.
        host_.manual_clock.jump_to(furthest_);
        pass(kDueAgain);
    }
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
