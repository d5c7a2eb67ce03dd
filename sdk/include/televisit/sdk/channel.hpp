#pragma once
/// WebSocket connections (RFC 6455), for plugins that speak a protocol of their own on them.
///
/// **Threads**: a channel belongs to one event loop. `accept`, every callback and every call on the channel happen on
/// that loop
/// (`EventLoops::post` leads there from elsewhere). **Blocks**: never; nothing here may block.
/// The host does framing, masking, fragments, UTF-8 checks, ping and pong frames, size limits, the Origin check and the
/// close handshake; a listener sees whole messages.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit {

/// Every message handed to a listener has this many readable bytes behind its end, so that SIMD parsers may read it in
/// place.
inline constexpr std::size_t kInputPadding = 64;

enum class MessageKind : std::uint8_t { text, binary };

enum class SendResult : std::uint8_t {
    sent,     ///< handed to the operating system
    queued,   ///< waits for the socket to become writable
    dropped,  ///< the byte limit was reached: the connection is being closed as a slow reader
    closed,   ///< the connection is closed or closing
};

/// Why a channel ended.
struct ChannelClose {
    std::uint16_t code = 1006;  ///< close code of RFC 6455 section 7.4; 1006 when the connection was lost
    bool by_peer = false;
    std::string reason;  ///< for the log: "heartbeat", "slow_reader", "protocol_error", …; not the peer's text
};

/// The host's end of one WebSocket connection. Lives until its listener is destroyed.
class Channel {
  public:
    virtual ~Channel() = default;
    virtual LoopId loop() const noexcept = 0;
    /// Sends the pieces as one message. They are copied or written before the call returns.
    virtual SendResult send(MessageKind kind, std::span<const std::string_view> pieces) = 0;
    /// Bytes that wait to be written.
    virtual std::size_t queued_bytes() const noexcept = 0;
    /// Starts the closing handshake with what is queued sent first. `reason` is for the log and the peer. Idempotent.
    /// `on_closed` follows on a later turn of the loop, never from within this call.
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

/// The plugin's end of it. Destroyed by the host, on the loop, right after `on_closed`.
class ChannelListener {
  public:
    virtual ~ChannelListener() = default;
    /// The handshake is done; `channel` may be used from now until `on_closed` returns.
    virtual void on_open(Channel& channel) = 0;
    /// One whole message, valid during the call, with `kInputPadding` readable bytes behind it.
    virtual void on_message(MessageKind kind, std::string_view payload) = 0;
    /// The end, whoever caused it. Exactly once after `on_open`.
    virtual void on_closed(const ChannelClose& close) = 0;
};

/// What becomes of an upgrade request.
struct ChannelAccept {
    std::unique_ptr<ChannelListener> listener;
    /// The loop on which the connection shall live from now on; without it, the one it came in on.
    std::optional<LoopId> loop;
};

/// Decides on upgrade requests of one path. An `Error` is answered as HTTP, by its code.
class ChannelAcceptor {
  public:
    virtual ~ChannelAcceptor() = default;
    /// **Threads**: the loop of the connection; concurrently on several.
    virtual Result<ChannelAccept> accept(const HttpRequest& request) = 0;
};

struct ChannelRoute {
    std::string name;     ///< for metrics and logs
    std::string pattern;  ///< as in HttpRoute; may equal the pattern of HTTP routes: `Upgrade: websocket` leads here
    std::size_t max_message = 1'000'000;  ///< bytes; above it the channel is closed with 1009
    std::size_t max_queued = 0;           ///< bytes not yet written; 0: the server's default
    bool any_origin = false;              ///< true: the acceptor checks Origin by itself
};

/// Where plugins put their WebSocket endpoints. **Threads**: call in `start()` only. **Owns**: the acceptor is the
/// plugin's and must live until its `stop()` returns. **Errors**: `conflict` for a pattern taken; `forbidden` without
/// `loop: true`.
class ChannelHub {
  public:
    virtual ~ChannelHub() = default;
    virtual Result<void> add(ChannelRoute route, ChannelAcceptor& acceptor) = 0;
};

}  // namespace televisit
