#pragma once
/// The sockets of one event loop: their places, rooms, deadlines and ends.

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/deadline_list.hpp"
#include "engine/loop_timer.hpp"
#include "json/validator.hpp"
#include "sockets/emission.hpp"
#include "sockets/figures.hpp"
#include "sockets/inbox.hpp"
#include "sockets/key.hpp"
#include "sockets/loop_gate.hpp"
#include "sockets/namespace.hpp"
#include "sockets/settings.hpp"
#include "sockets/socket.hpp"
#include "televisit/sdk/client_limits.hpp"
#include "televisit/sdk/secrets.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::socketio {

class Client;
class FarLink;

/// What sockets need of the server. **Owns**: references of the host, good until the plugin's `stop()` returns.
struct SocketContext {
    EventLoops& loops;
    const Clock& clock;
    Secrets& secrets;
    std::shared_ptr<LoopGate> gate;  ///< shared with what may outlive the plugin
    SocketSettings settings;
    std::shared_ptr<ClientPlaces> unconnected;  ///< places of clients in no namespace yet; shared with the loops
};

/// **Threads**: its loop, but for construction, `gate` and `figures`. Held by shared pointers, because responders and
/// tasks may outlive the plugin.
class SocketLoop : public std::enable_shared_from_this<SocketLoop> {
  public:
    /// `all` are the loops of the server, this one included; they do not change once it is in use.
    SocketLoop(LoopId id, const SocketContext& context, const std::vector<std::shared_ptr<SocketLoop>>& all);
    ~SocketLoop();

    LoopId id() const noexcept { return id_; }
    const SocketSettings& settings() const noexcept { return context_.settings; }
    LoopGate& gate() noexcept { return *context_.gate; }
    /// Of what is kept for a socket that has a connection.
    EventLogLimits log_limits() const noexcept {
        const auto& set = settings();
        return {set.recovery_bytes, set.recovery_tail, set.recovery_events};
    }
    /// Keeps an event for a socket that is away; false when there is no room for it.
    bool keep(Recovery& recovery, std::span<const std::string_view> packet,
              std::span<const std::string_view> attachments);
    /// Another loop of the server. **Threads**: before the plugin's end.
    std::shared_ptr<SocketLoop> neighbour(LoopId loop) const { return loop < all_.size() ? all_[loop] : nullptr; }
    SocketFigures& figures() noexcept { return *figures_; }
    std::shared_ptr<const SocketFigures> shared_figures() const noexcept { return figures_; }
    PacketLayout& layout() noexcept { return layout_; }
    json::Validator& validator() noexcept { return validator_; }
    /// The elements of the packet in hand, which is an array; good until the next call.
    std::vector<std::string_view>& cut(const SocketPacket& packet);

    /// A socket in the making. Nothing when there is no place.
    Socket* make(Client& client, const NamespaceName& name, bool recoverable);
    /// One that did not come to be.
    void unmake(Socket& socket);
    Socket* find(SocketKey key) noexcept;

    void opened(Socket& socket);
    /// The two ways in which an open socket ends: its listener hears of it now, or on the next turn.
    void end_now(Socket& socket, SocketClose close);
    void end_later(Socket& socket, SocketClose close);
    /// The client sends too much: it is told so by an `error` event, then it is sent a DISCONNECT.
    void put_out(Socket& socket);

    /// It ends, or is kept for a while without a connection.
    void connection_lost(Socket& socket, SocketClose close);
    /// Brings a socket to the client that asks for it, also when its former connection still lives. False when it is
    /// not to be had.
    bool give_back(const NamespaceName& name, const Claim& claim, const SocketHandshake& handshake, Client& to);
    bool give_back(const NamespaceName& name, const Claim& claim, const SocketHandshake& handshake,
                   const std::shared_ptr<FarLink>& to);

    /// From other threads: an event for those of `to` that are here, or something else for this loop to do. All of it
    /// is done in the order of these calls. The loop is called at once, or, when `from` is the loop that has it, at the
    /// end of that one's turn: once for everything. **Threads**: any.
    EmitResult hand_over(std::span<const SocketKey> to, const Emission& emission, SocketLoop* from);
    void hand_over(InboxBatch::Task task, SocketLoop* from);

    void ask(SocketKey to, const Emission& emission, std::chrono::milliseconds timeout,
             SocketIoServer::AckCallback on_ack);
    void join(SocketKey key, std::string_view room);
    void leave(SocketKey key, std::string_view room);
    void emit_to_room(const Namespace& place, std::string_view room, const Emission& emission,
                      std::optional<SocketKey> except);
    void disconnect(SocketKey key, DisconnectMode mode);

    /// The client is to have connected a namespace by then.
    void await_connect(Client& client);
    /// It has none any more: a short time is left to connect another.
    void await_end(Client& client);
    void shut();
    /// Nothing is handed over any more. **Threads**: any.
    void close_inbox() { inbox_.close(); }

  private:
    struct Slot {
        std::unique_ptr<Socket> socket;
        std::uint32_t generation = 0;
    };
    struct AckDeadline {
        SocketKey socket;
        std::uint64_t id;
    };
    struct Ended {
        std::unique_ptr<Socket> socket;
        std::optional<SocketClose> untold;  ///< what its listener has not heard yet
    };

    std::unique_ptr<Socket> take(Socket& socket);
    std::unique_ptr<Socket> vacate(const Socket& socket);
    Socket* claimed(const NamespaceName& name, const Claim& claim) noexcept;
    Socket* claimed(const NamespaceName& name, const Claim& claim, const SocketHandshake& handshake);
    void welcome_back(Socket& socket, const Claim& claim);
    void wait_away(Socket& socket, SocketClose close);
    void count_kept(Recovery& recovery) noexcept;
    void end_away(const Away& away) noexcept;
    void leave_rooms(Socket& socket);
    void remove_member(Room& room, Socket& socket);
    void bury_later(Ended ended);
    void bury();
    void arm(SteadyTime due);
    std::optional<SteadyTime> run_due(SteadyTime now);
    void see_to(Inbox::Added added, SocketLoop* from);
    void call();
    void call_neighbours();
    void empty_inbox();

    const LoopId id_;
    const SocketContext context_;
    std::shared_ptr<SocketFigures> figures_;  ///< shared with the metrics, which may look later
    json::Validator validator_;
    PacketLayout layout_;
    std::vector<std::string_view> args_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::vector<TextMap<std::unique_ptr<Room>>> rooms_;  ///< by the namespace's index
    DeadlineList connects_;
    DeadlineList ends_;
    std::multimap<SteadyTime, AckDeadline> ack_deadlines_;
    std::map<std::size_t, DeadlineList> away_;  ///< by the namespace's index, since each has a time of its own
    const std::vector<std::shared_ptr<SocketLoop>>& all_;
    std::shared_ptr<LoopTimer> timer_;
    std::vector<Ended> ended_;
    Inbox inbox_;  // any thread's
    InboxBatch batch_;
    std::vector<std::shared_ptr<SocketLoop>> to_call_;  ///< at the end of this turn
};

}  // namespace televisit::socketio
