/// Members here whose stays the truth has no more, though nobody has wished it: the store lost them, or took this node
/// for dead. They come back as new stays, when they still may and there is a seat.
#include <utility>

#include "consult/room.hpp"

namespace televisit::consult {

void Room::claim_again(Occupant& occupant, const Stay& was) {
    auto claim = was;
    claim.id = world_->new_stay_id();
    claim.since = world_->clock.now();
    claim.state = StayState::joined;
    claim.interrupted_at = {};
    occupant.former = std::exchange(occupant.stay, claim.id);
    outlook_.claim(std::move(claim));
}

std::vector<Stay> Room::claims() const {
    const std::lock_guard lock(mutex_);
    return outlook_.claims();
}

void Room::grant_claims(std::int32_t max_participants) {
    const std::lock_guard lock(mutex_);
    outlook_.grant_claims(max_participants);
}

void Room::refuse_unseated_claims() {
    std::vector<Stay> left_over;
    {
        const std::lock_guard lock(mutex_);
        if (outlook_.claims_granted()) left_over = outlook_.claims();
    }
    for (const auto& claim : left_over) refuse_claim(claim.id, LeaveReason::room_full);
}

void Room::refuse_claim(const StayId& stay, LeaveReason reason, std::string_view end_reason) {
    {
        const std::lock_guard lock(mutex_);
        if (!outlook_.drop_claim(stay)) return;
        const auto occupants = occupants_;
        for (auto* occupant : occupants) {
            if (occupant->stay != stay) continue;
            unseat(*occupant);
            lose_seat(*occupant, reason, end_reason);
        }
        refresh(Departure{stay, {}, world_->node, reason});
    }
    drain();
}

}  // namespace televisit::consult
