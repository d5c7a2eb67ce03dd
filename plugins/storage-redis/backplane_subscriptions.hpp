#pragma once
/// The rooms of which a node wants to hear, and how far it has heard of each.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "backplane_wire.hpp"

namespace televisit::storage_redis {

/// **Threads**: none of its own; guarded by whoever has it.
class BackplaneSubscriptions {
  public:
    struct Room {
        RoomId id;
        bool wanted = false;
        std::uint32_t unconfirmed = 0;  ///< subscriptions asked for that Redis has not confirmed
        StreamPosition heard{};         ///< what was published up to there is known here
        /// While what was missed is asked for, what comes waits behind it.
        bool catching_up = false;
        std::vector<BackplaneMessage> held{};
        std::optional<StreamPosition> first_held{};  ///< what was missed is before it
        NodeId sender{};                             ///< of the latest message: the next is likely to be of the same
    };

    /// The room, which is wanted from now on.
    Room& want(const RoomId& room);
    /// Not any more. Whether it was.
    bool drop(const RoomId& room);
    /// A wanted room; null when it is not.
    Room* find(std::string_view room);
    /// Redis has confirmed one subscription of it.
    void confirm(std::string_view room);
    bool confirmed(std::string_view room) const;
    /// The connection is lost, and with it all that was asked for.
    void begin_again();
    /// The wanted ones.
    std::vector<RoomId> all() const;
    std::size_t size() const noexcept { return wanted_; }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    using Rooms = std::unordered_map<std::string, Room, Hash, std::equal_to<>>;
    void forget_if_over(Rooms::iterator room);

    Rooms rooms_;  // dropped ones, too, until Redis has answered for them
    std::size_t wanted_ = 0;
};

}  // namespace televisit::storage_redis
