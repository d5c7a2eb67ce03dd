#include "consult/footprint.hpp"

#include <algorithm>

#include "consult/roster.hpp"

namespace televisit::consult {
namespace {

bool has_role(const std::vector<Stay>& stays, Role role) {
    return std::any_of(stays.begin(), stays.end(), [role](const Stay& stay) { return stay.role == role; });
}

}  // namespace

void add_transition(Footprint& print, const std::vector<Stay>& before, const std::vector<Stay>& after, Instant now) {
    const auto came = [&](const Stay& stay) -> Footprint::Steps& {
        auto& steps = print.people[stay.user];
        if (!steps.in) steps.in = stay.since;
        steps.last_in = stay.since;
        if (!print.first_in) print.first_in = stay.since;
        return steps;
    };
    // Who leaves has come; the node that saw it may have died before it could write so.
    for (const auto& stay : before)
        if (!find_stay(after, stay.id) && !find_attendee(after, stay.attendee)) came(stay).out = now;
    for (const auto& stay : after)
        if (!find_stay(before, stay.id)) came(stay).out.reset();
    for (const auto* stays : {&before, &after}) {
        const bool doctor = has_role(*stays, Role::doctor);
        const bool patient = has_role(*stays, Role::patient);
        print.doctor_seen |= doctor;
        print.patient_seen |= patient;
        print.seen_together |= doctor && patient;
    }
    if (after.empty() && !before.empty()) print.emptied = now;
    if (!after.empty()) print.emptied.reset();
    print.occupied = after.empty() ? std::nullopt : std::optional(now);
}

Footprint joined(Footprint earlier, const Footprint& later) {
    if (later.empty()) return earlier;
    for (const auto& [user, steps] : later.people) {
        auto& mine = earlier.people[user];
        if (!mine.in) mine.in = steps.in;
        if (steps.last_in) mine.last_in = steps.last_in;
        mine.out = steps.out;
    }
    if (!earlier.first_in) earlier.first_in = later.first_in;
    earlier.doctor_seen |= later.doctor_seen;
    earlier.patient_seen |= later.patient_seen;
    earlier.seen_together |= later.seen_together;
    earlier.occupied = later.occupied;
    earlier.emptied = later.emptied;
    return earlier;
}

}  // namespace televisit::consult
