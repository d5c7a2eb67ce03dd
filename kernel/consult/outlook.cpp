#include "consult/outlook.hpp"

#include <algorithm>
#include <utility>

namespace televisit::consult {

void Outlook::forget() {
    loaded_ = false;
    forgotten_at_ = truth_->seq;
}

bool Outlook::hear(const Truth& truth) {
    if (truth->seq <= truth_->seq) return false;
    truth_ = truth;
    return true;
}

bool Outlook::learn(const Truth& truth) {
    loaded_ = true;
    const bool lost = truth->seq < forgotten_at_;
    if (lost)
        truth_ = truth;
    else
        hear(truth);
    return !lost;
}

const Outlook::Wishes& Outlook::wishes() const noexcept {
    static const Wishes kNone;
    return wishes_ ? *wishes_ : kNone;
}

Outlook::Wishes& Outlook::more_wishes() {
    if (!wishes_) wishes_ = std::make_unique<Wishes>();
    return *wishes_;
}

Outlook::Intent& Outlook::intent_for(const StayId& stay) {
    auto& intents = more_wishes().intents;
    for (auto& intent : intents)
        if (intent.stay == stay) return intent;
    return intents.emplace_back(Intent{stay});
}

void Outlook::resume(const StayId& stay) {
    if (!wishes_) return;
    for (auto& intent : wishes_->intents)
        if (intent.stay == stay) intent.interrupted.reset();
}

void Outlook::close(std::string_view reason) {
    if (!truth_->closed) more_wishes().closing = SharedText(reason);
}

void Outlook::claim(Stay stay) {
    more_wishes().claims.push_back(std::move(stay));
    wishes_->granted_for.reset();
}

void Outlook::grant_claims(std::int32_t max_participants) {
    if (wishes_) wishes_->granted_for = max_participants;
}

bool Outlook::drop_claim(const StayId& stay) {
    return wishes_ && std::erase_if(wishes_->claims, [&](const Stay& claim) { return claim.id == stay; }) > 0;
}

void Outlook::remember(std::vector<Stay> stays, SteadyTime until) {
    if (stays.empty()) return;
    more_wishes().remembered = std::move(stays);
    wishes_->remembered_until = until;
}

std::vector<Stay> Outlook::forget_remembered(SteadyTime now) {
    if (!wishes_ || wishes_->remembered.empty() || now < wishes_->remembered_until) return {};
    return std::exchange(wishes_->remembered, {});
}

bool Outlook::may_come_back(const Stay& claim, const Occupants& here) const {
    const auto* occupant = find_occupant(here, claim.id);
    return occupant && !why_lost(*occupant, node_, *truth_);
}

void Outlook::prune(const Occupants& here) {
    if (!wishes_) return;
    auto& [intents, closing, claims, granted_for, remembered, remembered_until] = *wishes_;
    std::erase_if(remembered, [&](const Stay& stay) {
        return here.empty() || truth_->closed || find_attendee(truth_->stays, stay.attendee) ||
               find_departure(*truth_, stay.id);
    });
    std::erase_if(claims, [&](const Stay& claim) { return !may_come_back(claim, here); });
    if (claims.empty()) granted_for.reset();
    std::erase_if(intents, [&](Intent& intent) {
        const auto* stay = find_stay(truth_->stays, intent.stay);
        if (!stay) return !is_claimed(intent.stay);
        // Once it sits on another node, what its connection here has done does not count any more.
        if (stay->node != node_) return true;
        if (stay->state == StayState::interrupted) intent.interrupted.reset();
        if (intent.media == stay->media) intent.media.reset();
        return !intent.leaving && !intent.interrupted && !intent.media;
    });
    if (truth_->closed) closing.reset();
    if (wishes_->empty()) wishes_.reset();
}

std::shared_ptr<const RoomPresence> Outlook::wished(const Occupants& here) const {
    auto room = *truth_;
    room.stays.insert(room.stays.end(), claims().begin(), claims().end());
    const auto& remembered = wishes().remembered;
    room.stays.insert(room.stays.end(), remembered.begin(), remembered.end());
    room = with_intents(std::move(room), here);
    return room == *truth_ ? truth_ : std::make_shared<const RoomPresence>(std::move(room));
}

RoomPresence Outlook::proposed(const Occupants& here) const {
    auto room = *truth_;
    const auto& granted_for = wishes().granted_for;
    for (const auto& claim : claims())
        if (granted_for && has_seat(room.stays, claim.role, *granted_for)) room.stays.push_back(claim);
    return with_intents(std::move(room), here);
}

RoomPresence Outlook::with_intents(RoomPresence room, const Occupants& here) const {
    for (auto& stay : room.stays) {
        if (stay.node != node_ || !find_occupant(here, stay.id)) continue;
        stay.state = StayState::joined;
        stay.interrupted_at = {};
    }
    for (const auto& intent : wishes().intents) {
        auto* stay = find_stay(room.stays, intent.stay);
        if (!stay || stay->node != node_) continue;
        if (intent.media) stay->media = *intent.media;
        if (intent.interrupted && stay->state == StayState::joined && !find_occupant(here, stay->id)) {
            stay->state = StayState::interrupted;
            stay->interrupted_at = *intent.interrupted;
        }
        if (intent.leaving) end_stay(room, intent.stay, *intent.leaving);
    }
    if (const auto& closing = wishes().closing) close_room(room, closing->view());
    return room;
}

std::optional<LeaveReason> why_lost(const Occupant& occupant, const NodeId& here, const RoomPresence& room) {
    if (room.closed) return LeaveReason::session_over;
    const auto* own = find_departure(room, occupant.stay);
    if (!own) own = find_departure(room, occupant.former);
    if (own && (own->reason == LeaveReason::revoked || own->reason == LeaveReason::kicked)) return own->reason;
    if (find_attendee(room.stays, occupant.attendee)) return LeaveReason::replaced;
    const auto* last = last_departure(room, occupant.attendee);
    if (!last) return std::nullopt;  // the store has lost it
    // Who has left last was another connection, of whose taking over nothing was heard here.
    if (last != own || last->node != here) return LeaveReason::replaced;
    if (last->reason == LeaveReason::grace_ended) return std::nullopt;
    return last->reason;
}

}  // namespace televisit::consult
