#pragma once
/// One Engine.IO session as a Socket.IO client: puts packets together and takes them to the sockets of its namespaces.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/deadline_list.hpp"
#include "engine/session.hpp"
#include "sockets/handshake_record.hpp"
#include "sockets/namespace.hpp"
#include "sockets/packet.hpp"
#include "sockets/socket.hpp"
#include "televisit/sdk/engineio.hpp"

namespace televisit::socketio {

class SocketLoop;

/// Every name under which a namespace is open.
using NamespaceNames = TextMap<std::unique_ptr<NamespaceName>>;

/// As a hook it waits for a namespace to be connected. **Threads**: its loop.
class Client final : public EngineListener, public DeadlineHook {
  public:
    Client(SocketLoop& home, const NamespaceNames& names, const HttpRequest& handshake);
    ~Client() override;

    void on_open(EngineSession& session) override;
    void on_message(MessageKind kind, std::string_view payload) override;
    void on_closed(std::string_view reason) override;

    Session& session() const noexcept { return *session_; }
    bool has_sockets() const noexcept { return !sockets_.empty(); }
    void send_disconnect(const Socket& socket);
    std::unique_ptr<Socket> remove(Socket& socket);
    void on_connect_deadline();

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
    void refuse(std::string_view nsp, std::string_view message, std::string_view code);
    void send_head(SocketPacketType type, std::string_view nsp, std::string_view payload);
    void malformed();
    Socket* find(std::string_view nsp) const noexcept;

    SocketLoop& home_;
    const NamespaceNames& names_;
    Session* session_ = nullptr;
    std::vector<std::unique_ptr<Socket>> sockets_;
    std::unique_ptr<HandshakeRecord> handshake_;  ///< until the time to connect is over
    std::unique_ptr<Assembly> assembly_;
    /// Namespaces that we have put it out of: what it sent before it heard of that is no offence.
    std::vector<std::string_view> left_;
};

}  // namespace televisit::socketio
