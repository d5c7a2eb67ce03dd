/// What people do: how they come in, and who does what.
#include <algorithm>

#include "world.hpp"

namespace televisit::model {
namespace {

/// Whether a refusal says for sure that nothing has happened.
bool is_definite(const Error& failure) {
    return failure.code != Errc::timeout && failure.code != Errc::unavailable;
}

std::vector<std::string> lines_of(const std::vector<Member>& members) {
    std::vector<std::string> lines;
    for (const auto& member : members) {
        auto line = member.user.str() + ' ' + std::string(to_string(member.state));
        for (const bool sends : {member.media.audio, member.media.video, member.media.screen_share})
            line += sends ? " on" : " off";
        lines.push_back(std::move(line));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

}  // namespace

void World::act(const Step& step, std::size_t except_slot) {
    if (step.kind >= Kind::kill) return trouble(step);
    auto* at = server(step.slot);
    if (at && at->slot == except_slot) at = server(kSlots - 1 - except_slot);
    if (!at || at->slot == except_slot) return;
    auto& person = people_[step.person];
    auto* sitting = live_of(step.person, step.amount);
    switch (step.kind) {
        case Kind::join:
            join(step.person, *at);
            break;
        case Kind::come:
            if (join(step.person, *at) == "ok") enter(step.person, *at, person.grants.back(), nullptr);
            break;
        case Kind::enter:
            if (!person.grants.empty()) enter(step.person, *at, person.grants.back(), nullptr);
            break;
        case Kind::enter_old:
            if (person.grants.size() > 1)
                enter(step.person, *at, person.grants[step.amount % (person.grants.size() - 1)], nullptr);
            break;
        case Kind::again:
            if (sitting && server(sitting->slot)->slot == sitting->slot && sitting->slot != except_slot)
                enter(step.person, *server(sitting->slot), person.grants.back(), sitting);
            break;
        case Kind::open:
            if (sitting) open(*sitting);
            break;
        case Kind::leave:
        case Kind::drop:
        case Kind::vanish:
            if (sitting) depart(*sitting, step.kind);
            break;
        case Kind::rest_leave:
            rest_leave(step.person, *at);
            break;
        case Kind::revoke:
            revoke(2 + step.amount % (kPeople - 2), *at);
            break;
        case Kind::kick:
            kick(step.person, *at);
            break;
        case Kind::end:
        case Kind::cancel:
            end(*at, step.kind);
            break;
        case Kind::relay:
            if (sitting) relay(*sitting, step);
            break;
        case Kind::spoof:
            if (sitting) spoof(*sitting, step);
            break;
        case Kind::media:
            if (sitting) media(*sitting, step);
            break;
        default:
            // A wait in the middle of something else would be none: time passes between steps.
            if (except_slot == kSlots)
                pass(static_cast<int>(step.amount % 10 == 0 ? 30 + step.amount % 60 : 1 + step.amount % 8));
            break;
    }
}

Connection* World::live_of(std::size_t person, std::size_t amount) {
    std::vector<Connection*> found;
    for (auto& [_, connection] : connections_)
        if (connection.person == person && connection.live()) found.push_back(&connection);
    // Mostly the latest: an older one that still believes to sit there is an exception.
    if (found.empty()) return nullptr;
    return amount % 4 == 0 ? found[amount / 4 % found.size()] : found.back();
}

Result<Identity> World::identity(const Person& person, Server& at) {
    if (person.invitation.empty()) return person.account;
    return at.domain.identify({person.invitation}, context());
}

std::string World::join(std::size_t person, Server& at) {
    auto& self = people_[person];
    const auto who = identity(self, at);
    std::string outcome = who.ok() ? "ok" : std::string(who.error().name());
    if (who.ok()) {
        auto grant = at.domain.join(*who, {.session = session_.id}, context());
        if (!grant.ok()) outcome = grant.error().name();
        if (grant.ok() && !self.grants.empty()) {
            const auto& before = self.grants.back().attendee;
            findings_.expect(grant->attendee.id == before.id && grant->attendee.peer_id == before.peer_id,
                             "joining again gives another attendee or peer id");
        }
        if (grant.ok()) self.grants.push_back(std::move(*grant));
    }
    if (calm()) expect_outcome("join", outcome, oracle_->join(person, host_.manual_clock.now()));
    return outcome;
}

void World::enter(std::size_t person, Server& at, JoinGrant grant, Connection* same) {
    auto& self = people_[person];
    const auto begun = ++self.attempts;
    const auto put_outs = self.put_outs;
    const auto number = same ? same->number : ++latest_connection_;
    EnterRequest request;
    request.room = grant.session.room_id;
    request.access_token = grant.access_token;
    request.user_claim = grant.attendee.user.view();
    request.connection = {number};
    const auto token = grant.attendee.token_number;
    auto entered = at.domain.enter(request, context());
    const std::string outcome = !entered.ok() ? std::string(entered.error().name()) : entered->seat ? "ok" : "repeated";
    findings_.expect(!entered.ok() || token > self.voided_up_to, "somebody enters with the token of before a kick");
    findings_.expect(!entered.ok() || !self.revoked, "somebody enters whose invitation was revoked");
    if (calm())
        expect_outcome("enter", outcome, oracle_->enter(number, person, at.slot, token, host_.manual_clock.now()));
    if (calm() && !findings_.empty()) return;  // the oracle does not know of that connection
    if (!entered.ok()) {
        // Who is overtaken by a kick, another join or the end may have been in for a moment.
        self.may_be_in |= !is_definite(entered.error()) || meddled_;
        if (outcome == "room_full") refused_full(person);
        return;
    }
    self.was_in = self.may_be_in = true;
    const auto record = stores_.records->attendee(session_.id, UserId(self.user), context());
    findings_.expect(record.ok() && *record && (*record)->joined_at, "let in, and the records do not say so");
    if (calm()) expect_roster(lines_of(entered->participants));
    check_roster(*entered, self.user);
    if (!entered->seat) return;
    auto& connection = connections_[number];
    Connection fresh;
    fresh.number = number;
    fresh.person = person;
    fresh.slot = at.slot;
    fresh.server = &at.watch;
    fresh.token_number = token;
    // Counted as it ends, too: another one that came in between has lost against it, or it against that.
    const bool alone = self.attempts == begun;
    ++self.attempts;
    fresh.attempt = alone ? self.attempts : begun;
    fresh.seated_in_step = step_;
    fresh.dismissed = self.put_outs != put_outs;
    fresh.heard = std::move(connection.heard);
    fresh.warnings = std::move(connection.warnings);
    fresh.lines = std::move(connection.lines);
    fresh.sent = connection.sent;
    fresh.seat = std::move(entered->seat);
    for (const auto& member : entered->participants)
        if (member.user.str() != self.user) fresh.view[member.user.str()] = member.state;
    connection = std::move(fresh);
    if (!history_.setup.held_open) open(connection);
}

void World::open(Connection& connection) {
    if (connection.open) return;
    connection.open = true;
    connection.seat->open();
    if (calm()) oracle_->open(connection.number);
}

}  // namespace televisit::model
