#include "memory_presence.hpp"

#include <algorithm>

namespace televisit::storage_memory {

Truth MemoryPresence::current(const RoomId& room) const {
    const auto found = rooms_.find(room);
    if (found != rooms_.end() && found->second->expires_at > clock_.now()) return found->second;
    return std::make_shared<const RoomPresence>(RoomPresence{.room = room});
}

bool MemoryPresence::make_room() {
    if (rooms_.size() < max_rooms_) return true;
    const auto now = clock_.now();
    std::erase_if(rooms_, [now](const auto& entry) { return entry.second->expires_at <= now; });
    if (rooms_.size() < max_rooms_) return true;
    // A tombstone is worth less than a room with people in it: the record of its session still says that it is over.
    std::erase_if(rooms_, [](const auto& entry) { return entry.second->stays.empty(); });
    return rooms_.size() < max_rooms_;
}

Result<Truth> MemoryPresence::load(const RoomId& room, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return current(room);
}

Result<PresenceStep> MemoryPresence::replace(const Truth& next, const CallContext&) {
    const std::lock_guard lock(mutex_);
    auto standing = current(next->room);
    if (standing->seq + 1 != next->seq) return PresenceStep{false, std::move(standing)};
    if (!rooms_.contains(next->room) && !make_room())
        return error(Errc::unavailable, "store_full", "The server has as many rooms open as it may.");
    rooms_[next->room] = next;
    return PresenceStep{true, next};
}

Result<std::vector<RoomId>> MemoryPresence::rooms_of(const NodeId& node, const CallContext&) {
    const std::lock_guard lock(mutex_);
    const auto now = clock_.now();
    std::vector<RoomId> found;
    for (const auto& [id, truth] : rooms_) {
        const auto& stays = truth->stays;
        if (truth->expires_at > now &&
            std::any_of(stays.begin(), stays.end(), [&](const Stay& stay) { return stay.node == node; }))
            found.push_back(id);
    }
    return found;
}

Result<void> MemoryPresence::renew_lease(const NodeLease& lease, const CallContext&) {
    const std::lock_guard lock(mutex_);
    leases_[lease.node] = lease.until;
    return {};
}

Result<std::vector<NodeLease>> MemoryPresence::leases(const CallContext&) {
    const std::lock_guard lock(mutex_);
    std::vector<NodeLease> all;
    for (const auto& [node, until] : leases_) all.push_back({node, until});
    return all;
}

Result<void> MemoryPresence::drop_lease(const NodeId& node, const CallContext&) {
    const std::lock_guard lock(mutex_);
    leases_.erase(node);
    return {};
}

}  // namespace televisit::storage_memory
