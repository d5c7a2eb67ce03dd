#pragma once
/// A real coturn on loopback, for as long as the object lives.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "certificate.hpp"

namespace televisit::turn::testing {

class Coturn {
  public:
    /// Starts it with that shared secret (or, when `user` is given, with that fixed "name:password"), and with TLS when
    /// there is a certificate, and waits until it listens.
    explicit Coturn(const std::string& secret, const std::string& user = {}, const Certificate* certificate = nullptr,
                    const std::vector<std::string>& more = {});
    ~Coturn();
    Coturn(const Coturn&) = delete;
    Coturn& operator=(const Coturn&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    std::uint16_t tls_port() const noexcept { return tls_port_; }

  private:
    std::string folder_;
    std::uint16_t port_ = 0;
    std::uint16_t tls_port_ = 0;
    pid_t pid_ = -1;
    int log_ = -1;
};

/// A port that is free for UDP and TCP at this moment.
std::uint16_t free_port();

/// Whether coturn's own client can allocate a relay with those credentials and send through it.
bool can_relay(std::uint16_t port, const std::string& username, const std::string& password);

}  // namespace televisit::turn::testing
