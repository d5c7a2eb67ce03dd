#pragma once
/// One Engine.IO session as a Socket.IO client: puts packets together and takes them to the sockets of its namespaces.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/deadline_list.hpp"
#include "engine/session.hpp"
#include "sockets/handshake_record.hpp"
#include "sockets/namespace.hpp"
#include "sockets/packet.hpp"
#include "sockets/socket.hpp"
#include "televisit/sdk/client_limits.hpp"
#include "televisit/sdk/engineio.hpp"

namespace televisit::socketio {

class Connecting;
class FarLink;
class SocketLoop;

/// Whether a client wants to be able to come back to its sockets; what it does not say, configuration decides.
enum class RecoveryWish : std::uint8_t { unsaid, yes, no };

/// As a hook it waits for a namespace to be connected. **Threads**: its loop.
class Client final : public EngineListener, public SessionWatcher, public DeadlineHook {
  public:
    Client(SocketLoop& home, const NamespaceNames& names, const HttpRequest& handshake,
           ClientPlaces::Place unconnected);
    ~Client() override;

    void on_open(EngineSession& session) override;
    void on_message(MessageKind kind, std::string_view payload) override;
    void on_closed(std::string_view reason) override;
    void on_ping() override;
    void on_pong() override;
    void on_flood() override;

    Session& session() const noexcept { return *session_; }
    bool has_sockets() const noexcept { return sockets_ != nullptr || !far_sockets_.empty(); }
    SendResult send_whole(std::span<const std::string_view> packet, std::span<const std::string_view> attachments);
    /// What has been laid out before.
    void send(MessageKind kind, std::string_view data);
    void send_disconnect(std::string_view nsp);
    void answer_connect(const NamespaceName& name, std::string_view answer);

    /// A socket that comes back to this client.
    void adopt(Socket& socket);
    void remove(Socket& socket);
    /// A socket goes over to another client of the same user: the engine is closed if it was the last one.
    void let_go(Socket& socket);
    void let_go(const FarLink& link);
    /// A new socket, because the one that was asked for is not to be had.
    void connect_anew(const FarLink& link, std::string_view auth);
    void on_connect_deadline();
    /// What became of one that was waiting for middleware.
    void settle(Connecting& connecting, const Result<void>& verdict);
    HandshakeFields handshake() const { return handshake_.read(); }

  private:
    /// A packet whose attachments are still coming.
    struct Assembly {
        std::string text;
        SocketPacket packet;  ///< views into text
        std::vector<std::string> attachments;
        std::size_t bytes = 0;
    };

    void on_text(std::string_view text);
    void on_binary(std::string_view bytes);
    bool is_sound(SocketPacket& packet);
    void begin_assembly(std::string_view text, const SocketPacket& packet);
    void on_packet(const SocketPacket& packet, std::span<const std::string_view> attachments);
    void connect(const SocketPacket& packet);
    void connect_anew(const NamespaceName& name, std::string_view auth);
    void finish_connect(Socket& socket, std::string_view auth);
    bool is_connecting(std::string_view nsp) const noexcept;
    /// Asks for a socket on another loop.
    void ask_far(const NamespaceName& name, LoopId loop, Claim claim, std::string_view auth);
    void on_far_packet(FarLink& link, const SocketPacket& packet, std::span<const std::string_view> attachments);
    bool wants_recovery(std::string_view auth) const;
    void refuse(std::string_view nsp, std::string_view message, std::string_view code);
    void send_head(SocketPacketType type, std::string_view nsp, std::string_view payload);
    void malformed();
    Socket* find(std::string_view nsp) const noexcept;
    void unlink(Socket& socket) noexcept;
    FarLink* find_far(std::string_view nsp) const noexcept;

    // What a message touches stands together.
    SocketLoop& home_;
    Session* session_ = nullptr;
    Socket* sockets_ = nullptr;  ///< the latest one; the others hang on it
    std::unique_ptr<Assembly> assembly_;
    std::vector<std::shared_ptr<FarLink>> far_sockets_;  ///< sockets of this client that live on other loops
    /// Those that wait for middleware; none for most clients.
    std::unique_ptr<std::vector<std::shared_ptr<Connecting>>> connecting_;
    const NamespaceNames& names_;
    /// Namespaces that we have put it out of: what it sent before it heard of that is no offence.
    std::vector<std::string_view> left_;
    const HandshakeRecord handshake_;
    ClientPlaces::Place unconnected_;  ///< until it is in a namespace
    std::uint16_t socket_count_ = 0;
    RecoveryWish wish_;
};

}  // namespace televisit::socketio
