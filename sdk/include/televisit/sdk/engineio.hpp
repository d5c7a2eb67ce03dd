#pragma once
/// Engine.IO (protocol v4) for plugins that want its transports and heartbeat without Socket.IO on top.
///
/// **Threads**: each session belongs to one event loop; every callback and call on it happens there. **Blocks**: never;
/// needs `loop: true`. Source: https://socket.io/docs/v4/engine-io-protocol/

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "televisit/sdk/channel.hpp"
#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit {

/// One client, over whatever transport it has at the moment. Lives until its listener is destroyed.
class EngineSession {
  public:
    virtual ~EngineSession() = default;
    virtual std::string_view id() const noexcept = 0;
    virtual LoopId loop() const noexcept = 0;
    virtual SendResult send(MessageKind kind, std::span<const std::string_view> pieces) = 0;
    /// Closes after what is queued; `on_closed` follows on a later turn of the loop. `reason` is for the log.
    virtual void close(std::string_view reason) = 0;
};

class EngineListener {
  public:
    virtual ~EngineListener() = default;
    virtual void on_open(EngineSession& session) = 0;
    /// Valid during the call, with `kInputPadding` readable bytes behind it.
    virtual void on_message(MessageKind kind, std::string_view payload) = 0;
    /// Exactly once after `on_open`; the listener is destroyed right after it.
    virtual void on_closed(std::string_view reason) = 0;
};

class EngineAcceptor {
  public:
    virtual ~EngineAcceptor() = default;
    virtual Result<std::unique_ptr<EngineListener>> accept(const HttpRequest& handshake) = 0;
};

/// Where and how an endpoint is served. What is not set has the value of the providing plugin's configuration.
struct EngineEndpoint {
    std::string path = "/engine.io/";
    std::optional<std::chrono::milliseconds> ping_interval{};
    std::optional<std::chrono::milliseconds> ping_timeout{};
    std::optional<std::size_t> max_payload{};  ///< bytes
};

class EngineIoServer {
  public:
    static constexpr std::string_view kCapability = "televisit.engineio/1";
    virtual ~EngineIoServer() = default;
    /// Call in `start()` only; the acceptor must live until the plugin's `stop()` returns. **Errors**: `conflict`,
    /// `forbidden`.
    virtual Result<void> serve(EngineEndpoint endpoint, EngineAcceptor& acceptor) = 0;
};

}  // namespace televisit
