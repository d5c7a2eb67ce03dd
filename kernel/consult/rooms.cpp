/// The registry of rooms, and what the backplane says of them.
#include "consult/rooms.hpp"

#include <algorithm>
#include <utility>

namespace televisit::consult {

Rooms::Rooms(const Ports& ports, const Settings& settings, const Visits& visits, const Tokens& tokens,
             Background& background, Reach& reach)
    : ports_(ports),
      settings_(settings),
      visits_(visits),
      background_(background),
      reach_(reach),
      leases_(ports, settings),
      steps_(ports, settings, visits, tokens, leases_),
      world_(std::make_shared<RoomWorld>(settings.node, settings.grace, ports.clock, ports.secrets, ports.backplane,
                                         ports.metrics)),
      open_rooms_(ports.metrics.gauge("televisit_rooms_open", "Rooms open on this node.")) {}

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
        const Turn turn(room->turnstile(), context.deadline);
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

Result<Truth> Rooms::look(const RoomId& room, const CallContext& context) {
    return ports_.presence.load(room, context);
}

std::vector<Stay> Rooms::present(const RoomId& id, const CallContext& context) {
    const auto truth = look(id, context);
    if (truth.ok()) return (*truth)->stays;
    const auto room = find(id);
    return room ? room->truth()->stays : std::vector<Stay>{};
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
    if (const auto* truth = std::get_if<Truth>(&*decoded)) {
        if ((*truth)->room == room->id()) room->on_truth(*truth);
    } else {
        room->on_relay(message.sender, std::get<RelayMessage>(*decoded));
    }
}

void Rooms::on_link(bool up) {
    link_up_ = up;
    reach_.note(Reach::Part::backplane, up);
    if (up) look_again();
}

}  // namespace televisit::consult
