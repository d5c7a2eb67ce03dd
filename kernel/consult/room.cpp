/// What seats do, and what is asked about a room.
#include "consult/room.hpp"

#include <algorithm>
#include <utility>

namespace televisit::consult {

Room::Room(std::shared_ptr<RoomWorld> world, RoomId id, SessionId session)
    : world_(std::move(world)),
      id_(std::move(id)),
      deliveries_(*world_),
      session_(std::move(session)),
      number_(world_->next_room++ << 32),
      outlook_(world_->node, id_),
      shown_(outlook_.truth()),
      turnstile_(mutex_) {}

void Room::open(Occupant& occupant) {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(occupant.open, true)) return;
        deliveries_.release(occupant);
    }
    drain();
}

void Room::set_media(Occupant& occupant, MediaKind kind, bool enabled) {
    {
        const std::lock_guard lock(mutex_);
        const auto* stay = find_stay(shown_->stays, occupant.stay);
        if (!occupant.seated || !stay) return;
        auto media = stay->media;
        (kind == MediaKind::audio   ? media.audio
         : kind == MediaKind::video ? media.video
                                    : media.screen_share) = enabled;
        if (media == stay->media) return;
        outlook_.set_media(occupant.stay, media);
        refresh();
    }
    changed_here();
}

void Room::leave(Occupant& occupant, LeaveReason reason) {
    {
        const std::lock_guard lock(mutex_);
        if (!occupant.seated) return;
        unseat(occupant);
        outlook_.leave(occupant.stay, reason);
        refresh(Departure{occupant.stay, occupant.attendee, world_->node, reason});
    }
    changed_here();
}

void Room::connection_lost(Occupant& occupant) {
    {
        std::unique_lock lock(mutex_);
        // There is no stay to be interrupted when it is a claim.
        if (world_->grace.count() == 0 || outlook_.is_claimed(occupant.stay)) {
            lock.unlock();
            return leave(occupant, LeaveReason::disconnected);
        }
        if (!occupant.seated) return;
        unseat(occupant);
        outlook_.interrupt(occupant.stay, world_->clock.now());
        refresh();
    }
    changed_here();
}

void Room::suspend(Occupant& occupant) {
    {
        std::unique_lock lock(mutex_);
        if (world_->grace.count() == 0 || outlook_.is_claimed(occupant.stay)) {
            lock.unlock();
            return leave(occupant, LeaveReason::disconnected);
        }
        if (!occupant.seated || occupant.away) return;
        occupant.away = true;
        outlook_.interrupt(occupant.stay, world_->clock.now());
        refresh();
    }
    changed_here();
}

bool Room::resume(Occupant& occupant) {
    {
        const std::lock_guard lock(mutex_);
        if (!occupant.seated || !occupant.away) return occupant.seated;
        occupant.away = false;
        outlook_.resume(occupant.stay);
        refresh();
    }
    changed_here();
    return true;
}

void Room::put_out(const AttendeeId& attendee, std::int64_t up_to_token, LeaveReason reason) {
    {
        const std::lock_guard lock(mutex_);
        const auto* stay = find_attendee(shown_->stays, attendee);
        if (!stay || stay->node != world_->node || stay->token_number > up_to_token) return;
        outlook_.leave(stay->id, reason);
        refresh();
    }
    changed_here();
}

void Room::close(std::string_view reason) {
    {
        const std::lock_guard lock(mutex_);
        outlook_.close(reason);
        refresh();
    }
    drain();
}

void Room::tell_expiring(std::chrono::seconds left) {
    {
        const std::lock_guard lock(mutex_);
        deliveries_.tell(occupants_, ExpiringNotice{left}, {});
    }
    drain();
}

bool Room::seats(const AttendeeId& attendee) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(occupants_.begin(), occupants_.end(),
                       [&](const Occupant* occupant) { return occupant->attendee == attendee; });
}

void Room::tell_ice(const AttendeeId& attendee, const IceServers& servers) {
    {
        const std::lock_guard lock(mutex_);
        for (auto* occupant : occupants_)
            if (occupant->attendee == attendee) deliveries_.tell(*occupant, IceNotice{servers});
    }
    drain();
}

void Room::changed_here() {
    drain();
    world_->settle(shared_from_this());
}

void Room::drain() {
    std::unique_lock lock(mutex_);
    deliveries_.drain(lock);
}

void Room::wait_delivered(SteadyTime deadline) {
    std::unique_lock lock(mutex_);
    deliveries_.wait(lock, deadline);
}

bool Room::is_new(const NodeId& node, std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    return heard_.add(node, number);
}

Truth Room::truth() const {
    const std::lock_guard lock(mutex_);
    return outlook_.truth();
}

bool Room::any_stay(const std::function<bool(const Stay&)>& is) const {
    const std::lock_guard lock(mutex_);
    const auto& stays = outlook_.truth()->stays;
    return std::any_of(stays.begin(), stays.end(), is);
}

bool Room::loaded() const {
    const std::lock_guard lock(mutex_);
    return outlook_.loaded();
}

void Room::forget_truth() {
    const std::lock_guard lock(mutex_);
    outlook_.forget();
}

Room::Proposal Room::proposal() const {
    const std::lock_guard lock(mutex_);
    return {outlook_.truth(), outlook_.proposed(occupants_)};
}

std::vector<Member> Room::members() const {
    const std::lock_guard lock(mutex_);
    return members_of(shown_->stays);
}

bool Room::occupied(const StayId& stay) const {
    const std::lock_guard lock(mutex_);
    return find_occupant(occupants_, stay) != nullptr;
}

bool Room::has_left(const Occupant& occupant) const {
    const std::lock_guard lock(mutex_);
    return occupant.lost == LeaveReason::left;
}

std::optional<Stay> Room::stay_of(ConnectionKey connection) const {
    const std::lock_guard lock(mutex_);
    for (const auto& member : present_)
        if (member.here && member.here->key == connection) return *member.stay;
    return std::nullopt;
}

std::size_t Room::seated() const {
    const std::lock_guard lock(mutex_);
    const auto seated = [](const Occupant* occupant) { return !occupant->away; };
    return static_cast<std::size_t>(std::count_if(occupants_.begin(), occupants_.end(), seated));
}

void Room::keep(Footprint print) {
    footprint_ = print.empty() ? nullptr : std::make_unique<Footprint>(std::move(print));
}

Footprint Room::take_kept() {
    const auto kept = std::exchange(footprint_, nullptr);
    return kept ? std::move(*kept) : Footprint{};
}

void Room::add_footprint(const Footprint& later) {
    const std::lock_guard lock(mutex_);
    keep(joined(take_kept(), later));
}

Footprint Room::take_footprint() {
    const std::lock_guard lock(mutex_);
    return take_kept();
}

void Room::give_back_footprint(Footprint earlier) {
    const std::lock_guard lock(mutex_);
    keep(joined(std::move(earlier), take_kept()));
}

bool Room::unsettled() const {
    const std::lock_guard lock(mutex_);
    // A room is known from its first step on; one that is not any more has to be looked at.
    const bool unknown = outlook_.truth()->seq > 0 && !outlook_.loaded();
    return ahead_ || unknown || footprint_ || step.unpublished || step.uncertain;
}

bool Room::idle() const {
    const std::lock_guard lock(mutex_);
    if (turnstile_.taken()) return false;
    const auto& stays = outlook_.truth()->stays;
    const bool responsible =
        std::any_of(stays.begin(), stays.end(), [&](const Stay& stay) { return stay.node == world_->node; });
    return occupants_.empty() && outlook_.settled() && !footprint_ && deliveries_.idle() && !responsible &&
           !step.uncertain && !step.unpublished;
}

}  // namespace televisit::consult
