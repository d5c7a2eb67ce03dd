/// What happens to rooms by themselves: intents that become truth, grace that ends, nodes that die.
#include <algorithm>

#include "consult/rooms.hpp"

namespace televisit::consult {
namespace {

constexpr std::chrono::milliseconds kFirstBackoff{250};
constexpr std::chrono::milliseconds kLastBackoff{8'000};
/// So often the truth of a room in which somebody sits is looked at, even if nothing happens.
constexpr std::chrono::seconds kLookAgain{60};
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
        const Turn turn(room->turnstile(), context.deadline);
        if (turn) {
            settled = try_settle(*room, context);
            auto& backoff = room->step.backoff;
            backoff = settled ? std::chrono::milliseconds{0} : std::clamp(backoff * 2, kFirstBackoff, kLastBackoff);
            room->step.retry_at = ports_.clock.steady_now() + backoff;
            if (settled) arm_grace(room);
        }
    }
    if (settled) retire(room, context);
    return settled;
}

bool Rooms::try_settle(Room& room, const CallContext& context) {
    const auto tidy = [&](RoomPresence& next) -> Result<void> {
        // A stay of this node in which nobody sits: its entering has failed half-way.
        for (auto& stay : next.stays)
            if (stay.node == settings_.node && stay.state == StayState::joined && !room.occupied(stay.id)) {
                stay.state = StayState::interrupted;
                stay.interrupted_at = ports_.clock.now();
            }
        end_grace(settings_.node, next);
        return {};
    };
    const bool made = steps_.make(room, tidy, context).ok();
    if (made) room.step.uncertain = false;
    if (made && room.step.unpublished) steps_.publish(room, *room.truth());
    const bool written = steps_.write_footprint(room, context).ok();
    return made && written && !room.step.unpublished;
}

bool Rooms::waits_for_grace(const Stay& stay) const {
    // A clock that was set back does not make it longer.
    const auto passed = ports_.clock.now() - stay.interrupted_at;
    return stay.state == StayState::interrupted && passed >= Duration{0} && passed < Duration(settings_.grace);
}

void Rooms::end_grace(const NodeId& of, RoomPresence& next) const {
    const auto now = ports_.clock.now();
    const auto stays = next.stays;
    for (const auto& stay : stays) {
        if (stay.node != of || stay.state != StayState::interrupted || waits_for_grace(stay)) continue;
        if (stay.interrupted_at > now)
            find_stay(next.stays, stay.id)->interrupted_at = now;
        else
            end_stay(next, stay.id, LeaveReason::grace_ended);
    }
}

void Rooms::arm_grace(const std::shared_ptr<Room>& room) {
    std::optional<Instant> first;
    const auto truth = room->truth();
    for (const auto& stay : truth->stays)
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
    for (auto& room : all()) {
        warn_of_end(*room);
        room->give_up_remembered();
        // Also a message that got lost without a sign misleads nobody for long.
        const auto looked = ports_.clock.steady_now() - room->step.looked_at.load();
        if (looked >= kLookAgain && room->seated() > 0) room->forget_truth();
        const bool grace_over = room->any_stay([&](const Stay& stay) {
            return stay.node == settings_.node && stay.state == StayState::interrupted && !waits_for_grace(stay);
        });
        if ((room->unsettled() || grace_over) && ports_.clock.steady_now() >= room->step.retry_at.load())
            want_settle(room);
        else if (room->idle())
            retire(room, own_context());
    }
}

void Rooms::look_again() {
    for (const auto& room : all()) {
        room->forget_truth();
        want_settle(room);
    }
}

void Rooms::warn_of_end(Room& room) {
    const auto closes = room.step.closes_at.load();
    if (closes == Instant{}) return;
    const auto left = closes - ports_.clock.now();
    if (left <= Duration{0}) return;
    for (std::size_t i = 0; i < std::size(kWarnings); ++i) {
        if (left > kWarnings[i] || left <= kWarnings[i] - std::chrono::seconds{30}) continue;
        if (room.step.warned[i].exchange(closes) == closes) continue;
        room.tell_expiring(std::chrono::ceil<std::chrono::seconds>(left));
    }
}

Result<void> Rooms::keep_lease(const CallContext& context) {
    auto renewed = leases_.renew(context);
    reach_.note(Reach::Part::presence, renewed);
    if (!renewed) return renewed;
    const auto census = leases_.count(context);
    if (!census.ok()) return census.error();
    if (census->fewer) look_again();  // they may have changed a truth and not come to telling it
    for (const auto& node : census->dead) {
        const auto rooms = ports_.presence.rooms_of(node, context);
        if (!rooms.ok()) return rooms.error();
        for (const auto& room : *rooms) interrupt_stays_of(node, room, context);
        if (!rooms->empty()) continue;
        if (auto forgotten = leases_.forget(node, context); !forgotten) return forgotten;
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
        const Turn turn(room->turnstile(), context.deadline);
        if (!turn) return;
        room->forget_truth();  // the store says that somebody of theirs is there; perhaps nobody has told this node
        const auto interrupt = [&](RoomPresence& next) -> Result<void> {
            for (auto& stay : next.stays) {
                if (stay.node != dead || stay.state != StayState::joined) continue;
                stay.state = StayState::interrupted;
                stay.interrupted_at = ports_.clock.now();
            }
            end_grace(dead, next);
            return {};
        };
        if (!steps_.make(*room, interrupt, context) || !steps_.write_footprint(*room, context)) want_settle(room);
    }
    retire(room, context);
}

// Who is killed leaves more behind than one who runs out of time: whoever looks next settles it, here or elsewhere.
void Rooms::shut_down(const CallContext& context) {
    const auto now = ports_.clock.steady_now();
    const CallContext settling{now + (context.deadline - now) * 3 / 4, context.request};
    std::size_t left = 0;
    for (const auto& room : all()) {
        if (!room->unsettled()) continue;
        const Turn turn(room->turnstile(), settling.deadline);
        if (turn && ports_.clock.steady_now() < settling.deadline) try_settle(*room, settling);
        if (room->unsettled()) ++left;
    }
    if (left > 0) ports_.logger.warning("rooms left to the next start, or to other nodes", {{"rooms", left}});
    (void)leases_.give_up(context).ok();
}

}  // namespace televisit::consult
