#pragma once
/// What nodes tell each other about a room, as bytes.
///
/// Numbers are little-endian, texts and lists carry their length in front. A state message holds the whole truth, so
/// who has missed one loses nothing. Reading is strict: sizes, enumerations, duplicates and the end are checked.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "consult/roster.hpp"
#include "televisit/sdk/presence.hpp"

namespace televisit::consult {

/// A transition has been made.
struct StateMessage {
    RoomPresence truth;
    std::vector<Departure> departures{};
    std::string end_reason{};  ///< when it closed the room
    friend bool operator==(const StateMessage&, const StateMessage&) = default;
};

/// An event for members on other nodes. A decoded one has views into the payload.
struct RelayMessage {
    std::string_view sender;                ///< stay id
    std::vector<std::string_view> targets;  ///< stay ids
    std::string_view event;
    std::string_view payload;
    std::vector<std::string_view> attachments;
};

using RoomMessage = std::variant<StateMessage, RelayMessage>;

inline bool operator==(const Departure& a, const Departure& b) {
    return a.stay == b.stay && a.reason == b.reason && a.node == b.node;
}

std::string encode(const StateMessage& message);
std::string encode(const RelayMessage& message, std::span<const std::string_view> payload_pieces);
/// Nothing when the bytes are no message of this version. Views point into `bytes`.
std::optional<RoomMessage> decode(std::string_view bytes);

}  // namespace televisit::consult
