/// What happens to rooms by themselves: intents that become truth, grace that ends, nodes that die.
#include <algorithm>

#include "consult/rooms.hpp"

namespace televisit::consult {
namespace {

constexpr std::chrono::milliseconds kFirstBackoff{250};
constexpr std::chrono::milliseconds kLastBackoff{8'000};
/// For so many times its length the lease of a dead node is kept.
constexpr int kLeasesKept = 10;
/// When members are told that the visit's window closes.
constexpr std::chrono::seconds kWarnings[] = {std::chrono::seconds{300}, std::chrono::seconds{60}};

}  // namespace

CallContext Rooms::own_context() const {
    return {ports_.clock.steady_now() + settings_.step_deadline, RequestId{"upkeep"}};
}

void Rooms::want_settle(const std::shared_ptr<Room>& room) {
    if (room->step.posted.exchange(true)) return;
    const auto posted = background_.post([this, room] { settle(room, own_context()); });
    if (!posted) room->step.posted = false;  // `tend` finds it
}

bool Rooms::settle(const std::shared_ptr<Room>& room, const CallContext& context) {
    room->step.posted = false;
    bool settled = false;
    {
        const Room::Turn turn(*room, context.deadline);
        if (turn) {
            settled = try_settle(*room, context);
            auto& backoff = room->step.backoff;
            backoff = settled ? std::chrono::milliseconds{0} : std::clamp(backoff * 2, kFirstBackoff, kLastBackoff);
            room->step.retry_at = ports_.clock.now() + backoff;
            if (settled) arm_grace(room);
        }
    }
    if (settled) retire(room, context);
    return settled;
}

bool Rooms::try_settle(Room& room, const CallContext& context) {
    const auto made = step(
        room, std::nullopt,
        [&](StateMessage& next) -> Result<std::optional<StayId>> {
            // A stay of this node in which nobody sits: its entering has failed half-way.
            for (auto& stay : next.truth.stays)
                if (stay.node == settings_.node && stay.state == StayState::joined && !room.occupied(stay.id)) {
                    stay.state = StayState::interrupted;
                    stay.interrupted_at = ports_.clock.now();
                }
            end_grace(next);
            return std::optional<StayId>{};
        },
        context);
    if (made.ok()) room.step.uncertain = false;
    if (made.ok() && room.step.unpublished) publish(room, {room.truth()});
    const bool written = write_footprint(room, context).ok();
    return made.ok() && written && !room.step.unpublished;
}

Result<void> Rooms::judge_claims(Room& room, const CallContext& context) {
    const auto claims = room.claims();
    if (claims.empty()) return {};
    const auto session = ports_.records.session(room.session(), context);
    if (!session.ok()) return session.error();
    const bool over = !*session || is_over((*session)->status);
    for (const auto& claim : claims) {
        if (over) {
            room.refuse_claim(claim.id, LeaveReason::session_over);
            continue;
        }
        const auto attendee = ports_.records.attendee(room.session(), claim.user, context);
        if (!attendee.ok()) return attendee.error();
        if (!*attendee || (*attendee)->access_token == tokens_.voided((*attendee)->id)) {
            room.refuse_claim(claim.id, LeaveReason::kicked);
        } else if (!(*attendee)->invitation.empty()) {
            const auto invitation = ports_.records.invitation((*attendee)->invitation, context);
            if (!invitation.ok()) return invitation.error();
            if (!*invitation || (*invitation)->revoked_at) room.refuse_claim(claim.id, LeaveReason::revoked);
        }
    }
    if (!over) room.grant_claims((*session)->max_participants);
    return {};
}

void Rooms::end_grace(StateMessage& next) const {
    const auto now = ports_.clock.now();
    std::erase_if(next.truth.stays, [&](const Stay& stay) {
        const bool ended = stay.node == settings_.node && stay.state == StayState::interrupted &&
                           now >= stay.interrupted_at + settings_.grace;
        if (ended) next.departures.push_back({stay.id, LeaveReason::grace_ended});
        return ended;
    });
}

Result<void> Rooms::write_footprint(Room& room, const CallContext& context) {
    auto print = room.take_footprint();
    auto written = visits_.record(room.session(), print, context);
    if (!written) room.give_back_footprint(std::move(print));
    return written;
}

void Rooms::arm_grace(const std::shared_ptr<Room>& room) {
    std::optional<Instant> first;
    for (const auto& stay : room->truth().stays)
        if (stay.node == settings_.node && stay.state == StayState::interrupted) {
            const auto ends = stay.interrupted_at + Duration(settings_.grace);
            first = std::min(first.value_or(ends), ends);
        }
    const auto now = ports_.clock.now();
    auto& timer = room->step.grace_timer;
    if (timer && *timer <= now) timer.reset();
    if (!first || (timer && *timer <= *first)) return;
    const auto delay = std::chrono::ceil<std::chrono::milliseconds>(std::max(*first - now, Duration{0}));
    if (background_.after(delay, [this, room] { want_settle(room); })) timer = *first;
}

void Rooms::tend() {
    const auto now = ports_.clock.now();
    for (auto& room : all()) {
        warn_of_end(*room);
        const auto truth = room->truth();
        const bool grace_over = std::any_of(truth.stays.begin(), truth.stays.end(), [&](const Stay& stay) {
            return stay.node == settings_.node && stay.state == StayState::interrupted &&
                   now >= stay.interrupted_at + settings_.grace;
        });
        if ((room->unsettled() || grace_over) && now >= room->step.retry_at.load())
            want_settle(room);
        else if (room->idle())
            retire(room, own_context());
    }
}

void Rooms::warn_of_end(Room& room) {
    const auto closes = room.step.closes_at.load();
    if (closes == Instant{}) return;
    const auto left = closes - ports_.clock.now();
    if (left <= Duration{0}) return;
    for (const auto warning : kWarnings) {
        const auto moment = closes - Duration(warning);
        if (left > warning || left <= warning - std::chrono::seconds{30} || room.step.warned_for.load() == moment)
            continue;
        room.step.warned_for = moment;
        room.tell_expiring(std::chrono::ceil<std::chrono::seconds>(left));
    }
}

Result<void> Rooms::renew_lease(const CallContext& context) {
    const auto until = ports_.clock.steady_now() + settings_.lease;
    const auto written = ports_.clock.now() + settings_.lease;
    auto renewed = ports_.presence.renew_lease({settings_.node, written}, context);
    if (!renewed) return renewed;
    leased_until_ = until;
    lease_written_until_ = written;
    return renewed;
}

Result<void> Rooms::keep_lease(const CallContext& context) {
    const auto now = ports_.clock.now();
    if (auto renewed = renew_lease(context); !renewed) return renewed;
    const auto leases = ports_.presence.leases(context);
    if (!leases.ok()) return leases.error();
    for (const auto& lease : *leases) {
        if (lease.node == settings_.node || lease.until > now) continue;
        const auto rooms = ports_.presence.rooms_of(lease.node, context);
        if (!rooms.ok()) return rooms.error();
        for (const auto& room : *rooms) interrupt_stays_of(lease.node, room, context);
        // Not at once: a node that only slept takes its lease again, perhaps in this moment.
        if (!rooms->empty() || lease.until + kLeasesKept * settings_.lease > now) continue;
        if (auto dropped = ports_.presence.drop_lease(lease.node, context); !dropped) return dropped;
    }
    return {};
}

void Rooms::interrupt_stays_of(const NodeId& dead, const RoomId& id, const CallContext& context) {
    auto session = SessionId{};
    if (!find(id)) {
        const auto record = ports_.records.session_by_room(id, context);
        if (!record.ok()) return;
        if (*record) session = (*record)->id;
    }
    const auto opened = open(id, session, true);
    if (!opened.ok()) return;
    const auto room = *opened;
    {
        const Room::Turn turn(*room, context.deadline);
        if (!turn) return;
        const auto made = step(
            *room, std::nullopt,
            [&](StateMessage& next) -> Result<std::optional<StayId>> {
                const auto now = ports_.clock.now();
                std::erase_if(next.truth.stays, [&](Stay& stay) {
                    if (stay.node != dead) return false;
                    if (stay.state == StayState::joined) {
                        stay.state = StayState::interrupted;
                        stay.interrupted_at = now;
                    }
                    if (now < stay.interrupted_at + settings_.grace) return false;
                    next.departures.push_back({stay.id, LeaveReason::grace_ended});
                    return true;
                });
                return std::optional<StayId>{};
            },
            context);
        if (!made.ok() || !write_footprint(*room, context)) want_settle(room);
    }
    retire(room, context);
}

void Rooms::shut_down(const CallContext& context) {
    for (const auto& room : all())
        if (room->unsettled()) {
            const Room::Turn turn(*room, context.deadline);
            if (turn) try_settle(*room, context);
        }
    (void)ports_.presence.drop_lease(settings_.node, context).ok();
}

}  // namespace televisit::consult
