#pragma once
/// The rules of who has a place in a room, as functions of its truth. No state, no ports.

#include <cstdint>
#include <string>
#include <vector>

#include "televisit/sdk/consultations.hpp"
#include "televisit/sdk/presence.hpp"

namespace televisit::consult {

/// More than any session may ask for: what fits where nothing is allocated.
inline constexpr std::size_t kMaxStays = 16;

const Stay* find_stay(const std::vector<Stay>& stays, const StayId& id);
Stay* find_stay(std::vector<Stay>& stays, const StayId& id);
Stay* find_attendee(std::vector<Stay>& stays, const AttendeeId& attendee);
const Stay* find_attendee(const std::vector<Stay>& stays, const AttendeeId& attendee);

/// Whether one more of that role may sit down: a seat each is kept for DOCTOR and PATIENT, and who is interrupted keeps
/// theirs.
bool has_seat(const std::vector<Stay>& stays, Role role, std::int32_t max_participants);

Member member_of(const Stay& stay);
std::vector<Member> members_of(const std::vector<Stay>& stays);

/// A stay that a step has ended, and why.
struct Departure {
    StayId stay;
    LeaveReason reason = LeaveReason::left;
    NodeId node{};  ///< where it sat in the end
};

enum class ChangeKind : std::uint8_t { left, interrupted, resumed, joined };

/// What somebody who knew the one list must be told to know the other.
struct Change {
    ChangeKind kind = ChangeKind::joined;
    Stay stay;                               ///< as it is now; for `left`, as it was
    LeaveReason reason = LeaveReason::left;  ///< for `left`
};

/// Those who left first, those who came last. The reason of a leaving that `departures` does not name is inferred.
std::vector<Change> changes(const std::vector<Stay>& before, const std::vector<Stay>& after,
                            const std::vector<Departure>& departures);

}  // namespace televisit::consult
