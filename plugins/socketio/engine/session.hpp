#pragma once
/// One Engine.IO client on whatever transport it has: opening, heartbeat, upgrade, end.
/// Source: https://socket.io/docs/v4/engine-io-protocol/

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "engine/close_cause.hpp"
#include "engine/deadline_list.hpp"
#include "engine/endpoint.hpp"
#include "engine/packet.hpp"
#include "engine/polling_transport.hpp"
#include "engine/sid.hpp"
#include "televisit/sdk/engineio.hpp"
#include "televisit/sdk/rate.hpp"

namespace televisit::socketio {

class EngineLoop;
class WebSocketLink;

/// Hears of what a session does by itself. **Threads**: its loop.
class SessionWatcher {
  public:
    /// What was sent before a ping has arrived when its pong is there.
    virtual void on_ping() = 0;
    virtual void on_pong() = 0;
    /// The client has sent more than it may, and is not listened to any more. To say good-bye and close.
    virtual void on_flood() = 0;

  protected:
    ~SessionWatcher() = default;
};

/// As a hook it waits for its next ping, its pong, or the end of its closing. **Threads**: its loop.
/// **Owns**: made and owned by an `EngineLoop`, which ends it; nothing is destroyed within a call on it.
class Session final : public EngineSession, public DeadlineHook {
  public:
    Session(EngineLoop& home, const Endpoint& endpoint, std::unique_ptr<EngineListener> listener, Sid sid,
            std::uint32_t slot);
    ~Session() override;

    std::string_view id() const noexcept override { return sid_.view(); }
    LoopId loop() const noexcept override;
    SendResult send(MessageKind kind, std::span<const std::string_view> pieces) override;
    void close(std::string_view reason) override;

    /// Sends a text message whose first piece already begins with the packet's type, '4'.
    SendResult send_packet(std::span<const std::string_view> pieces);
    SendResult send_binary(std::span<const std::string_view> pieces);
    /// Ends it in good order: what is queued goes out first.
    void close(CloseCause cause);
    /// Ends it at once.
    void abort(CloseCause cause);

    void set_watcher(SessionWatcher& watcher) noexcept { watcher_ = &watcher; }

    /// Begins on a WebSocket, or on long-polling (then the packet is the answer to the handshake).
    void open(WebSocketLink& link, std::string_view open_packet);
    void open_polling(ClientPlaces::Place place);

    void on_poll(std::unique_ptr<HttpResponder> responder);
    void on_poll_abandoned(std::uint64_t number);
    void on_post(HttpRequest& request, HttpResponder& responder);
    void on_probe(WebSocketLink& link);
    void on_frame(WebSocketLink& link, MessageKind kind, std::string_view payload);
    void on_link_closed(WebSocketLink& link, CloseCause cause);

    void ping();
    void flush();
    void end_upgrade();

  private:
    friend class EngineLoop;
    enum class State : std::uint8_t { open, closing, closed };

    bool admit(std::size_t bytes);
    SendResult transmit(MessageKind kind, std::span<const std::string_view> pieces);
    void on_message(MessageKind kind, std::string_view data);
    void on_packet(const Packet& packet);
    void heard();
    void on_probe_frame(MessageKind kind, std::string_view payload);
    void upgrade();
    void let_go_of_links(CloseCause cause);

    // What a message touches stands together.
    EngineLoop& home_;
    std::unique_ptr<EngineListener> listener_;
    WebSocketLink* link_ = nullptr;
    const Endpoint& endpoint_;
    RateMeter packets_;
    State state_ = State::open;
    CloseCause cause_ = CloseCause::transport_close;
    bool awaits_pong_ = false;
    bool heard_ = false;  ///< from the client, since the last ping
    bool dirty_ = false;  ///< the home loop will flush it
    bool flooding_ = false;
    std::uint32_t slot_;
    std::unique_ptr<PollingTransport> polling_;
    SessionWatcher* watcher_ = nullptr;
    Sid sid_;
};

}  // namespace televisit::socketio
