/// How people leave, or are put out.
#include "world.hpp"

namespace televisit::model {

void World::depart(Connection& connection, Kind how) {
    connection.gone = true;
    if (how == Kind::leave)
        connection.seat->leave();
    else if (how == Kind::drop)
        connection.seat->connection_lost();
    else
        connection.seat.reset();
    if (!calm()) return;
    if (how == Kind::leave)
        oracle_->leave(connection.number, host_.manual_clock.now());
    else
        oracle_->drop(connection.number, host_.manual_clock.now());
}

void World::rest_leave(std::size_t person, Server& at) {
    auto& self = people_[person];
    const auto who = identity(self, at);
    const auto outcome = put_out(person, [&] {
        return who.ok() ? outcome_of(at.domain.leave(*who, session_.id, context())) : std::string(who.error().name());
    });
    if (!calm()) return;
    expect_outcome("leave over REST", outcome, oracle_->rest_leave(person, host_.manual_clock.now()));
    for (auto& [_, connection] : connections_)
        if (connection.person == person && outcome == "ok") connection.gone = true;
}

std::string World::put_out(std::size_t person, const std::function<std::string()>& how) {
    ++people_[person].put_outs;
    std::vector<std::uint64_t> before;
    const auto dismiss = [&] {
        for (auto& [_, connection] : connections_)
            if (connection.person == person) connection.dismissed = true;
    };
    for (const auto& [number, connection] : connections_)
        if (connection.person == person && connection.live()) before.push_back(number);
    // Those there before and those who come meanwhile: any of them may be put out.
    dismiss();
    auto outcome = how();
    dismiss();
    for (const auto number : before)
        if (outcome == "ok") connections_[number].put_out = true;
    return outcome;
}

void World::revoke(std::size_t person, Server& at) {
    auto& self = people_[person];
    self.revoke_tried = true;
    const auto outcome = put_out(person, [&] {
        return outcome_of(at.domain.revoke(people_[0].account, session_.id, self.invitation_id, context()));
    });
    self.revoked |= outcome == "ok";
    if (!calm()) return;
    expect_outcome("revoke", outcome, "ok");
    oracle_->revoke(person, host_.manual_clock.now());
}

void World::kick(std::size_t person, Server& at) {
    auto& self = people_[person];
    self.kick_tried = true;
    const auto latest = self.grants.empty() ? 0 : self.grants.back().attendee.token_number;
    const auto outcome = put_out(
        person, [&] { return outcome_of(at.domain.operations().kick(session_.id, UserId(self.user), context())); });
    if (outcome == "ok") self.voided_up_to = latest;
    if (calm()) expect_outcome("kick", outcome, oracle_->kick(person, host_.manual_clock.now()));
}

void World::end(Server& at, Kind how) {
    const bool calling_off = how == Kind::cancel;
    (calling_off ? cancel_tried_ : end_tried_) = true;
    auto& domain = at.domain;
    const auto done = calling_off ? domain.cancel(people_[0].account, session_.id, context())
                                  : domain.end(people_[0].account, session_.id, context());
    const auto outcome = done.ok() ? "ok" : std::string(done.error().name());
    if (!calm()) return;
    const auto now = host_.manual_clock.now();
    expect_outcome(calling_off ? "cancel" : "end", outcome, calling_off ? oracle_->cancel(now) : oracle_->end(now));
}

}  // namespace televisit::model
