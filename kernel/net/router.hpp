#pragma once
/// Which handler serves a request.

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/counters.hpp"
#include "net/event_loop.hpp"
#include "televisit/sdk/channel.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::net {

/// A registered HTTP route or channel route. **Owns**: lives as long as the router, even when it is no longer served:
/// requests and counters refer to it.
struct RouteEntry {
    HttpRoute route;  ///< of a channel: name and pattern
    ChannelRoute channel;
    HttpLoopHandler* handler = nullptr;  ///< null for a channel
    ChannelAcceptor* acceptor = nullptr;
    TaskLabel label;
    RouteCounters counters;
};

inline constexpr std::size_t kMethods = 7;

/// What is registered at one pattern.
struct RoutePlace {
    std::array<RouteEntry*, kMethods> methods{};
    RouteEntry* channel = nullptr;
};

struct RouteMatch {
    const RoutePlace* place = nullptr;                        ///< null: no such path
    std::vector<std::pair<std::string, std::string>> params;  ///< values in order; `bind_params` names them
};

class RouteTable;

/// The routes of both listeners. A table that requests are matched against is immutable; a change publishes a new one,
/// so that the admin listener can serve while plugins still register. **Threads**: `find` from any loop, `add` and
/// `remove` from any thread.
class Router {
  public:
    Router();
    ~Router();

    /// **Errors**: `invalid` for a bad pattern, `conflict` for one taken (the names of `{parts}` make no difference).
    Result<void> add(HttpRoute route, HttpLoopHandler& handler, std::string owner);
    Result<void> add(ChannelRoute route, ChannelAcceptor& acceptor, std::string owner);
    /// Forgets what `owner` registered. Requests that were matched before may still be in its handlers.
    void remove(std::string_view owner);

    /// A literal part goes before `{name}`, and that before `{rest*}`. The place is valid as long as the router.
    RouteMatch find(ListenerKind listener, std::string_view path) const;
    std::vector<HttpRoute> routes() const;
    std::vector<RouteCounters::Snapshot> counters() const;

  private:
    Result<void> publish();

    mutable std::mutex mutex_;
    std::deque<RouteEntry> entries_;   // guarded by mutex_; never shrinks
    std::vector<RouteEntry*> served_;  // guarded by mutex_
    std::vector<std::unique_ptr<const RouteTable>>
        tables_;  // guarded by mutex_; all there were, for loops may hold one
    std::atomic<const RouteTable*> current_;
};

/// The route of a place that serves a method: HEAD falls to GET. Null when there is none.
RouteEntry* route_for(const RoutePlace& place, HttpMethod method) noexcept;

/// Puts the names of the entry's pattern to the values that `find` left without.
void bind_params(const RouteEntry& entry, std::vector<std::pair<std::string, std::string>>& params);

/// "GET, HEAD, POST": the methods of a place, HEAD and OPTIONS included.
std::string allowed_methods(const RoutePlace& place);

}  // namespace televisit::net
