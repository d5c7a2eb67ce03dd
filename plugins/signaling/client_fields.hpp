#pragma once
/// What a client's event says, read in one pass and left as the bytes that came.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "televisit/sdk/consultations.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::signaling {

/// The members of an event's first argument that concern everybody, and up to two more.
/// **Owns**: texts live as long as the event and this object.
class ClientFields {
  public:
    /// **Errors**: `invalid` when the first argument is not an object.
    static Result<void> check(const SocketEvent& event);

    /// `first` and `second` name the event's own members; `event` has passed `check`.
    ClientFields(const SocketEvent& event, std::string_view first, std::string_view second = {});
    ClientFields(const ClientFields&) = delete;
    ClientFields& operator=(const ClientFields&) = delete;

    /// JSON text of the event's own members; empty when absent.
    std::string_view first() const noexcept { return raw_[kFirst]; }
    std::string_view second() const noexcept { return raw_[kSecond]; }

    SenderClaims claims();
    /// For events that are not relayed. **Errors**: `wrong_room`, `spoofed_sender`, as with those that are.
    Result<void> check_claims(const Seat& seat);
    std::optional<std::string_view> target() { return claim(kTarget); }
    std::optional<std::string_view> room() { return claim(kRoom); }
    std::optional<std::string_view> user() { return claim(kUser); }
    std::optional<std::string_view> role() { return claim(kRole); }

  private:
    enum Field : std::size_t { kRoom, kPeer, kTarget, kUser, kRole, kFirst, kSecond, kFieldCount };

    /// Null counts as absent. What is neither text nor null is its JSON, and so equal to no name of ours.
    std::optional<std::string_view> claim(Field field);

    std::array<std::string_view, kFieldCount> raw_;
    std::array<std::string, kFirst> scratch_;  ///< used by texts with escapes only
};

}  // namespace televisit::signaling
