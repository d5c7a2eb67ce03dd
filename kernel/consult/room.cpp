/// The truth of a room, intents over it, and seats.
#include "consult/room.hpp"

#include <algorithm>
#include <utility>

namespace televisit::consult {

RoomWorld::RoomWorld(NodeId of, std::chrono::milliseconds time, const Clock& time_source, Secrets& randomness,
                     Backplane& messages, MetricRegistry& metrics)
    : node(std::move(of)),
      grace(time),
      clock(time_source),
      secrets(randomness),
      backplane(messages),
      dropped(metrics.counter("televisit_relays_dropped_total",
                              "Events that found no place in a bounded buffer, or no way to their node.")) {
    constexpr const char* kKinds[] = {"description", "candidate", "others", "everyone"};
    for (std::size_t i = 0; i < relayed.size(); ++i)
        relayed[i] = &metrics.counter("televisit_relays_total", "Events relayed between members of rooms.",
                                      {{"kind", kKinds[i]}});
}

Room::Turn::Turn(Room& room, SteadyTime deadline) : room_(room) {
    std::unique_lock lock(room_.mutex_);
    taken_ = room_.turn_free_.wait_until(lock, deadline, [this] { return !room_.turn_taken_; });
    if (taken_) room_.turn_taken_ = true;
}

Room::Turn::~Turn() {
    if (!taken_) return;
    {
        const std::lock_guard lock(room_.mutex_);
        room_.turn_taken_ = false;
    }
    room_.turn_free_.notify_one();
}

RoomPresence Room::truth() const {
    const std::lock_guard lock(mutex_);
    return truth_;
}

bool Room::loaded() const {
    const std::lock_guard lock(mutex_);
    return loaded_;
}

void Room::forget_truth() {
    const std::lock_guard lock(mutex_);
    loaded_ = false;
    forgotten_at_ = truth_.seq;
}

Room::Proposal Room::proposal() const {
    const std::lock_guard lock(mutex_);
    return {truth_, with_intents(true)};
}

Room::Intent& Room::intent_for(const StayId& stay) {
    for (auto& intent : intents_)
        if (intent.stay == stay) return intent;
    return intents_.emplace_back(Intent{stay});
}

bool Room::is_here(const StayId& stay) const {
    return std::any_of(occupants_.begin(), occupants_.end(),
                       [&](const auto& occupant) { return occupant->stay == stay; });
}

StateMessage Room::with_intents(bool for_store) const {
    StateMessage now{truth_};
    for (const auto& claim : claims_) {
        const bool granted = claims_granted_ && has_seat(now.truth.stays, claim.role, *claims_granted_);
        if (!for_store || granted) now.truth.stays.push_back(claim);
    }
    std::erase_if(now.truth.stays, [&](Stay& stay) {
        const auto intent =
            std::find_if(intents_.begin(), intents_.end(), [&](const Intent& one) { return one.stay == stay.id; });
        const auto* wanted = intent == intents_.end() ? nullptr : &*intent;
        if (stay.node != world_->node) return false;
        if (wanted && wanted->leaving) {
            now.departures.push_back({stay.id, *wanted->leaving});
            return true;
        }
        if (is_here(stay.id)) {
            stay.state = StayState::joined;
            stay.interrupted_at = {};
        } else if (wanted && wanted->interrupted && stay.state == StayState::joined) {
            stay.state = StayState::interrupted;
            stay.interrupted_at = *wanted->interrupted;
        }
        if (wanted && wanted->media) stay.media = *wanted->media;
        return false;
    });
    if (closing_ || now.truth.closed) {
        now.truth.closed = true;
        for (const auto& stay : now.truth.stays) now.departures.push_back({stay.id, LeaveReason::session_over});
        now.truth.stays.clear();
        now.end_reason = closing_.value_or("");
    }
    return now;
}

void Room::prune_intents() {
    std::erase_if(intents_, [&](Intent& intent) {
        const auto* stay = find_stay(truth_.stays, intent.stay);
        // Once it sits on another node, what its connection here has done does not count any more.
        if (!stay || stay->node != world_->node) return true;
        if (stay->state == StayState::interrupted) intent.interrupted.reset();
        if (intent.media == stay->media) intent.media.reset();
        return !intent.leaving && !intent.interrupted && !intent.media;
    });
    std::erase_if(claims_, [&](const Stay& claim) {
        return truth_.closed || find_attendee(truth_.stays, claim.attendee) || !is_here(claim.id);
    });
    if (claims_.empty()) claims_granted_.reset();
    if (truth_.closed) closing_.reset();
}

bool Room::accept(const RoomPresence& truth) {
    if (truth.seq <= truth_.seq) return false;
    truth_ = truth;
    return true;
}

bool Room::believe(const RoomPresence& truth) {
    loaded_ = true;
    if (truth.seq >= forgotten_at_) return accept(truth);
    // A number that goes back says that the store has lost the room. Who sits here still does.
    for (const auto& member : present_)
        if (member.here) claims_.push_back(member.stay);
    truth_ = truth;
    return true;
}

void Room::learn(const StateMessage& message) {
    bool ahead = false;
    {
        const std::lock_guard lock(mutex_);
        refresh(believe(message.truth) ? message : StateMessage{});
        ahead = ahead_;
    }
    drain();
    if (ahead) world_->settle(shared_from_this());
}

std::optional<std::vector<Member>> Room::apply(const StateMessage& message, std::shared_ptr<Occupant> newcomer) {
    std::optional<std::vector<Member>> participants;
    bool ahead = false;
    {
        const std::lock_guard lock(mutex_);
        const bool news = accept(message.truth);
        if (newcomer) make_way_for(*newcomer);
        refresh(news ? message : StateMessage{});
        const auto* stay = newcomer ? find_stay(shown_, newcomer->stay) : nullptr;
        if (stay && stay->node == world_->node) {
            seat(std::move(newcomer));
            refresh({});
            participants = members_of(shown_);
        }
        ahead = ahead_;
    }
    drain();
    if (ahead) world_->settle(shared_from_this());
    return participants;
}

void Room::make_way_for(const Occupant& newcomer) {
    // Whoever interrupted this stay was the connection that the newcomer takes over from.
    for (auto& intent : intents_)
        if (intent.stay == newcomer.stay) intent.interrupted.reset();
    // And a connection that comes again as somebody newer is not told that it has lost its former seat.
    const auto occupants = occupants_;
    for (const auto& occupant : occupants)
        if (occupant->key == newcomer.key) unseat(*occupant);
}

void Room::refresh(const StateMessage& news) {
    prune_intents();
    auto now = with_intents(false);
    auto departures = now.departures;
    departures.insert(departures.end(), news.departures.begin(), news.departures.end());
    const auto& end_reason = now.end_reason.empty() ? news.end_reason : now.end_reason;
    if (unseat_lost(now, {RoomPresence{}, departures, end_reason})) now = with_intents(false);
    for (const auto& change : changes(shown_, now.truth.stays, departures)) {
        const auto member = member_of(change.stay);
        switch (change.kind) {
            case ChangeKind::left:
                tell(LeftNotice{member, change.reason}, change.stay.peer);
                break;
            case ChangeKind::interrupted:
                tell(InterruptedNotice{member, world_->grace}, change.stay.peer);
                break;
            case ChangeKind::resumed:
                tell(ResumedNotice{member}, change.stay.peer);
                break;
            case ChangeKind::joined:
                tell(JoinedNotice{member}, change.stay.peer);
                break;
        }
    }
    ahead_ = now.truth.closed != truth_.closed || now.truth.stays != truth_.stays;
    shown_ = std::move(now.truth.stays);
    index();
}

bool Room::unseat_lost(const StateMessage& now, const StateMessage& news) {
    bool claimed = false;
    const auto occupants = occupants_;
    for (const auto& occupant : occupants) {
        const auto* stay = find_stay(now.truth.stays, occupant->stay);
        if (stay && stay->node == world_->node) continue;
        auto reason = LeaveReason::replaced;
        if (now.truth.closed) {
            reason = LeaveReason::session_over;
        } else if (const auto* was = find_stay(shown_, occupant->stay); was && !stay) {
            const auto named = std::find_if(news.departures.begin(), news.departures.end(),
                                            [&](const Departure& one) { return one.stay == occupant->stay; });
            if (named != news.departures.end())
                reason = named->reason;
            else if (!find_attendee(now.truth.stays, was->attendee))
                reason = LeaveReason::grace_ended;  // nobody says why, so nobody has wished it
            // Who has left may have been a connection elsewhere, of whose taking over nothing was heard here.
            const bool elsewhere =
                named != news.departures.end() && !named->node.empty() && named->node != world_->node;
            if (elsewhere && reason != LeaveReason::revoked && reason != LeaveReason::kicked)
                reason = LeaveReason::replaced;
            if (reason == LeaveReason::grace_ended) {
                claim_again(*occupant, *was);
                claimed = true;
                continue;
            }
        }
        unseat(*occupant);
        lose_seat(*occupant, reason, news.end_reason);
    }
    return claimed;
}

void Room::claim_again(Occupant& occupant, const Stay& was) {
    auto claim = was;
    claim.id = StayId(world_->secrets.uuid());
    claim.since = world_->clock.now();
    claim.state = StayState::joined;
    claim.interrupted_at = {};
    occupant.stay = claim.id;
    claims_.push_back(std::move(claim));
    claims_granted_.reset();
}

std::vector<Stay> Room::claims() const {
    const std::lock_guard lock(mutex_);
    return claims_;
}

void Room::grant_claims(std::int32_t max_participants) {
    const std::lock_guard lock(mutex_);
    claims_granted_ = max_participants;
}

void Room::refuse_unseated_claims() {
    std::vector<Stay> left_over;
    {
        const std::lock_guard lock(mutex_);
        if (claims_granted_) left_over = claims_;
    }
    for (const auto& claim : left_over) refuse_claim(claim.id, LeaveReason::replaced);
}

void Room::refuse_claim(const StayId& stay, LeaveReason reason) {
    {
        const std::lock_guard lock(mutex_);
        if (std::erase_if(claims_, [&](const Stay& claim) { return claim.id == stay; }) == 0) return;
        const auto occupants = occupants_;
        for (const auto& occupant : occupants) {
            if (occupant->stay != stay) continue;
            unseat(*occupant);
            lose_seat(*occupant, reason, {});
        }
        refresh({RoomPresence{}, {{stay, reason}}, {}});
    }
    drain();
}

void Room::lose_seat(Occupant& occupant, LeaveReason reason, const std::string& end_reason) {
    switch (reason) {
        case LeaveReason::session_over:
            tell_one(occupant, EndedNotice{session_, end_reason.empty() ? "ended" : end_reason});
            return tell_one(occupant, SeatLostNotice{SeatLoss::session_over});
        case LeaveReason::revoked:
            return tell_one(occupant, SeatLostNotice{SeatLoss::revoked});
        case LeaveReason::kicked:
            return tell_one(occupant, SeatLostNotice{SeatLoss::kicked});
        case LeaveReason::rejoined:
        case LeaveReason::replaced:
            return tell_one(occupant, SeatLostNotice{SeatLoss::replaced});
        case LeaveReason::left:
        case LeaveReason::disconnected:
        case LeaveReason::grace_ended:
            return;  // it has left by its own wish
    }
}

void Room::seat(std::shared_ptr<Occupant> newcomer) {
    const auto occupants = occupants_;
    for (const auto& occupant : occupants) {
        if (occupant->stay != newcomer->stay) continue;
        unseat(*occupant);
        lose_seat(*occupant, LeaveReason::replaced, {});
    }
    occupants_.push_back(std::move(newcomer));
}

void Room::unseat(const Occupant& occupant) {
    for (auto& one : occupants_)
        if (one.get() == &occupant) one->seated = false;
    std::erase_if(occupants_, [&](const auto& one) { return one.get() == &occupant; });
}

void Room::index() {
    present_.clear();
    for (const auto& stay : shown_) {
        Present member{stay};
        for (const auto& occupant : occupants_)
            if (occupant->stay == stay.id) member.here = occupant.get();
        present_.push_back(std::move(member));
    }
}

std::vector<Member> Room::members() const {
    const std::lock_guard lock(mutex_);
    return members_of(shown_);
}

void Room::set_media(Occupant& occupant, MediaKind kind, bool enabled) {
    {
        const std::lock_guard lock(mutex_);
        const auto* stay = find_stay(shown_, occupant.stay);
        if (!occupant.seated || !stay) return;
        auto media = stay->media;
        (kind == MediaKind::audio   ? media.audio
         : kind == MediaKind::video ? media.video
                                    : media.screen_share) = enabled;
        if (media == stay->media) return;
        intent_for(occupant.stay).media = media;
        refresh({});
    }
    changed_here();
}

void Room::leave(Occupant& occupant, LeaveReason reason) {
    {
        const std::lock_guard lock(mutex_);
        if (!occupant.seated) return;
        unseat(occupant);
        intent_for(occupant.stay).leaving = reason;
        refresh({});
    }
    changed_here();
}

bool Room::leave(const AttendeeId& attendee, LeaveReason reason) {
    {
        const std::lock_guard lock(mutex_);
        const auto* stay = find_attendee(shown_, attendee);
        if (!stay || stay->node != world_->node) return false;
        intent_for(stay->id).leaving = reason;
        refresh({});
    }
    changed_here();
    return true;
}

void Room::connection_lost(Occupant& occupant) {
    if (world_->grace.count() == 0) return leave(occupant, LeaveReason::disconnected);
    {
        const std::lock_guard lock(mutex_);
        if (!occupant.seated) return;
        unseat(occupant);
        intent_for(occupant.stay).interrupted = world_->clock.now();
        refresh({});
    }
    changed_here();
}

void Room::close(const std::string& reason) {
    {
        const std::lock_guard lock(mutex_);
        if (!truth_.closed) closing_ = reason;
        refresh({});
    }
    drain();
}

void Room::changed_here() {
    drain();
    world_->settle(shared_from_this());
}

bool Room::occupied(const StayId& stay) const {
    const std::lock_guard lock(mutex_);
    return is_here(stay);
}

std::optional<Stay> Room::stay_of(ConnectionKey connection) const {
    const std::lock_guard lock(mutex_);
    for (const auto& member : present_)
        if (member.here && member.here->key == connection) return member.stay;
    return std::nullopt;
}

void Room::tell_expiring(std::chrono::seconds left) {
    {
        const std::lock_guard lock(mutex_);
        tell(ExpiringNotice{left}, {});
    }
    drain();
}

void Room::add_footprint(const Footprint& later) {
    const std::lock_guard lock(mutex_);
    footprint_ = joined(std::move(footprint_), later);
}

Footprint Room::take_footprint() {
    const std::lock_guard lock(mutex_);
    return std::exchange(footprint_, {});
}

void Room::give_back_footprint(Footprint earlier) {
    const std::lock_guard lock(mutex_);
    footprint_ = joined(std::move(earlier), footprint_);
}

bool Room::unsettled() const {
    const std::lock_guard lock(mutex_);
    // A room is known from its first step on; one that is not any more has to be looked at.
    const bool unknown = truth_.seq > 0 && !loaded_;
    return ahead_ || unknown || !footprint_.empty() || step.unpublished || step.uncertain;
}

bool Room::idle() const {
    const std::lock_guard lock(mutex_);
    const bool responsible = std::any_of(truth_.stays.begin(), truth_.stays.end(),
                                         [&](const Stay& stay) { return stay.node == world_->node; });
    return occupants_.empty() && intents_.empty() && !closing_ && footprint_.empty() && pending_.empty() &&
           !delivering_ && !turn_taken_ && !responsible && !step.uncertain && !step.unpublished;
}

std::size_t Room::seated() const {
    const std::lock_guard lock(mutex_);
    return occupants_.size();
}

}  // namespace televisit::consult
