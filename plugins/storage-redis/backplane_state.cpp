#include "backplane_state.hpp"

namespace televisit::storage_redis {

template <class Call>
void BackplaneState::call_listener(std::unique_lock<std::mutex>& lock, const Call& call) {
    auto* const called = listener;
    if (!called) return;
    calling = true;
    lock.unlock();
    call(*called);
    lock.lock();
    calling = false;
    changed.notify_all();
}

void BackplaneState::deliver(std::unique_lock<std::mutex>& lock, BackplaneSubscriptions::Room& room,
                             const Arrival& arrival) {
    if (room.sender.view() != arrival.sender) room.sender = NodeId(arrival.sender);
    if (arrival.position) room.heard = *arrival.position;
    BackplaneMessage message{room.id, room.sender, arrival.number, std::string(arrival.payload)};
    if (!room.catching_up) return deliver(lock, message);
    if (!room.first_held) room.first_held = arrival.position;
    room.held.push_back(std::move(message));
}

void BackplaneState::deliver(std::unique_lock<std::mutex>& lock, const BackplaneMessage& message) {
    ++figures.delivered;
    call_listener(lock, [&](BackplaneListener& called) { called.on_message(message); });
}

void BackplaneState::tell_link(std::unique_lock<std::mutex>& lock) {
    if (!listener || listener_knows_up == up) return;
    listener_knows_up = up;
    call_listener(lock, [now = up](BackplaneListener& called) { called.on_link(now); });
}

}  // namespace televisit::storage_redis
