#include "farewell.hpp"

#include <string>
#include <string_view>

#include "messages.hpp"

namespace televisit::signaling {

bool Farewell::announce() noexcept {
    auto none = Phase::none;
    return phase_.compare_exchange_strong(none, Phase::announced);
}

void Farewell::tell(std::span<const SocketKey> sockets) const {
    const std::string message = server_draining_message(reconnect_after_);
    const std::string_view piece = message;
    sockets_.emit(sockets, {.event = "server_draining", .args = {&piece, 1}});
}

void Farewell::meet(SocketKey socket) const {
    const Phase phase = phase_;
    if (phase == Phase::none) return;
    tell({&socket, 1});
    // Cut, not refused: a stock client that is refused a namespace does not come back to it by itself.
    if (phase == Phase::under_way) sockets_.disconnect(socket, DisconnectMode::engine);
}

}  // namespace televisit::signaling
