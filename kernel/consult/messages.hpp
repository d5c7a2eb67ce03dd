#pragma once
/// What nodes tell each other about a room, as bytes.
///
/// Numbers are little-endian, texts and lists carry their length in front. What is sent of a transition is the
/// whole truth, so who has missed one loses nothing. Reading is strict: sizes, enumerations, duplicates and the end are
/// checked.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "consult/roster.hpp"
#include "televisit/sdk/presence.hpp"

namespace televisit::consult {

/// An event for members on other nodes. A decoded one has views into the payload.
struct RelayMessage {
    std::string_view sender;                ///< stay id
    std::vector<std::string_view> targets;  ///< stay ids
    std::string_view event;
    std::string_view payload;
    std::vector<std::string_view> attachments;
};

/// A truth is sent when a transition has been made.
using RoomMessage = std::variant<Truth, RelayMessage>;

std::string encode(const RoomPresence& truth);
std::string encode(const RelayMessage& message, std::span<const std::string_view> payload_pieces);
/// Nothing when the bytes are no message of this version. Views point into `bytes`.
std::optional<RoomMessage> decode(std::string_view bytes);

}  // namespace televisit::consult
