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

#include "engine/close_cause.hpp"
#include "engine/sid.hpp"
#include "sockets/namespace.hpp"
#include "sockets/packet.hpp"
#include "sockets/recovery.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::socketio {

class Client;
class SocketLoop;

/// Sockets of one room on one loop.
struct Room {
    std::string name;
    std::vector<class Socket*> members;
};

/// Its connection is a client on its own loop, or one on another loop, or none for a while.
/// **Threads**: its loop. **Owns**: made and owned by its loop, which destroys it on a later turn than the one it ends
/// in, so that nobody who is using it at that moment is surprised.
class Socket {
  public:
    Socket(SocketLoop& home, Client& client, const NamespaceName& name, SocketKey key, Sid sid);
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    SocketKey key() const noexcept { return key_; }
    std::string_view sid() const noexcept { return sid_.view(); }
    std::string_view nsp() const noexcept { return name_.name; }
    const NamespaceName& name() const noexcept { return name_; }
    Namespace& place() const noexcept { return name_.place; }

    /// What is known of it to come back to; null when it ends with its connection.
    Recovery* recovery() const noexcept { return recovery_.get(); }
    void make_recoverable(const Pid& pid) { recovery_ = std::make_unique<Recovery>(pid); }
    bool is_away() const noexcept { return recovery_ != nullptr && recovery_->away != nullptr; }
    bool is_linked_by(const FarLink& link) const noexcept {
        return recovery_ != nullptr && recovery_->far_away.get() == &link;
    }
    Client* client() const noexcept { return client_; }  ///< null while its connection is elsewhere, or none
    void attach(Client& client) noexcept { client_ = &client; }
    void attach(std::shared_ptr<FarLink> link) { recovery_->far_away = std::move(link); }
    /// Its connection, if there is one, is told that it has no more to do with it.
    void detach();
    /// Its connection is gone.
    void forget_connection();
    /// Another socket to its client: nothing that went before counts.
    void begin_anew(Sid sid, const Pid& pid);
    /// What CONNECT is answered with.
    std::string connect_answer() const;
    /// Sends that to a client that has it back, and then the events after `number`.
    void welcome_back(std::optional<std::uint64_t> number);
    /// Whether all that was sent after that event can be sent again.
    bool can_replay(std::uint64_t number) const noexcept;
    /// Events up to this one have arrived.
    void confirm(std::uint64_t number) noexcept;

    /// Whatever came in for it but a CONNECT.
    void on_packet(const SocketPacket& packet, std::span<const std::string_view> attachments);
    /// An event whose JSON is known to be valid. Waits while earlier ones are held.
    void on_event(const SocketPacket& packet, std::span<const std::string_view> attachments);
    /// The client's DISCONNECT, in its place among the events.
    void on_farewell();
    bool said_farewell() const noexcept;
    void on_ack(const SocketPacket& packet, std::span<const std::string_view> attachments);

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

    void send_disconnect();
    void close_engine(CloseCause cause);

    Socket* next_of_client = nullptr;  ///< the client's
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

    EmitResult emit_numbered(const Emission& emission);
    EmitResult send(std::uint64_t number, std::span<const std::string_view> packet,
                    std::span<const std::string_view> attachments);
    bool must_wait() const noexcept;
    void wait(const SocketPacket& packet, std::span<const std::string_view> attachments);
    void dispatch(const SocketPacket& packet, std::span<const std::string_view> attachments);

    SocketLoop& home_;
    Client* client_;
    const NamespaceName& name_;
    const SocketKey key_;
    std::unique_ptr<Recovery> recovery_;
    std::unique_ptr<Strand> strand_;     ///< while something waits
    std::unique_ptr<PendingAcks> acks_;  ///< once one has been asked for
    std::uint64_t next_ack_ = 0;
    Sid sid_;
};

}  // namespace televisit::socketio
