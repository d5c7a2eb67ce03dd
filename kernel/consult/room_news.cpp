/// A newer truth: who is told what, who takes a seat, and who has lost theirs.
#include <algorithm>
#include <chrono>
#include <utility>

#include "consult/room.hpp"

namespace televisit::consult {
namespace {

/// So long a node may take to come back to a store that has lost everything, beside the grace of its people.
constexpr std::chrono::seconds kClaimedWithin{5};

}  // namespace

void Room::learn(const Truth& truth) {
    {
        const std::lock_guard lock(mutex_);
        if (!outlook_.learn(truth)) recover_lost();
        refresh();
    }
    drain();
    settle_if_ahead();
}

void Room::recover_lost() {
    std::vector<Stay> elsewhere;
    for (const auto& member : present_)
        if (member.stay->node != world_->node)
            elsewhere.push_back(*member.stay);
        else if (member.here && !member.here->away)
            outlook_.claim(*member.stay);
    outlook_.remember(std::move(elsewhere), world_->clock.steady_now() + world_->grace + kClaimedWithin);
}

void Room::give_up_remembered() {
    {
        const std::lock_guard lock(mutex_);
        auto gone = outlook_.forget_remembered(world_->clock.steady_now());
        if (gone.empty()) return;
        for (auto& stay : gone) stay.state = StayState::interrupted;
        outlook_.remember(std::move(gone), {});
        refresh();
        (void)outlook_.forget_remembered(world_->clock.steady_now());
        refresh();
    }
    drain();
}

std::optional<std::vector<Member>> Room::apply(const Truth& truth, Occupant* newcomer) {
    std::optional<std::vector<Member>> participants;
    {
        const std::lock_guard lock(mutex_);
        outlook_.hear(truth);
        if (newcomer) make_way_for(*newcomer);
        refresh();
        const auto* stay = newcomer ? find_stay(shown_->stays, newcomer->stay) : nullptr;
        if (stay && stay->node == world_->node) {
            seat(*newcomer);
            refresh();
            participants = members_of(shown_->stays);
        }
    }
    drain();
    settle_if_ahead();
    return participants;
}

void Room::settle_if_ahead() {
    bool ahead = false;
    {
        const std::lock_guard lock(mutex_);
        ahead = ahead_;
    }
    if (ahead) world_->settle(shared_from_this());
}

void Room::refresh(const std::optional<Departure>& also) {
    outlook_.prune(occupants_);
    auto now = outlook_.wished(occupants_);
    if (unseat_lost(*now)) now = outlook_.wished(occupants_);
    for (const auto& change : changes(shown_->stays, *now, also)) {
        if (goes_on(change, *now)) continue;
        const auto member = member_of(change.stay);
        const auto tell = [&](const NoticeContent& content) {
            deliveries_.tell(occupants_, content, change.stay.peer);
        };
        switch (change.kind) {
            case ChangeKind::left:
                tell(LeftNotice{member, change.reason});
                break;
            case ChangeKind::interrupted:
                tell(InterruptedNotice{member, world_->grace});
                break;
            case ChangeKind::resumed:
                tell(ResumedNotice{member});
                break;
            case ChangeKind::joined:
                tell(JoinedNotice{member});
                break;
        }
    }
    const auto& truth = *outlook_.truth();
    ahead_ = now->closed != truth.closed || now->stays != truth.stays;
    shown_ = std::move(now);
    index();
}

/// Whether it is about somebody who has sat here all the time and only got a new stay: for those here nothing happened.
bool Room::goes_on(const Change& change, const RoomPresence& now) const {
    return std::any_of(occupants_.begin(), occupants_.end(), [&](const Occupant* occupant) {
        if (change.kind == ChangeKind::left)
            return occupant->former == change.stay.id && find_stay(now.stays, occupant->stay);
        return change.kind == ChangeKind::joined && occupant->stay == change.stay.id &&
               find_stay(shown_->stays, occupant->former);
    });
}

/// Whether somebody claims to be there still.
bool Room::unseat_lost(const RoomPresence& now) {
    bool claimed = false;
    const auto occupants = occupants_;
    for (auto* occupant : occupants) {
        const auto* stay = find_stay(now.stays, occupant->stay);
        if (stay && stay->node == world_->node) continue;
        const auto reason = why_lost(*occupant, world_->node, now);
        if (const auto* was = find_stay(shown_->stays, occupant->stay); was && !reason && !occupant->away) {
            claim_again(*occupant, *was);
            claimed = true;
            continue;
        }
        unseat(*occupant);
        const auto otherwise = occupant->away ? LeaveReason::grace_ended : LeaveReason::replaced;
        lose_seat(*occupant, reason.value_or(otherwise), now.end_reason);
    }
    return claimed;
}

void Room::lose_seat(Occupant& occupant, LeaveReason reason, std::string_view end_reason) {
    occupant.lost = reason;
    const auto tell = [&](SeatLoss loss) { deliveries_.tell(occupant, SeatLostNotice{loss}); };
    switch (reason) {
        case LeaveReason::session_over:
            deliveries_.tell(occupant, EndedNotice{session_, std::string(end_reason.empty() ? "ended" : end_reason)});
            return tell(SeatLoss::session_over);
        case LeaveReason::revoked:
            return tell(SeatLoss::revoked);
        case LeaveReason::kicked:
            return tell(SeatLoss::kicked);
        case LeaveReason::rejoined:
        case LeaveReason::replaced:
            return tell(SeatLoss::replaced);
        case LeaveReason::room_full:
            return tell(SeatLoss::room_full);
        case LeaveReason::left:
        case LeaveReason::disconnected:
        case LeaveReason::grace_ended:
            return;  // it has left by its own wish
    }
}

void Room::make_way_for(const Occupant& newcomer) {
    outlook_.resume(newcomer.stay);
    // A connection that comes again as somebody newer is not told that it has lost its former seat.
    const auto occupants = occupants_;
    for (auto* occupant : occupants)
        if (occupant->key == newcomer.key) unseat(*occupant);
}

void Room::seat(Occupant& newcomer) {
    const auto occupants = occupants_;
    for (auto* occupant : occupants) {
        if (occupant->stay != newcomer.stay) continue;
        unseat(*occupant);
        lose_seat(*occupant, LeaveReason::replaced, {});
    }
    occupants_.push_back(&newcomer);
    newcomer.seated = true;
}

void Room::unseat(Occupant& occupant) {
    std::erase(occupants_, &occupant);
    occupant.seated = false;
}

void Room::index() {
    present_.clear();
    present_.reserve(shown_->stays.size());
    for (const auto& stay : shown_->stays) {
        Present member{nullptr, &stay};
        for (auto* occupant : occupants_)
            if (occupant->stay == stay.id) member.here = occupant;
        present_.push_back(member);
    }
}

}  // namespace televisit::consult
