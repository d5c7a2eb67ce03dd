#include "board.hpp"

#include <algorithm>

namespace whiteboard {

using namespace televisit;

Truth Board::standing(const RoomId& room) const {
    const auto found = rooms_.find(room);
    if (found != rooms_.end() && found->second->expires_at > clock_.now()) return found->second;
    return std::make_shared<const RoomPresence>(RoomPresence{.room = room});
}

Result<Truth> Board::load(const RoomId& room, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return standing(room);
}

Result<PresenceStep> Board::replace(const Truth& next, const CallContext&) {
    const std::lock_guard lock(mutex_);
    auto current = standing(next->room);
    // Only one step can follow each truth: whoever comes second is told what stands, and looks again.
    if (current->seq + 1 != next->seq) return PresenceStep{false, std::move(current)};
    if (rooms_.size() >= max_rooms_)
        std::erase_if(rooms_, [now = clock_.now()](const auto& entry) { return entry.second->expires_at <= now; });
    if (rooms_.size() >= max_rooms_ && !rooms_.contains(next->room))
        return error(Errc::unavailable, "store_full", "The server has as many rooms open as it may.");
    rooms_[next->room] = next;
    return PresenceStep{true, next};
}

Result<std::vector<RoomId>> Board::rooms_of(const NodeId& node, const CallContext&) {
    const std::lock_guard lock(mutex_);
    std::vector<RoomId> found;
    for (const auto& [room, truth] : rooms_) {
        const bool there = std::ranges::any_of(truth->stays, [&](const Stay& stay) { return stay.node == node; });
        if (there && truth->expires_at > clock_.now()) found.push_back(room);
    }
    return found;
}

Result<void> Board::renew_lease(const NodeLease& lease, const CallContext&) {
    const std::lock_guard lock(mutex_);
    leases_[lease.node] = lease.until;
    return {};
}

Result<std::vector<NodeLease>> Board::leases(const CallContext&) {
    const std::lock_guard lock(mutex_);
    std::vector<NodeLease> all;
    for (const auto& [node, until] : leases_) all.push_back({node, until});
    return all;
}

Result<void> Board::drop_lease(const NodeId& node, const CallContext&) {
    const std::lock_guard lock(mutex_);
    leases_.erase(node);
    return {};
}

}  // namespace whiteboard
