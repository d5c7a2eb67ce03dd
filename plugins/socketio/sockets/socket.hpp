#pragma once
/// One client in one namespace: its events in order, its acknowledgements, its rooms.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sid.hpp"
#include "sockets/namespace.hpp"
#include "sockets/packet.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::socketio {

class Client;
class SocketLoop;

/// Sockets of one room on one loop.
struct Room {
    std::string name;
    std::vector<class Socket*> members;
};

/// **Threads**: its loop. **Owns**: made by its client; its loop destroys it on a later turn than the one it ends in,
/// so that nobody who is using it at that moment is surprised.
class Socket {
  public:
    Socket(SocketLoop& home, Client& client, const NamespaceName& name, SocketKey key, Sid sid);
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    SocketKey key() const noexcept { return key_; }
    std::string_view sid() const noexcept { return sid_.view(); }
    std::string_view nsp() const noexcept { return name_.name; }
    Namespace& place() const noexcept { return name_.place; }
    Client& client() const noexcept { return client_; }

    /// An event whose JSON is known to be valid. Waits while earlier ones are held.
    void on_event(const SocketPacket& packet, std::span<const std::string_view> attachments);
    /// The client's DISCONNECT, in its place among the events.
    void on_farewell();
    bool said_farewell() const noexcept;
    void on_ack(const SocketPacket& packet);

    void hold();
    void release();

    EmitResult emit(const Emission& emission, std::optional<std::uint64_t> ack_id = std::nullopt);
    void answer(std::uint64_t id, std::span<const std::string_view> args,
                std::span<const std::string_view> attachments);
    /// Sends it and remembers who wants the answer; its number, or nothing (and no answer ever) when it cannot be.
    std::optional<std::uint64_t> ask(const Emission& emission, SocketIoServer::AckCallback& on_ack);
    /// The answer did not come.
    void give_up_ack(std::uint64_t id);
    /// All of them.
    void give_up_acks();

    std::vector<Room*> rooms;
    bool open = false;  ///< between `on_connected` and the end

  private:
    struct Held {
        std::string text;
        SocketPacket packet;  ///< views into text
        std::vector<std::string> attachments;
    };
    struct Strand {
        std::size_t holds = 0;
        std::deque<Held> waiting;
        std::size_t bytes = 0;
        bool farewell = false;
    };
    using PendingAcks = std::map<std::uint64_t, SocketIoServer::AckCallback>;

    bool must_wait() const noexcept;
    void wait(const SocketPacket& packet, std::span<const std::string_view> attachments);
    void dispatch(const SocketPacket& packet, std::span<const std::string_view> attachments);

    SocketLoop& home_;
    Client& client_;
    const NamespaceName& name_;
    const SocketKey key_;
    std::unique_ptr<Strand> strand_;     ///< while something waits
    std::unique_ptr<PendingAcks> acks_;  ///< once one has been asked for
    std::uint64_t next_ack_ = 0;
    const Sid sid_;
};

}  // namespace televisit::socketio
