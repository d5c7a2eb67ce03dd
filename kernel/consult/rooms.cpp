/// The registry of rooms, and the step on the presence store.
#include "consult/rooms.hpp"

#include <algorithm>
#include <utility>

#include "consult/seat.hpp"

namespace televisit::consult {
namespace {

constexpr int kStepAttempts = 100;
/// How long a store keeps what nobody has touched after the visit's window.
constexpr std::chrono::hours kKeep{1};
constexpr std::chrono::hours kKeepUnknown{24};

Error link_down() {
    auto failure = error(Errc::unavailable, "backplane_down", "The server is not ready. Please try again.");
    failure.retry_after = std::chrono::seconds{1};
    return failure;
}

}  // namespace

Rooms::Rooms(const Ports& ports, const Settings& settings, const Visits& visits, const Tokens& tokens,
             Background& background)
    : ports_(ports),
      settings_(settings),
      visits_(visits),
      tokens_(tokens),
      background_(background),
      world_(std::make_shared<RoomWorld>(settings.node, settings.grace, ports.clock, ports.secrets, ports.backplane,
                                         ports.metrics)),
      open_rooms_(ports.metrics.gauge("televisit_rooms_open", "Rooms open on this node.")),
      steps_lost_(ports.metrics.counter("televisit_presence_steps_lost_total",
                                        "Steps on the presence store that another one came before.")) {}

void Rooms::live_in(const std::weak_ptr<void>& owner) {
    world_->settle = [this, owner](const std::shared_ptr<Room>& room) {
        if (const auto alive = owner.lock()) want_settle(room);
    };
}

std::shared_ptr<Room> Rooms::find(const RoomId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = rooms_.find(id);
    return found == rooms_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Room>> Rooms::all() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Room>> rooms;
    rooms.reserve(rooms_.size());
    for (const auto& [_, room] : rooms_) rooms.push_back(room);
    return rooms;
}

Result<std::shared_ptr<Room>> Rooms::open(const RoomId& id, const SessionId& session, bool beyond_limit) {
    const std::lock_guard lock(mutex_);
    auto& room = rooms_[id];
    if (!room && !beyond_limit && rooms_.size() > settings_.max_rooms) {
        rooms_.erase(id);
        auto failure = error(Errc::unavailable, "too_many_rooms", "The server is busy. Please try again.");
        failure.retry_after = std::chrono::seconds{5};
        return failure;
    }
    if (!room) room = std::make_shared<Room>(world_, id, session);
    open_rooms_.set(static_cast<double>(rooms_.size()));
    return room;
}

void Rooms::retire(const std::shared_ptr<Room>& room, const CallContext& context) {
    if (!room->idle()) return;
    {
        const Room::Turn turn(*room, context.deadline);
        if (!turn) return;
        if (room->step.subscribed && !ports_.backplane.unsubscribe(room->id(), context)) return;
        room->step.subscribed = false;
        room->forget_truth();
    }
    const std::lock_guard lock(mutex_);
    // The map's and the caller's: who else wants it gets it from the map, and has to wait for this lock.
    if (room.use_count() > 2 || !room->idle()) return;
    rooms_.erase(room->id());
    open_rooms_.set(static_cast<double>(rooms_.size()));
}

Result<void> Rooms::prepare(Room& room, const CallContext& context) {
    if (!room.step.subscribed) {
        if (auto subscribed = ports_.backplane.subscribe(room.id(), context); !subscribed) return subscribed;
        room.step.subscribed = true;
        room.forget_truth();
    }
    if (room.loaded() && !room.step.attempt) return {};
    auto truth = ports_.presence.load(room.id(), context);
    if (!truth.ok()) return truth.error();
    if (room.step.attempt)
        settle_attempt(room, std::move(*truth));
    else
        room.learn({std::move(*truth)});
    return {};
}

void Rooms::settle_attempt(Room& room, RoomPresence truth) {
    const auto attempt = *std::exchange(room.step.attempt, std::nullopt);
    StateMessage news{std::move(truth)};
    if (news.truth.seq < attempt.next.truth.seq) return room.learn(news);
    // It was made, or somebody has come before. Whoever is not there any more was meant to go, if the attempt says so.
    for (const auto& departure : attempt.next.departures)
        if (!find_stay(news.truth.stays, departure.stay)) news.departures.push_back(departure);
    if (news.truth.closed) news.end_reason = attempt.next.end_reason;
    Footprint print;
    add_transition(print, attempt.before.stays, news.truth.stays, ports_.clock.now());
    room.add_footprint(print);
    publish(room, news);
    room.learn(news);
}

Instant Rooms::keep_until(const Room& room, const RoomPresence& truth) const {
    const auto closes = room.step.closes_at.load();
    const auto now = ports_.clock.now();
    if (closes == Instant{}) return std::max(truth.expires_at, now + kKeepUnknown);
    return std::max({truth.expires_at, closes + kKeep, now + kKeep});
}

Result<Rooms::Made> Rooms::step(Room& room, std::optional<ConnectionKey> connection, const Alter& alter,
                                const CallContext& context) {
    if (auto ready = prepare(room, context); !ready) return ready.error();
    bool fresh = false;
    for (int attempt = 0; attempt < kStepAttempts; ++attempt) {
        if (auto judged = judge_claims(room, context); !judged) return judged.error();
        // Who claims to sit here still comes before whoever wants to: first that becomes truth.
        const bool claiming = !room.claims().empty();
        auto [before, next] = room.proposal();
        auto stay = claiming ? Result(std::optional<StayId>{}) : alter(next);
        if (!stay.ok() && !std::exchange(fresh, true)) {
            // Nobody is refused by what this node has heard so far; the store knows better.
            room.forget_truth();
            if (auto ready = prepare(room, context); !ready) return ready.error();
            continue;
        }
        if (!stay.ok()) return stay.error();
        if (!*stay && next.truth == before) {
            if (!claiming) return Made{};
            room.refuse_unseated_claims();
            continue;
        }
        for (auto& departure : next.departures)
            if (const auto* stay = find_stay(before.stays, departure.stay)) departure.node = stay->node;
        next.truth.seq = before.seq + 1;
        next.truth.expires_at = keep_until(room, before);
        const auto replaced = ports_.presence.replace(next.truth, context);
        if (!replaced.ok()) {
            room.forget_truth();
            room.step.attempt = Room::Attempt{std::move(before), std::move(next)};
            room.step.uncertain = true;
            const bool in_time = ports_.clock.steady_now() < context.deadline;
            if (replaced.error().code != Errc::timeout || !in_time || !prepare(room, context)) return replaced.error();
            continue;
        }
        if (!replaced->won) {
            steps_lost_.add();
            if (replaced->current.seq <= before.seq) room.forget_truth();
            room.learn({replaced->current});
            continue;
        }
        // Who sits down counts as new even when the stay was there: the answer to an earlier try may have got lost.
        if (*stay) std::erase_if(before.stays, [&](const Stay& one) { return one.id == **stay; });
        Footprint print;
        add_transition(print, before.stays, next.truth.stays, ports_.clock.now());
        room.add_footprint(print);
        publish(room, next);
        std::shared_ptr<Occupant> newcomer;
        if (*stay && connection)
            newcomer = std::make_shared<Occupant>(*connection, *find_stay(next.truth.stays, **stay));
        auto participants = room.apply(next, newcomer);
        room.refuse_unseated_claims();
        if (claiming) continue;
        if (!newcomer) return Made{};
        if (participants) return Made{std::move(newcomer), std::move(*participants)};
    }
    return Commits::busy();
}

void Rooms::publish(Room& room, const StateMessage& message) {
    const auto sent = ports_.backplane.publish({room.id(), settings_.node, room.next_number(), encode(message)});
    room.step.unpublished = !sent.ok();
}

Result<std::optional<StayId>> Rooms::admit(StateMessage& next, const SessionRecord& session,
                                           const AttendeeRecord& attendee) const {
    if (next.truth.closed) return error(Errc::conflict, "session_over", "This consultation is over.");
    auto& stays = next.truth.stays;
    if (auto* mine = find_attendee(stays, attendee.id)) {
        if (mine->token_number > attendee.token_number)
            return error(Errc::unauthenticated, "invalid_token", "This access token is not valid any more.");
        if (mine->token_number == attendee.token_number) {
            mine->node = settings_.node;
            mine->state = StayState::joined;
            mine->interrupted_at = {};
            return std::optional(mine->id);
        }
        next.departures.push_back({mine->id, LeaveReason::rejoined});
        std::erase_if(stays, [&](const Stay& stay) { return stay.attendee == attendee.id; });
    }
    if (!has_seat(stays, attendee.role, session.max_participants))
        return error(Errc::conflict, "room_full", "The room is full.");
    Stay stay;
    stay.id = StayId(ports_.secrets.uuid());
    stay.attendee = attendee.id;
    stay.user = attendee.user;
    stay.peer = attendee.peer_id;
    stay.role = attendee.role;
    stay.node = settings_.node;
    stay.token_number = attendee.token_number;
    stay.since = ports_.clock.now();
    stays.push_back(stay);
    return std::optional(stay.id);
}

Result<Entered> Rooms::enter(const SessionRecord& session, const AttendeeRecord& attendee, ConnectionKey connection,
                             const CallContext& context) {
    if (!link_up_) return link_down();
    // Without a lease nobody would notice if this node died with somebody inside.
    // The other nodes go by civil time, which may jump.
    if (ports_.clock.steady_now() >= leased_until_.load() || ports_.clock.now() >= lease_written_until_.load())
        if (auto leased = renew_lease(context); !leased) return leased.error();
    const auto opened = open(session.room_id, session.id, false);
    if (!opened.ok()) return opened.error();
    const auto room = *opened;
    room->step.closes_at = visits_.closes_at(session);
    const Room::Turn turn(*room, context.deadline);
    if (!turn) return Commits::busy();
    if (const auto seated = room->stay_of(connection)) {
        if (seated->attendee != attendee.id)
            return error(Errc::conflict, "already_seated", "This connection is in the room as somebody else.");
        if (seated->token_number == attendee.token_number) return Entered{nullptr, member_of(*seated), room->members()};
    }
    auto made = step(
        *room, connection, [&](StateMessage& next) { return admit(next, session, attendee); }, context);
    if (!made.ok()) {
        if (room->step.uncertain) want_settle(room);
        return made.error();
    }
    room->wait_delivered(context.deadline);
    if (!write_footprint(*room, context)) want_settle(room);
    auto self = made->seated->self;
    return Entered{std::make_unique<RoomSeat>(room, std::move(made->seated)), std::move(self),
                   std::move(made->participants)};
}

Result<void> Rooms::put_out(const SessionRecord& session, const AttendeeId& attendee, LeaveReason reason,
                            const CallContext& context) {
    if (const auto here = find(session.room_id); here && here->leave(attendee, reason)) {
        const bool settled = settle(here, context);  // if it cannot be done now, it will be
        here->wait_delivered(context.deadline);
        // Unless they have gone on to another node in this moment, of which this one had not heard.
        if (!settled || !find_attendee(here->truth().stays, attendee)) return {};
    }
    const auto opened = open(session.room_id, session.id, true);
    if (!opened.ok()) return opened.error();
    const auto room = *opened;
    const Room::Turn turn(*room, context.deadline);
    if (!turn) return Commits::busy();
    room->forget_truth();  // news of them may be on the way
    const auto made = step(
        *room, std::nullopt,
        [&](StateMessage& next) -> Result<std::optional<StayId>> {
            if (const auto* stay = find_attendee(next.truth.stays, attendee)) {
                next.departures.push_back({stay->id, reason});
                std::erase_if(next.truth.stays, [&](const Stay& one) { return one.attendee == attendee; });
            }
            return std::optional<StayId>{};
        },
        context);
    if (!made.ok()) return made.error();
    room->wait_delivered(context.deadline);
    if (!write_footprint(*room, context)) want_settle(room);
    return {};
}

bool Rooms::close(const SessionRecord& session, const CallContext& context) {
    const auto opened = open(session.room_id, session.id, true);
    if (!opened.ok()) return false;
    const auto room = *opened;
    room->step.closes_at = visits_.closes_at(session);
    room->close(session.end_reason);
    room->take_footprint();  // the ending of the session has told it
    const bool settled = settle(room, context);
    room->wait_delivered(context.deadline);
    return settled;
}

Result<RoomPresence> Rooms::look(const RoomId& room, const CallContext& context) {
    return ports_.presence.load(room, context);
}

std::vector<Stay> Rooms::present(const RoomId& id, const CallContext& context) {
    auto truth = look(id, context);
    if (truth.ok()) return std::move(truth->stays);
    const auto room = find(id);
    return room ? room->truth().stays : std::vector<Stay>{};
}

std::vector<std::shared_ptr<const Room>> Rooms::page(const RoomId& after, std::size_t limit) const {
    const auto earlier = [](const auto& a, const auto& b) { return a->id() < b->id(); };
    std::vector<std::shared_ptr<const Room>> page;
    for (auto& room : all())
        if (after < room->id()) page.push_back(std::move(room));
    const auto end = page.begin() + static_cast<std::ptrdiff_t>(std::min(limit, page.size()));
    std::partial_sort(page.begin(), end, page.end(), earlier);
    page.erase(end, page.end());
    return page;
}

Footprint Rooms::take_footprint(const RoomId& id) {
    const auto room = find(id);
    return room ? room->take_footprint() : Footprint{};
}

void Rooms::give_back_footprint(const RoomId& id, Footprint print) {
    if (const auto room = find(id)) room->give_back_footprint(std::move(print));
}

void Rooms::on_message(const BackplaneMessage& message) {
    if (message.sender == settings_.node) return;  // its own words: it knows
    const auto room = find(message.room);
    if (!room || !room->is_new(message.sender, message.number)) return;
    const auto decoded = decode(message.payload);
    if (!decoded) return ports_.logger.warning("backplane message refused", {{"sender", message.sender.view()}});
    if (const auto* state = std::get_if<StateMessage>(&*decoded)) {
        if (state->truth.room == room->id()) room->on_state(*state);
    } else {
        room->on_relay(message.sender, std::get<RelayMessage>(*decoded));
    }
}

void Rooms::on_link(bool up) {
    link_up_ = up;
    if (!up) return;
    for (const auto& room : all()) {
        room->forget_truth();
        want_settle(room);
    }
}

}  // namespace televisit::consult
