#pragma once
/// What a `SocketKey` says: where its socket is, and which of those that were there.

#include <cstdint>

#include "engine/sid.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::socketio {

/// 12 bits of loop, 28 of generation, 24 of slot. A slot whose generations are used up is not used again.
inline constexpr std::uint32_t kMaxGeneration = (1U << 28) - 1;

constexpr SocketKey make_key(LoopId loop, std::uint32_t generation, std::uint32_t slot) noexcept {
    return {std::uint64_t{loop} << 52 | std::uint64_t{generation} << 24 | slot};
}
constexpr LoopId loop_of(SocketKey key) noexcept {
    return static_cast<LoopId>(key.value >> 52);
}

}  // namespace televisit::socketio
