#pragma once
/// What a handler gets hold of and may keep longer than its call: the answer to an ack, and the strand.

#include <atomic>
#include <cstdint>
#include <memory>

#include "sockets/socket_loop.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::socketio {

/// Answers on the socket's loop, wherever it is called.
class AckReply final : public AckResponder {
  public:
    AckReply(std::shared_ptr<SocketLoop> home, SocketKey key, std::uint64_t id);
    void respond(std::span<const std::string_view> args, std::span<const std::string_view> attachments) override;

  private:
    const std::shared_ptr<SocketLoop> home_;  ///< shared: it may be answered after the plugin's end
    const SocketKey key_;
    const std::uint64_t id_;
    std::atomic<bool> answered_{false};
};

/// Holds the strand of one socket while a handler runs elsewhere.
class SocketHold final : public StrandHold {
  public:
    SocketHold(std::shared_ptr<SocketLoop> home, SocketKey key) : home_(std::move(home)), key_(key) {}
    ~SocketHold() override;

  private:
    const std::shared_ptr<SocketLoop> home_;
    const SocketKey key_;
};

}  // namespace televisit::socketio
