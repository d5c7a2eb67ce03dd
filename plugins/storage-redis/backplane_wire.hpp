#pragma once
/// What the nodes say to each other through Redis: names of channels and keys, the script that publishes, and a message
/// as bytes.
///
/// A message goes out on the channel of its room. What is not too large is also kept for a while in the stream of the
/// room, for nodes whose connection was lost for a moment; its place there goes out with it.

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "televisit/sdk/backplane.hpp"

namespace televisit::storage_redis {

/// What Redis keeps of a room's messages.
struct ReplaySettings {
    std::size_t messages = 64;
    std::size_t largest = 16 * 1024;  ///< bytes of a message
    std::chrono::milliseconds time{30'000};
};

/// The place of an entry in a stream. A stream gives ever higher ones.
struct StreamPosition {
    std::uint64_t milliseconds = 0;
    std::uint64_t number = 0;
    friend auto operator<=>(const StreamPosition&, const StreamPosition&) = default;

    static std::optional<StreamPosition> read(std::string_view text);
    std::string text() const;
};

class BackplaneNames {
  public:
    explicit BackplaneNames(const std::string& prefix) : channels_(prefix + "news:"), streams_(prefix + "replay:") {}
    std::string channel(std::string_view room) const { return channels_ + std::string(room); }
    std::string stream(std::string_view room) const { return streams_ + std::string(room); }
    /// Nothing when it is no channel of a room.
    std::optional<std::string_view> room_of_channel(std::string_view channel) const;
    std::optional<std::string_view> room_of_stream(std::string_view stream) const;

  private:
    const std::string channels_;
    const std::string streams_;
};

/// Keeps ARGV[1] in the stream KEYS[1] and publishes it, with its place, on the channel ARGV[2].
std::string publish_script(const ReplaySettings& replay);

/// A message without its room, as Redis keeps it.
std::string to_bytes(const BackplaneMessage& message);
/// The same behind the place of a message that is not kept.
std::string to_unkept(std::string_view bytes);

/// A message as it comes in. Views into what was read.
struct Arrival {
    std::optional<StreamPosition> position{};  ///< when it is kept
    std::string_view sender{};
    std::uint64_t number = 0;
    std::string_view payload{};
};

/// As kept. Nothing when it is no message.
std::optional<Arrival> read_kept(std::string_view bytes);
/// As published.
std::optional<Arrival> read_published(std::string_view bytes);

}  // namespace televisit::storage_redis
