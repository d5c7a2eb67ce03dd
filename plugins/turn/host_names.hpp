#pragma once
/// The addresses of the servers' names, looked up apart from the probes: a resolver may hang for a long time.

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "ice_url.hpp"
#include "probe_line.hpp"

namespace televisit::turn {

/// **Threads**: any.
class HostNames {
  public:
    struct Found {
        bool looked_up = false;                ///< false: nobody has asked yet
        std::optional<PeerAddress> address{};  ///< with the URL's port
    };
    /// What is known of a URL's host. An address needs no looking up.
    Found find(const IceUrl& url) const;
    /// Asks the system. A name that has an address keeps it while the resolver is away. **Blocks**: as long as that
    /// takes.
    void look_up(const IceUrl& url);

  private:
    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::optional<PeerAddress>> names_;  // guarded by mutex_
};

}  // namespace televisit::turn
