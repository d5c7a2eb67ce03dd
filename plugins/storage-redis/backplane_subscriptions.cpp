#include "backplane_subscriptions.hpp"

#include <iterator>

namespace televisit::storage_redis {

BackplaneSubscriptions::Room& BackplaneSubscriptions::want(const RoomId& room) {
    auto& entry = rooms_[room.str()];
    if (!entry.wanted) ++wanted_;
    entry.wanted = true;
    entry.id = room;
    return entry;
}

bool BackplaneSubscriptions::drop(const RoomId& room) {
    const auto found = rooms_.find(room.view());
    if (found == rooms_.end() || !found->second.wanted) return false;
    --wanted_;
    found->second = Room{.id = room, .unconfirmed = found->second.unconfirmed};
    forget_if_over(found);
    return true;
}

BackplaneSubscriptions::Room* BackplaneSubscriptions::find(std::string_view room) {
    const auto found = rooms_.find(room);
    return found == rooms_.end() || !found->second.wanted ? nullptr : &found->second;
}

void BackplaneSubscriptions::confirm(std::string_view room) {
    const auto found = rooms_.find(room);
    if (found == rooms_.end() || found->second.unconfirmed == 0) return;
    --found->second.unconfirmed;
    forget_if_over(found);
}

bool BackplaneSubscriptions::confirmed(std::string_view room) const {
    const auto found = rooms_.find(room);
    return found != rooms_.end() && found->second.wanted && found->second.unconfirmed == 0;
}

void BackplaneSubscriptions::begin_again() {
    for (auto room = rooms_.begin(); room != rooms_.end();) {
        room->second.unconfirmed = 0;
        room->second.catching_up = false;
        room->second.held.clear();
        room->second.first_held.reset();
        room = room->second.wanted ? std::next(room) : rooms_.erase(room);
    }
}

std::vector<RoomId> BackplaneSubscriptions::all() const {
    std::vector<RoomId> rooms;
    rooms.reserve(wanted_);
    for (const auto& [_, room] : rooms_)
        if (room.wanted) rooms.push_back(room.id);
    return rooms;
}

void BackplaneSubscriptions::forget_if_over(Rooms::iterator room) {
    if (!room->second.wanted && room->second.unconfirmed == 0) rooms_.erase(room);
}

}  // namespace televisit::storage_redis
