#pragma once
/// How a client hears that its event was accepted or refused.

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "televisit/sdk/metrics.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::signaling {

/// **Threads**: any.
class Replies {
  public:
    Replies(SocketIoServer& sockets, MetricRegistry& metrics) : sockets_(sockets), metrics_(metrics) {}

    /// `{ok:true}`, when it was asked for: accepted, not delivered.
    static void accept(AckResponder* ack);
    /// An `error` event, and `{ok:false,…}` when an acknowledgement was asked for.
    void refuse(SocketKey socket, std::string_view event, AckResponder* ack, const Error& error);
    /// An `error` event that answers no event.
    void tell(SocketKey socket, std::string_view message, std::string_view code);
    /// For refusals that are told otherwise.
    void count(std::string_view code);

  private:
    SocketIoServer& sockets_;
    MetricRegistry& metrics_;
    std::mutex mutex_;
    std::map<std::string, Counter*, std::less<>> counters_;  // guarded by mutex_
};

}  // namespace televisit::signaling
