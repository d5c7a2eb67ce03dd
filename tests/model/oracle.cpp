#include "oracle.hpp"

#include <algorithm>
#include <utility>

namespace televisit::model {
namespace {

constexpr std::size_t kDoctor = 0;
constexpr std::size_t kPatient = 1;

bool is_principal(std::size_t person) {
    return person == kDoctor || person == kPatient;
}

}  // namespace

std::optional<std::string> Oracle::shut(Instant now) const {
    if (over()) return "session_over";
    if (now < rules_.opens) return "join_too_early";
    if (now >= rules_.closes) return "join_too_late";
    return std::nullopt;
}

bool Oracle::has_seat(std::size_t person) const {
    int all = 0;
    int others = 0;
    for (std::size_t i = 0; i < kPeople; ++i) {
        if (!people_[i].in) continue;
        ++all;
        if (!is_principal(i)) ++others;
    }
    // Two seats are kept for doctor and patient, whoever comes first.
    return is_principal(person) ? all < rules_.max_participants : others + 2 < rules_.max_participants;
}

bool Oracle::empty() const {
    return std::none_of(people_.begin(), people_.end(), [](const Person& person) { return person.in; });
}

void Oracle::tell_one(std::uint64_t connection, const std::string& line) {
    auto& ear = ears_.at(connection);
    (ear.open ? ear.told : ear.held).push_back(line);
}

void Oracle::tell(std::size_t about, const std::string& line) {
    for (auto& [number, ear] : ears_)
        if (ear.seated && ear.person != about) tell_one(number, line);
}

void Oracle::unseat(std::uint64_t connection) {
    if (const auto ear = ears_.find(connection); ear != ears_.end()) ear->second.seated = false;
}

std::string Oracle::join(std::size_t person, Instant now) {
    auto& self = people_[person];
    if (self.revoked) return "invitation_revoked";
    if (const auto reason = shut(now)) return *reason;
    if (!self.in && !has_seat(person)) return "room_full";
    ++self.tokens;
    self.voided = false;
    return "ok";
}

std::string Oracle::enter(std::uint64_t connection, std::size_t person, std::size_t slot, std::int64_t token,
                          Instant now) {
    auto& self = people_[person];
    if (token != self.tokens || self.voided) return "invalid_token";
    if (self.revoked) return "invitation_revoked";
    if (const auto reason = shut(now)) return *reason;
    if (self.in && self.connection == connection && self.stay_token == token) return "repeated";
    if (self.in && self.stay_token == token) {
        if (self.connection) {
            unseat(self.connection);
            tell_one(self.connection, "lost replaced");
        }
        if (std::exchange(self.interrupted, false)) tell(person, "resumed " + self.user);
    } else {
        if (!self.in && !has_seat(person)) return "room_full";
        if (self.in) {
            const auto before = self.connection;
            take_out(person, "rejoined", now);
            if (before && before != connection) tell_one(before, "lost replaced");
        }
        bring_in(person, token, now);
    }
    self.connection = connection;
    self.slot = slot;
    ears_[connection] = Ear{person, false, true, {}, std::move(ears_[connection].told)};
    return "ok";
}

void Oracle::bring_in(std::size_t person, std::int64_t token, Instant now) {
    auto& self = people_[person];
    tell(person, "joined " + self.user);
    self.in = self.ever_in = true;
    self.interrupted = false;
    self.stay_token = token;
    self.sends = {true, true, false};
    if (!first_in_) first_in_ = now;
    empty_since_.reset();
    status_ = SessionStatus::active;
    together_ |= people_[kDoctor].in && people_[kPatient].in;
}

void Oracle::take_out(std::size_t person, const std::string& reason, Instant now) {
    auto& self = people_[person];
    const auto earliest = self.interrupted && reason == "grace_ended" ? std::min(self.left_from, now) : now;
    if (self.connection) unseat(self.connection);
    self.in = self.interrupted = false;
    self.connection = 0;
    tell(person, "left " + self.user + ' ' + reason);
    last_out_ = now;
    if (!empty()) return;
    empty_since_ = earliest;
    empty_for_sure_ = now;
}

void Oracle::open(std::uint64_t connection) {
    auto& ear = ears_.at(connection);
    if (std::exchange(ear.open, true)) return;
    ear.told.insert(ear.told.end(), ear.held.begin(), ear.held.end());
    ear.held.clear();
}

void Oracle::leave(std::uint64_t connection, Instant now) {
    if (ears_.at(connection).seated) take_out(ears_.at(connection).person, "left", now);
}

void Oracle::drop(std::uint64_t connection, Instant now) {
    if (!ears_.at(connection).seated) return;
    const auto person = ears_.at(connection).person;
    if (rules_.grace == std::chrono::seconds{0}) return take_out(person, "disconnected", now);
    auto& self = people_[person];
    unseat(connection);
    self.connection = 0;
    self.interrupted = true;
    self.left_from = self.left_to = now + rules_.grace;
    tell(person, "interrupted " + self.user);
}

std::string Oracle::rest_leave(std::size_t person, Instant now) {
    if (people_[person].revoked) return "invitation_revoked";
    if (people_[person].in) take_out(person, "left", now);
    return "ok";
}

void Oracle::revoke(std::size_t person, Instant now) {
    people_[person].revoked = true;
    put_out(person, "revoked", now);
}

std::string Oracle::kick(std::size_t person, Instant now) {
    if (over()) return "session_over";
    if (people_[person].tokens == 0) return "attendee_not_found";
    people_[person].voided = true;
    put_out(person, "kicked", now);
    return "ok";
}

void Oracle::put_out(std::size_t person, const std::string& reason, Instant now) {
    if (!people_[person].in) return;
    const auto connection = people_[person].connection;
    take_out(person, reason, now);
    if (connection) tell_one(connection, "lost " + reason);
}

std::string Oracle::end(Instant now) {
    if (status_ == SessionStatus::completed) return "ok";
    if (over()) return "session_over";
    finish(SessionStatus::completed, "ended", now);
    return "ok";
}

std::string Oracle::cancel(Instant now) {
    if (status_ == SessionStatus::cancelled) return "ok";
    if (status_ != SessionStatus::scheduled) return "wrong_state";
    finish(SessionStatus::cancelled, "cancelled", now);
    return "ok";
}

std::string Oracle::relay(std::uint64_t connection, const Relayed& relayed) {
    if (!ears_.at(connection).seated) return "not_in_room";
    const auto sender = ears_.at(connection).person;
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < kPeople; ++i)
        if (people_[i].in && i != sender) others.push_back(i);
    if (relayed.is_description || relayed.target) {
        if (others.empty()) return relayed.is_description ? "peer_absent" : "ok";
        const auto target = std::find_if(others.begin(), others.end(), [&](std::size_t i) {
            return relayed.target && people_[i].user == *relayed.target;
        });
        if (target != others.end())
            others = {*target};
        else if (others.size() > 1)
            return "unknown_target";
    }
    for (const auto i : others)
        if (people_[i].connection) tell_one(people_[i].connection, relayed.line);
    if (relayed.to_sender) tell_one(connection, relayed.line);
    return "ok";
}

void Oracle::media(std::uint64_t connection, int which, bool enabled) {
    if (ears_.at(connection).seated)
        people_[ears_.at(connection).person].sends[static_cast<std::size_t>(which)] = enabled;
}

std::vector<std::string> Oracle::roster() const {
    std::vector<std::string> lines;
    for (const auto& person : people_) {
        if (!person.in) continue;
        std::string line = person.user + (person.interrupted ? " interrupted" : " joined");
        for (const bool sends : person.sends) line += sends ? " on" : " off";
        lines.push_back(std::move(line));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::vector<std::string> Oracle::take(std::uint64_t connection) {
    const auto ear = ears_.find(connection);
    return ear == ears_.end() ? std::vector<std::string>{} : std::exchange(ear->second.told, {});
}

int Oracle::took_part() const {
    return static_cast<int>(
        std::count_if(people_.begin(), people_.end(), [](const Person& person) { return person.ever_in; }));
}

}  // namespace televisit::model
