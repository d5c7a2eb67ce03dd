#pragma once
/// Between a socket and its connection when they are on different event loops.
///
/// A client that comes back may be accepted on another loop than the one its socket lives on. The socket stays: its
/// key, its place in rooms and the order of its events go on undisturbed, and what goes to and fro is posted.

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "engine/close_cause.hpp"
#include "sockets/namespace.hpp"
#include "sockets/packet.hpp"
#include "televisit/sdk/channel.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::socketio {

class Client;
class SocketLoop;

/// Shared by the loops and the tasks between them. **Threads**: each half says where.
class FarLink : public std::enable_shared_from_this<FarLink> {
  public:
    FarLink(std::shared_ptr<SocketLoop> home, std::shared_ptr<SocketLoop> there, Client& client,
            const NamespaceName& name);
    ~FarLink();

    // On the socket's loop.
    /// `number` is that of a numbered event, else 0.
    void send(std::uint64_t number, std::span<const std::string_view> packet,
              std::span<const std::string_view> attachments);
    void send_again(std::uint64_t number, MessageKind kind, std::string_view data);
    void send_disconnect();
    /// The answer to the client's CONNECT: it has its socket.
    void open(std::string_view connect_answer);
    /// The client may not have it.
    void refuse(std::string_view auth);
    void close(CloseCause cause);
    /// The socket has no more to do with this connection.
    void let_go();

    // On the connection's loop.
    const NamespaceName& name() const noexcept { return name_; }
    bool is_open() const noexcept { return open_; }
    void deliver(const SocketPacket& packet, std::span<const std::string_view> attachments);
    void on_ping() noexcept { pinged_ = sent_; }
    void on_pong();
    /// Nothing is to reach the client from now on.
    void forget_client() noexcept { client_ = nullptr; }
    void lost(SocketClose close);
    /// The client floods.
    void put_out();

    /// **Threads**: set on the socket's loop before `open`, only read afterwards.
    SocketKey key{};

  private:
    template <class Work>
    void at_client(Work work);
    template <class Work>
    void at_socket(Work work);

    const std::shared_ptr<SocketLoop> home_;
    const std::shared_ptr<SocketLoop> there_;
    const NamespaceName& name_;
    Client* client_;  // the rest belongs to the connection's loop
    bool open_ = false;
    std::uint64_t sent_ = 0;
    std::uint64_t pinged_ = 0;
};

}  // namespace televisit::socketio
