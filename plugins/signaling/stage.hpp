#pragma once
/// What the parts of signaling share.

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "connections.hpp"
#include "replies.hpp"
#include "settings.hpp"
#include "televisit/sdk/client_limits.hpp"
#include "televisit/sdk/plugin.hpp"

namespace televisit::signaling {

/// **Threads**: read-only once the plugin has started; each of `loops` belongs to its loop. Shared with what is on a
/// worker, which may come back after the plugin's end.
struct Stage : std::enable_shared_from_this<Stage> {
    Stage(Host& server, SocketIoServer& socket_server, Settings configured)
        : host(server),
          sockets(socket_server),
          settings(std::move(configured)),
          replies(sockets, host.metrics()),
          unjoined_events(settings.unjoined_events, settings.max_remembered) {}

    Host& host;
    SocketIoServer& sockets;
    const Settings settings;
    Replies replies;
    ClientRates unjoined_events;  ///< events of sockets without a room, by their addresses
    std::vector<std::shared_ptr<LoopConnections>> loops;
    std::atomic<bool> closed{false};  ///< the plugin has stopped: nothing of the host may be touched

    LoopConnections& at(LoopId loop) const { return *loops.at(loop); }
    /// The connection behind an event, on its loop; null when its namespace is not ours.
    Connection* connection(const SocketEvent& event) const { return at(event.loop).find(event.socket); }
    /// Counts an event. False: it is one too many, has been answered, and its socket is being put out.
    bool admit(const SocketEvent& event, Connection& connection, AckResponder* ack);
    /// Answers an event with a refusal, which counts as several: what is sent back for nothing is little, too.
    void refuse(SocketKey socket, Connection* connection, std::string_view event, AckResponder* ack,
                const Error& error);
};

inline Error not_in_room() {
    return error(Errc::conflict, "not_in_room", "Join a room first.");
}

}  // namespace televisit::signaling
