#include "consult/listener_gate.hpp"

#include <functional>
#include <thread>

namespace televisit::consult {

std::atomic<std::size_t>& ListenerGate::slot() {
    return slots_[std::hash<std::thread::id>{}(std::this_thread::get_id()) % slots_.size()].calls;
}

Result<void> ListenerGate::attach(RoomListener& listener) {
    RoomListener* none = nullptr;
    if (listener_.compare_exchange_strong(none, &listener)) return {};
    return error(Errc::conflict, "listener_attached", "Somebody delivers to the rooms already.");
}

void ListenerGate::detach(RoomListener& listener) {
    auto* attached = &listener;
    if (!listener_.compare_exchange_strong(attached, nullptr)) return;
    for (auto& slot : slots_)
        for (auto calls = slot.calls.load(); calls != 0; calls = slot.calls.load()) slot.calls.wait(calls);
}

}  // namespace televisit::consult
