#pragma once
/// A WebSocket on one connection, from the answered handshake to the end.

#include <cstdint>
#include <memory>
#include <string>

#include "net/connection.hpp"
#include "net/router.hpp"
#include "net/server_options.hpp"
#include "net/ws_frame.hpp"
#include "televisit/sdk/channel.hpp"

namespace televisit::net {

/// **Threads**: the connection's loop, from `on_start` on. **Source**: RFC 6455 sections 5.5, 7.
class ChannelSession final : public Protocol, public Channel {
  public:
    ChannelSession(const RouteEntry& entry, std::unique_ptr<ChannelListener> listener, const ServerOptions& options);

    void on_start(Connection& connection) override;
    std::size_t on_data(std::span<char> data) override;
    std::size_t wanted() const noexcept override { return wanted_; }
    void on_end() override;
    void on_flushed() override {}
    void on_deadline() override;
    void on_lost() override;
    void on_drain(bool by_force) override;

    LoopId loop() const noexcept override;
    SendResult send(MessageKind kind, std::span<const std::string_view> pieces) override;
    std::size_t queued_bytes() const noexcept override;
    void close(std::uint16_t code, std::string_view reason) override;

  private:
    enum class State : std::uint8_t {
        starting,
        open,
        closing,  // our close frame is sent, the peer's awaited
        ended,
    };

    LoopState& shared() noexcept { return connection_->loop(); }
    void on_event(const WsEvent& event);
    void on_message(const WsEvent& event);
    bool within_rate();
    void on_close_frame(std::uint16_t code);
    void fail(std::uint16_t code, std::string_view reason);
    bool send_control(WsOpcode opcode, std::string_view payload);
    bool send_close(std::uint16_t code, std::string_view reason);
    SendResult give_up_slow_reader();
    void set_end(std::uint16_t code, bool by_peer, std::string_view reason);
    void end();
    void tell();

    Connection* connection_ = nullptr;
    const RouteEntry& entry_;
    std::unique_ptr<ChannelListener> listener_;  // null when it has heard of the end
    std::unique_ptr<ChannelClose> end_;          // how it ends; set once
    WsDecoder decoder_;
    const std::size_t max_queued_;
    std::size_t wanted_ = 0;
    RateMeter control_frames_;
    State state_ = State::starting;
};

}  // namespace televisit::net
