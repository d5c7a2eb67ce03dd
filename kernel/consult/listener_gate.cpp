#include "consult/listener_gate.hpp"

#include <cstdint>

namespace televisit::consult {

std::atomic<std::size_t>& ListenerGate::slot() {
    // Each thread has this byte at another address.
    thread_local const char mark = 0;
    constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15;
    return slots_[reinterpret_cast<std::uintptr_t>(&mark) * kSpread >> (64 - kSlotBits)].calls;
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
