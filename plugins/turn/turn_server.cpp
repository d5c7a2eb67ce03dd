#include "turn_server.hpp"

#include <openssl/evp.h>

#include <array>

namespace televisit::turn {

namespace {

std::string base64(const std::array<std::uint8_t, 20>& bytes) {
    std::array<unsigned char, 32> text{};  // 28 characters and the zero that OpenSSL writes after them
    const int size = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
    return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)};
}

}  // namespace

TurnCredentials mint_credentials(const std::string& secret, const AttendeeId& attendee, Instant now,
                                 std::chrono::seconds ttl, const Secrets& secrets) {
    const auto expiry = std::chrono::floor<std::chrono::seconds>(now) + ttl;
    auto username = std::to_string(expiry.time_since_epoch().count()) + ":" + attendee.str();
    auto password = base64(secrets.hmac_sha1(secret, username));
    return {std::move(username), std::move(password)};
}

}  // namespace televisit::turn
