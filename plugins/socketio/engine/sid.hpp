#pragma once
/// Session ids: 20 URL-safe characters that nobody can guess.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/secrets.hpp"

namespace televisit::socketio {

inline constexpr std::size_t kSidSize = 20;

/// Which server of several: one of the characters that ids are made of. A load balancer finds it at their beginning.
using NodeLetter = char;
inline constexpr NodeLetter kFirstNode = 'A';

class Sid {
  public:
    Sid() = default;
    std::string_view view() const noexcept { return {text_.data(), text_.size()}; }

  private:
    friend Sid random_sid(Secrets& secrets);
    friend Sid engine_sid(Secrets& secrets, NodeLetter node, LoopId loop, std::uint32_t slot);
    std::array<char, kSidSize> text_{};
};

/// 120 random bits.
Sid random_sid(Secrets& secrets);

/// Where an engine session, or a socket, lives.
struct SidPlace {
    LoopId loop = 0;
    std::uint32_t slot = 0;
};

inline constexpr std::uint32_t kMaxLoops = 1U << 10;
inline constexpr std::uint32_t kMaxSlots = 1U << 20;

/// The id of an engine session: its server, then 10 bits for its loop, 20 for its place there, and 84 that are random.
Sid engine_sid(Secrets& secrets, NodeLetter node, LoopId loop, std::uint32_t slot);

/// Where a session of this id would be; nothing when it cannot be an id.
std::optional<SidPlace> place_of(std::string_view sid) noexcept;

/// With what a client asks for a socket that it has had: 30 bits say where it is, 258 are random.
class Pid {
  public:
    static constexpr std::size_t kSize = 6 + 43;
    std::string_view view() const noexcept { return {text_.data(), text_.size()}; }

  private:
    friend Pid random_pid(Secrets& secrets, LoopId loop, std::uint32_t slot);
    std::array<char, kSize> text_{};
};

Pid random_pid(Secrets& secrets, LoopId loop, std::uint32_t slot);

/// Where the socket of this pid would be; nothing when it cannot be a pid.
std::optional<SidPlace> place_of_pid(std::string_view pid) noexcept;

}  // namespace televisit::socketio
