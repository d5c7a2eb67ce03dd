#include "consult/roster.hpp"

#include <algorithm>

namespace televisit::consult {
namespace {

template <class Stays>
auto* find_by_id(Stays& stays, const StayId& id) {
    const auto found = std::find_if(stays.begin(), stays.end(), [&](const Stay& stay) { return stay.id == id; });
    return found == stays.end() ? nullptr : &*found;
}

template <class Stays>
auto* find_by_attendee(Stays& stays, const AttendeeId& id) {
    const auto found = std::find_if(stays.begin(), stays.end(), [&](const Stay& stay) { return stay.attendee == id; });
    return found == stays.end() ? nullptr : &*found;
}

template <class Room>
auto* find_last_departure(Room& truth, const AttendeeId& attendee) {
    const auto found = std::find_if(truth.departures.rbegin(), truth.departures.rend(),
                                    [&](const Departure& one) { return one.attendee == attendee; });
    return found == truth.departures.rend() ? nullptr : &*found;
}

LeaveReason reason_of(const Stay& gone, const RoomPresence& after, const std::optional<Departure>& also) {
    if (const auto* departure = find_departure(after, gone.id)) return departure->reason;
    if (also && also->stay == gone.id) return also->reason;
    if (find_attendee(after.stays, gone.attendee)) return LeaveReason::rejoined;
    return gone.state == StayState::interrupted ? LeaveReason::grace_ended : LeaveReason::left;
}

}  // namespace

const Stay* find_stay(const std::vector<Stay>& stays, const StayId& id) {
    return find_by_id(stays, id);
}

Stay* find_stay(std::vector<Stay>& stays, const StayId& id) {
    return find_by_id(stays, id);
}

Stay* find_attendee(std::vector<Stay>& stays, const AttendeeId& attendee) {
    return find_by_attendee(stays, attendee);
}

const Stay* find_attendee(const std::vector<Stay>& stays, const AttendeeId& attendee) {
    return find_by_attendee(stays, attendee);
}

bool has_seat(const std::vector<Stay>& stays, Role role, std::int32_t max_participants) {
    const auto is_principal = [](Role of) { return of == Role::doctor || of == Role::patient; };
    if (is_principal(role)) return std::ssize(stays) < max_participants;
    const auto others =
        std::count_if(stays.begin(), stays.end(), [&](const Stay& stay) { return !is_principal(stay.role); });
    return others < max_participants - 2;
}

Member member_of(const Stay& stay) {
    return {stay.user, stay.peer, stay.role, stay.media, stay.state};
}

std::vector<Member> members_of(const std::vector<Stay>& stays) {
    std::vector<Member> members;
    members.reserve(stays.size());
    for (const auto& stay : stays) members.push_back(member_of(stay));
    return members;
}

void end_stay(RoomPresence& truth, const StayId& id, LeaveReason reason) {
    const auto* stay = find_stay(truth.stays, id);
    if (!stay) return;
    auto& departures = truth.departures;
    departures.push_back({stay->id, stay->attendee, stay->node, reason});
    if (departures.size() > kMaxDepartures) departures.erase(departures.begin());
    std::erase_if(truth.stays, [&](const Stay& one) { return one.id == departures.back().stay; });
}

void close_room(RoomPresence& truth, std::string_view reason) {
    while (!truth.stays.empty()) end_stay(truth, truth.stays.front().id, LeaveReason::session_over);
    truth.closed = true;
    if (truth.end_reason.empty()) truth.end_reason = reason;
}

const Departure* find_departure(const RoomPresence& truth, const StayId& stay) {
    const auto found = std::find_if(truth.departures.begin(), truth.departures.end(),
                                    [&](const Departure& one) { return one.stay == stay; });
    return found == truth.departures.end() ? nullptr : &*found;
}

Departure* last_departure(RoomPresence& truth, const AttendeeId& attendee) {
    return find_last_departure(truth, attendee);
}

const Departure* last_departure(const RoomPresence& truth, const AttendeeId& attendee) {
    return find_last_departure(truth, attendee);
}

std::vector<Change> changes(const std::vector<Stay>& before, const RoomPresence& now,
                            const std::optional<Departure>& also) {
    const auto& after = now.stays;
    std::vector<Change> found;
    for (const auto& stay : before)
        if (!find_stay(after, stay.id)) found.push_back({ChangeKind::left, stay, reason_of(stay, now, also)});
    for (const auto& stay : after) {
        const auto* was = find_stay(before, stay.id);
        if (!was || was->state == stay.state) continue;
        found.push_back(
            {stay.state == StayState::interrupted ? ChangeKind::interrupted : ChangeKind::resumed, stay, {}});
    }
    for (const auto& stay : after) {
        if (find_stay(before, stay.id)) continue;
        found.push_back({ChangeKind::joined, stay, {}});
        // Who has missed the steps between hears of each all the same.
        if (stay.state == StayState::interrupted) found.push_back({ChangeKind::interrupted, stay, {}});
    }
    return found;
}

}  // namespace televisit::consult
