#pragma once
/// The long-polling side of a session: what waits for the client, and the request that waits for it.

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/deadline_list.hpp"
#include "televisit/sdk/channel.hpp"
#include "televisit/sdk/client_limits.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::socketio {

class Session;
class WebSocketLink;

/// A packet on its way to the client: a text one whole, of a binary message the bytes.
struct QueuedPacket {
    MessageKind kind = MessageKind::text;
    std::string data;
};

/// As a hook it waits for the end of an upgrade. **Threads**: the session's loop.
class PollingTransport : public DeadlineHook {
  public:
    PollingTransport(Session& session, ClientPlaces::Place place) : owner(session), place_(std::move(place)) {}

    bool has_poll() const noexcept { return poll_ != nullptr; }
    bool empty() const noexcept { return queue_.empty(); }
    std::size_t queued_bytes() const noexcept { return bytes_; }

    /// Keeps the client's request until there is something to tell. Returns its number.
    std::uint64_t hold(std::unique_ptr<HttpResponder> poll);
    bool holds(std::uint64_t number) const noexcept { return has_poll() && number_ == number; }
    /// The client gave this request up.
    void drop_poll() noexcept { poll_.reset(); }

    void enqueue(MessageKind kind, std::span<const std::string_view> pieces);
    /// Answers the waiting request with the first of what is queued, or with that packet when nothing is.
    void answer(std::string_view when_empty);
    /// Answers the waiting request as every later one will be: there is no such session.
    void refuse();
    std::deque<QueuedPacket> take_queue();

    Session& owner;
    WebSocketLink* probe = nullptr;  ///< a WebSocket that wants to take over
    bool probed = false;             ///< the probe has been answered

  private:
    const ClientPlaces::Place place_;
    std::unique_ptr<HttpResponder> poll_;
    std::uint64_t number_ = 0;
    std::deque<QueuedPacket> queue_;
    std::size_t bytes_ = 0;
};

/// An answer to a poll.
HttpResponse payload_response(std::string payload);

}  // namespace televisit::socketio
