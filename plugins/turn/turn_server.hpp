#pragma once
/// One TURN server as configured, and the credentials that it accepts.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "ice_url.hpp"
#include "network.hpp"
#include "televisit/sdk/ids.hpp"
#include "televisit/sdk/secrets.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::turn {

struct TurnServer {
    std::string name;
    std::vector<IceUrl> urls;
    std::vector<std::string> secrets{};  ///< the first one makes credentials
    std::string username{};
    std::string password{};
    std::int64_t weight = 1;
    std::vector<Network> networks{};  ///< of clients; none: everybody
    bool rotates = false;             ///< credentials are made with the secret of the rotation

    bool is_ephemeral() const noexcept { return rotates || !secrets.empty(); }  ///< else `username` and `password`
};

struct TurnCredentials {
    std::string username;
    std::string password;
};

/// Credentials that coturn accepts from anybody who knows them, until they end: the username is `expiry:attendee`, the
/// password base64(HMAC-SHA1(secret, username)). **Source**: coturn README.turnserver, "TURN REST API".
TurnCredentials mint_credentials(const std::string& secret, const AttendeeId& attendee, Instant now,
                                 std::chrono::seconds ttl, const Secrets& secrets);

}  // namespace televisit::turn
