#pragma once
/// Servers on loopback that are no good, each in its own way.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "ice_url.hpp"

namespace televisit::turn::testing {

/// Takes what comes, UDP datagrams or TCP connections, and sends what `answer` makes of it; an empty answer is silence.
class NastyServer {
  public:
    using Answer = std::function<std::string(std::string_view request)>;
    NastyServer(Transport transport, Answer answer);
    ~NastyServer();
    NastyServer(const NastyServer&) = delete;
    NastyServer& operator=(const NastyServer&) = delete;

    std::uint16_t port() const noexcept { return port_; }

  private:
    void serve_datagrams();
    void serve_connections();

    const Answer answer_;
    int socket_ = -1;
    int stop_[2] = {-1, -1};
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace televisit::turn::testing
