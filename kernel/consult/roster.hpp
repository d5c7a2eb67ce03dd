#pragma once
/// The rules of who has a place in a room, as functions of its truth. No state, no ports.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "televisit/sdk/consultations.hpp"
#include "televisit/sdk/presence.hpp"

namespace televisit::consult {

/// More than any session may ask for: what fits where nothing is allocated.
inline constexpr std::size_t kMaxStays = 16;
/// So many departures a room remembers.
inline constexpr std::size_t kMaxDepartures = 16;

const Stay* find_stay(const std::vector<Stay>& stays, const StayId& id);
Stay* find_stay(std::vector<Stay>& stays, const StayId& id);
Stay* find_attendee(std::vector<Stay>& stays, const AttendeeId& attendee);
const Stay* find_attendee(const std::vector<Stay>& stays, const AttendeeId& attendee);

/// Whether one more of that role may sit down: a seat each is kept for DOCTOR and PATIENT, and who is interrupted keeps
/// theirs.
bool has_seat(const std::vector<Stay>& stays, Role role, std::int32_t max_participants);

Member member_of(const Stay& stay);
std::vector<Member> members_of(const std::vector<Stay>& stays);

/// Takes a stay out of the room, and notes why for those who miss the step. Nothing happens when it is not there.
void end_stay(RoomPresence& truth, const StayId& stay, LeaveReason reason);
void close_room(RoomPresence& truth, std::string_view reason);

const Departure* find_departure(const RoomPresence& truth, const StayId& stay);
/// How that person was there last, as far as the room remembers.
Departure* last_departure(RoomPresence& truth, const AttendeeId& attendee);
const Departure* last_departure(const RoomPresence& truth, const AttendeeId& attendee);

enum class ChangeKind : std::uint8_t { left, interrupted, resumed, joined };

/// What somebody who knew the one list must be told to know the other.
struct Change {
    ChangeKind kind = ChangeKind::joined;
    Stay stay;                               ///< as it is now; for `left`, as it was
    LeaveReason reason = LeaveReason::left;  ///< for `left`
};

/// Those who left first, those who came last. The reason of a leaving that neither the room remembers nor `also` tells
/// is inferred.
std::vector<Change> changes(const std::vector<Stay>& before, const RoomPresence& after,
                            const std::optional<Departure>& also = std::nullopt);

}  // namespace televisit::consult
