/// What people do.
#include <algorithm>

#include "world.hpp"

namespace televisit::model {
namespace {

std::string outcome_of(const Result<void>& result) {
    return result.ok() ? "ok" : std::string(result.error().name());
}

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

void World::enter(std::size_t person, Server& at, const JoinGrant& grant, Connection* same) {
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

}  // namespace televisit::model
