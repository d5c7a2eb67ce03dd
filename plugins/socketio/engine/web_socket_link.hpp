#pragma once
/// One WebSocket of a session: its transport, or one that probes to become it.

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/endpoint.hpp"
#include "televisit/sdk/channel.hpp"

namespace televisit::socketio {

class EngineLoop;
class Session;

/// **Threads**: its loop. **Owns**: the host owns it; it and its session let go of each other when one ends.
class WebSocketLink final : public ChannelListener {
  public:
    /// Will begin a session for `listener`, or with a `sid` join the one that exists. With `base64` the client wants no
    /// binary frames.
    WebSocketLink(std::shared_ptr<EngineLoop> home, const Endpoint& endpoint, std::unique_ptr<EngineListener> listener,
                  std::string sid, bool base64);
    ~WebSocketLink() override;

    void on_open(Channel& channel) override;
    void on_message(MessageKind kind, std::string_view payload) override;
    void on_closed(const ChannelClose& close) override;

    SendResult send(MessageKind kind, std::span<const std::string_view> pieces);
    void attach(Session& session) noexcept { session_ = &session; }
    /// Its session does without it from now on.
    void close(std::uint16_t code, std::string_view reason);

  private:
    /// What is needed until it is open.
    struct Birth {
        std::shared_ptr<EngineLoop> home;  ///< shared: the engine may stop before the handshake is through
        const Endpoint& endpoint;
        std::unique_ptr<EngineListener> listener;
        std::string sid;
    };

    Session* session_ = nullptr;
    Channel* channel_ = nullptr;
    std::unique_ptr<Birth> birth_;
    const bool base64_;
};

}  // namespace televisit::socketio
