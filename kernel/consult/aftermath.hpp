#pragma once
/// What a server that died has left unsaid: people whom the records still have in rooms in which they are not.
///
/// A server that is killed writes no farewells, and presence may have been lost with it. So whoever starts looks at
/// every session that is active: who is in by the records, and not in the room, has left; a room found empty is empty.
/// **Threads**: one at a time. **Blocks**: to the deadline.

#include <optional>
#include <utility>

#include "consult/parts.hpp"

namespace televisit::consult {

class Aftermath {
  public:
    explicit Aftermath(const Parts& parts) : parts_(parts) {}

    /// Goes on where it stopped, until all have been looked at; from then on it does nothing. **Errors**: those of the
    /// stores; call it again.
    Result<void> settle(const CallContext& context);

  private:
    Result<void> settle(const SessionRecord& session, const CallContext& context) const;

    const Parts& parts_;
    bool done_ = false;
    std::optional<std::pair<Instant, SessionId>> seen_to_{};
};

}  // namespace televisit::consult
