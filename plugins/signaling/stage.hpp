#pragma once
/// What the parts of signaling share.

#include <memory>
#include <vector>

#include "connections.hpp"
#include "replies.hpp"
#include "settings.hpp"
#include "televisit/sdk/plugin.hpp"

namespace televisit::signaling {

/// **Threads**: read-only once the plugin has started; each of `loops` belongs to its loop.
struct Stage {
    Host& host;
    SocketIoServer& sockets;
    const Settings settings;
    Replies replies;
    std::vector<std::shared_ptr<LoopConnections>> loops;

    LoopConnections& at(LoopId loop) const { return *loops.at(loop); }
    /// The connection behind an event, on its loop; null when its namespace is not ours.
    Connection* connection(const SocketEvent& event) const { return at(event.loop).find(event.socket); }
};

inline Error not_in_room() {
    return error(Errc::conflict, "not_in_room", "Join a room first.");
}

}  // namespace televisit::signaling
