/// What happens by itself, and how long it all took.
#include <algorithm>

#include "oracle.hpp"

namespace televisit::model {
namespace {

constexpr std::size_t kDoctor = 0;
constexpr std::size_t kPatient = 1;
/// Timers look once a second.
constexpr std::chrono::seconds kPlay{2};

}  // namespace

void Oracle::finish(SessionStatus status, const std::string& reason, Instant now) {
    status_ = status;
    for (auto& person : people_) {
        if (!person.in) continue;
        last_out_ = now;
        if (person.connection) {
            unseat(person.connection);
            tell_one(person.connection, "ended " + reason);
            tell_one(person.connection, "lost session_over");
        }
        person.in = person.interrupted = false;
        person.connection = 0;
    }
}

void Oracle::kill(std::size_t slot, Instant from, Instant to) {
    std::vector<std::size_t> cut_off;
    for (std::size_t i = 0; i < kPeople; ++i) {
        auto& self = people_[i];
        if (!self.in || self.slot != slot) continue;
        if (self.interrupted) {
            self.left_to = std::max(self.left_to, to);
            continue;
        }
        unseat(self.connection);
        self.connection = 0;
        self.interrupted = true;
        self.left_from = from + rules_.grace;
        self.left_to = to + rules_.grace;
        cut_off.push_back(i);
    }
    if (rules_.grace == std::chrono::seconds{0}) return;
    for (const auto i : cut_off) tell(i, "interrupted " + people_[i].user);
}

void Oracle::pass(Instant now, const Observed& observed) {
    for (std::size_t i = 0; i < kPeople; ++i) {
        const auto& self = people_[i];
        if (!self.in || !self.interrupted || now < self.left_from) continue;
        if (now >= self.left_to + kPlay || !observed.present(i)) take_out(i, "grace_ended", now);
    }
    if (over()) return;
    const auto due = [&](Instant from, Instant to) { return now >= to + kPlay || (now >= from && observed.over()); };
    if (due(rules_.closes, rules_.closes)) {
        const auto came = people_[kDoctor].ever_in + people_[kPatient].ever_in;
        finish(came == 2   ? SessionStatus::completed
               : came == 1 ? SessionStatus::no_show
                           : SessionStatus::expired,
               "window_closed", now);
    } else if (together_ && empty_since_ &&
               due(*empty_since_ + rules_.empty_room, empty_for_sure_ + rules_.empty_room)) {
        finish(SessionStatus::completed, "room_empty", now);
    }
}

std::int64_t Oracle::used_hundredths() const {
    if (!first_in_ || !last_out_) return 0;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*last_out_ - *first_in_).count();
    return (seconds * 100 + 30) / 60;
}

}  // namespace televisit::model
