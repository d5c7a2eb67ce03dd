#pragma once
/// What the loader needs of the transport: routes, channels and loops, each on some plugin's account.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/channel.hpp"
#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::loader {

/// On whose account a loop works; made by a frontend, opaque to others.
struct LoopAccount;

/// **Threads**: any. Implemented over `net::Server` by the daemon.
class Frontend {
  public:
    virtual ~Frontend() = default;
    virtual Result<void> add(HttpRoute route, HttpLoopHandler& handler, std::string owner) = 0;
    virtual Result<void> add(ChannelRoute route, ChannelAcceptor& acceptor, std::string owner) = 0;
    virtual std::vector<HttpRoute> routes() const = 0;
    /// Forgets what `owner` registered.
    virtual void remove(std::string_view owner) = 0;
    /// The loops; what is posted through this is charged to `owner`.
    virtual std::unique_ptr<EventLoops> loops_for(std::string owner) = 0;
    /// Whether this thread is a loop, the admin loop included.
    virtual bool on_loop() const noexcept = 0;
    /// The account of `owner`, which lives as long as the frontend.
    virtual const LoopAccount& account_of(const std::string& owner) = 0;
    /// Charges the rest of the loop's step to it, if this thread is a loop.
    virtual void charge(const LoopAccount& account) noexcept = 0;
    /// **Blocks** until every loop has ended the step it is in. Not from a loop.
    virtual void quiesce() = 0;
};

}  // namespace televisit::loader
