#pragma once
/// Outgoing events and acknowledgements as the pieces of a packet, and as copies for other loops.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/socketio.hpp"

namespace televisit::socketio {

/// Lays packets out as pieces, reusing its memory. **Threads**: one. **Owns**: what it returns lives until the next
/// call, and no longer than the emission itself.
class PacketLayout {
  public:
    std::span<const std::string_view> event(const Emission& emission, std::string_view nsp,
                                            std::optional<std::uint64_t> ack_id);
    /// The same without an ack, with one more argument behind the others.
    std::span<const std::string_view> numbered_event(const Emission& emission, std::string_view nsp,
                                                     std::string_view offset);
    std::span<const std::string_view> ack(std::span<const std::string_view> args, std::size_t attachments,
                                          std::string_view nsp, std::uint64_t id);

  private:
    void begin_event(const Emission& emission, std::string_view nsp, std::optional<std::uint64_t> ack_id);

    std::string head_;
    std::string name_;
    std::vector<std::string_view> pieces_;
};

/// An emission that owns its text, to be sent from another thread.
class EmissionCopy {
  public:
    explicit EmissionCopy(const Emission& emission);
    EmissionCopy(const EmissionCopy&) = delete;
    EmissionCopy& operator=(const EmissionCopy&) = delete;

    const Emission& emission() const noexcept { return view_; }

  private:
    std::string event_;
    std::string args_;
    std::string_view args_piece_;
    std::vector<std::string> attachments_;
    std::vector<std::string_view> attachment_views_;
    Emission view_;
};

std::vector<std::string> copies_of(std::span<const std::string_view> texts);
std::vector<std::string_view> views_of(std::span<const std::string> texts);

}  // namespace televisit::socketio
