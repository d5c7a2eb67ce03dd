#pragma once
/// Identifiers that cannot be mistaken for one another.

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "televisit/sdk/shared_text.hpp"

namespace televisit {

/// A textual identifier of one kind of thing. Empty means none. Copies share the text, so they cost next to nothing.
template <class Tag>
class Id {
  public:
    Id() = default;
    explicit Id(std::string_view text) : text_(text) {}

    std::string str() const { return std::string(view()); }
    /// Valid as long as any copy of the id lives.
    std::string_view view() const noexcept { return text_.view(); }
    bool empty() const noexcept { return text_.empty(); }

    friend auto operator<=>(const Id&, const Id&) = default;
    friend bool operator==(const Id&, const Id&) = default;

  private:
    SharedText text_;
};

using SessionId = Id<struct SessionTag>;        ///< UUID of a consultation
using RoomId = Id<struct RoomTag>;              ///< the consultation's room
using UserId = Id<struct UserTag>;              ///< a person, as the hospital names them (`sub`)
using AttendeeId = Id<struct AttendeeTag>;      ///< UUID of one person's part in one consultation
using PeerId = Id<struct PeerTag>;              ///< what WebRTC peers address each other by
using StayId = Id<struct StayTag>;              ///< one presence in a room, from `joined` to `left`
using InvitationId = Id<struct InvitationTag>;  ///< UUID of an invitation
using OperationId = Id<struct OperationTag>;    ///< names one write, so that its outcome can be asked for
using NodeId = Id<struct NodeTag>;              ///< one run of one server process (its "node epoch")
using RequestId = Id<struct RequestTag>;        ///< names a request in logs and answers

}  // namespace televisit

template <class Tag>
struct std::hash<televisit::Id<Tag>> {
    std::size_t operator()(const televisit::Id<Tag>& id) const noexcept {
        return std::hash<std::string_view>{}(id.view());
    }
};
