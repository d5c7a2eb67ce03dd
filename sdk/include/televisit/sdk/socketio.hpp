#pragma once
/// Socket.IO (protocol v5) for plugins: namespaces, events, acknowledgements, rooms.
///
/// A protocol engine provides it (`televisit.socketio/1`), others use it through the host. JSON crosses as text:
/// arguments that come in are valid JSON (checked whole, depth limited), and what goes out must be.
/// **Threads**: callbacks marked *loop* run on the event loop of their socket and must not block; they need `loop:
/// true` in the configuration of the plugin that registers them. All functions of `SocketIoServer` may be called from
/// any thread and never block; what one thread sends to one socket arrives in that order.
/// **Strand**: events of one socket are handled in order. While one is on a worker, or held, later ones of that socket
/// wait in a bounded queue; when it is full the socket is closed.
/// **Recovery**: in a namespace that has a `recovery_time` a socket, its key included, outlives its connection, unless
/// the client or the configuration wants otherwise. Each event then bears an offset as its last argument, except those
/// that ask for an acknowledgement. Source: https://socket.io/docs/v4/socket-io-protocol/

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit {

/// Names one socket (one client in one namespace) for as long as the server runs; never used again for another.
struct SocketKey {
    std::uint64_t value = 0;
    /// Numbers a loop's sockets densely from 0, for tables. Another may have it before `on_disconnected` is called.
    constexpr std::uint32_t slot() const noexcept { return static_cast<std::uint32_t>(value & 0xffffff); }
    friend bool operator==(SocketKey, SocketKey) = default;
};

/// How a client came in. `query` and `headers` are empty when no namespace of the server wants them.
struct SocketHandshake {
    std::string_view nsp;   ///< as asked for, e.g. "/" or "/socket.io"
    std::string_view auth;  ///< JSON text of the CONNECT payload; empty when there was none
    const std::vector<std::pair<std::string, std::string>>& query;
    const std::vector<HttpHeader>& headers;
    std::string_view remote_address;
};

/// Keeps later events of a socket waiting until destroyed. **Threads**: destroy anywhere.
class StrandHold {
  public:
    virtual ~StrandHold() = default;
};

class StrandSource {
  public:
    virtual ~StrandSource() = default;
    /// **Threads**: during the callback that got the event, on its loop.
    virtual std::unique_ptr<StrandHold> hold() = 0;
};

/// One event from a client. Views live for the callback.
struct SocketEvent {
    SocketKey socket;
    std::string_view sid;
    std::string_view nsp;
    std::string_view name;
    std::span<const std::string_view> args;         ///< the arguments after the name, each as JSON text
    std::span<const std::string_view> attachments;  ///< what binary placeholders 0 … n-1 stand for
    LoopId loop = 0;
    StrandSource* strand = nullptr;  ///< null for worker handlers: they are held anyway
};

/// Answers the acknowledgement that a client asked for, once; later answers are dropped. **Threads**: any.
class AckResponder {
  public:
    virtual ~AckResponder() = default;
    /// `args`: each the JSON text of one argument.
    virtual void respond(std::span<const std::string_view> args,
                         std::span<const std::string_view> attachments = {}) = 0;
};

/// Handles an event on a worker of the registering plugin. May block to the deadline, at which the host frees the
/// strand and answers the ack with {"ok":false,"code":"timeout"} itself.
class SocketEventHandler {
  public:
    virtual ~SocketEventHandler() = default;
    /// `ack` is null when the client asked for none.
    virtual void on_event(const SocketEvent& event, AckResponder* ack, const CallContext& context) = 0;
};

/// Handles an event on its loop. *loop*
class SocketLoopEventHandler {
  public:
    virtual ~SocketLoopEventHandler() = default;
    /// `ack` is null when the client asked for none; it may be kept and answered later.
    virtual void on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) = 0;
};

/// Why a socket is gone.
enum class SocketClose : std::uint8_t {
    client_disconnect,  ///< a DISCONNECT packet: the client will not come back by itself
    server_disconnect,  ///< `SocketIoServer::disconnect`
    transport_close,    ///< the connection closed or was lost
    ping_timeout,
    shutdown,
};

/// How a socket came back to its client.
enum class SocketReturn : std::uint8_t {
    complete,  ///< the client has been sent all that it had missed; it still has its sid
    behind,    ///< what it has missed is lost; it has a new sid
};

/// What happens to sockets of a namespace. *loop*
class SocketNamespaceListener {
  public:
    virtual ~SocketNamespaceListener() = default;
    /// Before CONNECT is answered. An `Error` becomes CONNECT_ERROR with its message and {"code": name}.
    virtual Result<void> on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake) = 0;
    /// The client has been told; events may be sent to it.
    virtual void on_connected(SocketKey socket, std::string_view sid, LoopId loop,
                              const SocketHandshake& handshake) = 0;
    /// Exactly once after `on_connected`.
    virtual void on_disconnected(SocketKey socket, SocketClose close) = 0;
    /// Whether query and headers of the handshake are looked at. They are kept for as long as the client is connected,
    /// which is most of what an idle client costs; the address is there in any case. Asked once, by `open_namespace`.
    virtual bool wants_handshake() const { return true; }
    /// How long a socket outlives a connection that is lost without a DISCONNECT; with 0 it ends with it. Meanwhile it
    /// stays in its rooms, and what is emitted to it is kept, up to a bound. Asked once, by `open_namespace`.
    virtual std::chrono::milliseconds recovery_time() const { return std::chrono::milliseconds{0}; }
    /// The connection is lost. `on_returning`, if the client comes back in time, or else `on_disconnected` follows.
    virtual void on_interrupted(SocketKey /*socket*/, SocketClose /*close*/) {}
    /// A client that proves that this socket was its own wants it back, perhaps before the loss was noticed
    /// (`on_interrupted` has not been called then). With false the socket ends, and a new one connects.
    virtual bool on_returning(SocketKey /*socket*/, const SocketHandshake& /*handshake*/) { return true; }
    /// It has been told.
    virtual void on_returned(SocketKey /*socket*/, std::string_view /*sid*/, SocketReturn /*how*/) {}
    /// An event that nobody registered for, if the listener cares. `ack` as for handlers.
    virtual void on_unknown_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) = 0;
};

/// Whether a client may connect: made once; later ones are dropped. Destroyed before, it refuses with `unavailable`.
/// **Threads**: any.
class ConnectDecision {
  public:
    virtual ~ConnectDecision() = default;
    virtual void decide(Result<void> verdict) = 0;
};

/// Looks at the clients that connect to a namespace, one's own or another plugin's, before its listener does. A client
/// that comes back to its socket is not looked at again. *loop*
class SocketLoopMiddleware {
  public:
    virtual ~SocketLoopMiddleware() = default;
    /// As for `SocketNamespaceListener`. Asked once, by `use_on_loop`.
    virtual bool wants_handshake() const { return true; }
    /// An `Error` becomes CONNECT_ERROR with its message and {"code": name}. The decision may be kept and made later:
    /// the client waits, and others do not. Nothing can be sent to the socket yet.
    virtual void on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake,
                               std::unique_ptr<ConnectDecision> decision) = 0;
    /// A socket that it was asked about was refused, by itself or by others, or has ended. Exactly once for each.
    virtual void on_gone(SocketKey /*socket*/) {}
};

/// The same on a worker of the plugin that adds it. May block to the deadline, at which the host refuses with
/// `timeout`.
class SocketMiddleware {
  public:
    virtual ~SocketMiddleware() = default;
    virtual bool wants_handshake() const { return true; }
    virtual Result<void> on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake,
                                       const CallContext& context) = 0;
};

enum class DisconnectMode : std::uint8_t {
    namespace_only,  ///< a DISCONNECT packet; the engine closes when no namespace is left. The client stays away.
    engine,          ///< closes the connection without one: a client comes back by itself
};

/// What becomes of an emit to one socket. For several: the worst.
enum class EmitResult : std::uint8_t { sent, queued, dropped, gone };

/// One outgoing event. Views live for the call.
struct Emission {
    std::string_view event;
    std::span<const std::string_view>
        args;  ///< pieces of the JSON text of the arguments, concatenated: `{…}` or `{…},"x"`
    std::span<const std::string_view> attachments{};  ///< for `{"_placeholder":true,"num":n}` in args
};

/// What a client answered to an event that asked for it.
struct SocketAck {
    std::vector<std::string> args;         ///< each the JSON text of one argument
    std::vector<std::string> attachments;  ///< what binary placeholders 0 … n-1 in them stand for
};

class SocketIoServer {
  public:
    static constexpr std::string_view kCapability = "televisit.socketio/1";
    virtual ~SocketIoServer() = default;

    /// Opens a namespace under one or several names, which are then the same place. Call in `start()` only.
    /// **Errors**: `conflict` when a name is taken; `forbidden` without `loop: true`.
    virtual Result<void> open_namespace(std::vector<std::string> names, SocketNamespaceListener& listener) = 0;
    /// Adds an event to a namespace, one's own or another plugin's. Call in `start()` only. **Errors**: `conflict` when
    /// the event is taken; `not_found` when no such namespace is open; `forbidden` for a loop handler without `loop:
    /// true`.
    virtual Result<void> on(std::string_view nsp, std::string event, SocketEventHandler& handler) = 0;
    virtual Result<void> on_loop(std::string_view nsp, std::string event, SocketLoopEventHandler& handler) = 0;

    /// Adds middleware to a namespace. The first refusal counts; those behind it, and the namespace's listener, never
    /// hear of that client. Call in `start()` only: who opens a namespace starts first when it is `requires`d (the
    /// consultation's `/` is opened by who provides `televisit.signaling/1`). **Errors**: as `on`.
    virtual Result<void> use(std::string_view nsp, SocketMiddleware& middleware) = 0;
    virtual Result<void> use_on_loop(std::string_view nsp, SocketLoopMiddleware& middleware) = 0;

    virtual EmitResult emit(SocketKey to, const Emission& emission) = 0;
    virtual EmitResult emit(std::span<const SocketKey> to, const Emission& emission) = 0;
    /// Asks for an acknowledgement: `on_ack` gets it, or nothing at the timeout or when the socket goes. It runs on the
    /// socket's loop, exactly once. *loop*
    using AckCallback = std::function<void(std::optional<SocketAck>)>;
    virtual void emit_with_ack(SocketKey to, const Emission& emission, std::chrono::milliseconds timeout,
                               AckCallback on_ack) = 0;

    /// Rooms of this process, by name within a namespace; a socket leaves them all when it goes.
    virtual void join_room(SocketKey socket, std::string_view room) = 0;
    virtual void leave_room(SocketKey socket, std::string_view room) = 0;
    virtual void emit_to_room(std::string_view nsp, std::string_view room, const Emission& emission,
                              std::optional<SocketKey> except = std::nullopt) = 0;

    /// After what has been emitted to it so far.
    virtual void disconnect(SocketKey socket, DisconnectMode mode) = 0;
    /// Sockets connected now, over all namespaces.
    virtual std::size_t connected() const noexcept = 0;
};

}  // namespace televisit
