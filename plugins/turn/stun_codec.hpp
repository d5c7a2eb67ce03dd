#pragma once
/// STUN and TURN messages as a client needs them, encoded, decoded and signed by libre.
///
/// **Threads**: any, concurrently. **Source**: RFC 5389, RFC 5766.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct stun_msg;  // libre's

namespace televisit::turn {

enum class StunMethod : std::uint8_t { binding, allocate, refresh };

using TransactionId = std::array<std::uint8_t, 12>;

/// What long-term credentials consist of, the server's part included.
struct StunAuth {
    std::string username;
    std::string password;
    std::string realm;
    std::string nonce;
};

struct StunRequest {
    StunMethod method = StunMethod::binding;
    TransactionId transaction{};
    std::optional<std::uint32_t> lifetime_s{};  ///< of an allocation
    std::optional<StunAuth> auth{};             ///< none: the message is not signed
};

/// The bytes of a request, with its FINGERPRINT and, given credentials, its MESSAGE-INTEGRITY.
std::string encode(const StunRequest& request);

/// An answer, or whatever else a server has sent in its place.
class StunAnswer {
  public:
    /// Nothing when it is no STUN message, or one that contradicts itself.
    static std::optional<StunAnswer> decode(std::string_view bytes);

    bool answers(const StunRequest& request) const;  ///< of that method and transaction, and an answer at all
    bool success() const;
    bool signed_with(const StunAuth& auth) const;  ///< carries a MESSAGE-INTEGRITY that these credentials made
    bool has_mapped_address() const;
    bool has_relayed_address() const;
    std::uint16_t error_code() const;  ///< 0: none
    std::string realm() const;
    std::string nonce() const;

  private:
    struct Release {
        void operator()(stun_msg* message) const noexcept;
    };
    explicit StunAnswer(stun_msg* message) : message_(message) {}
    std::unique_ptr<stun_msg, Release> message_;
};

/// Of the message that stands at the start of a stream: its size, 0 while too little has come, or nothing when no STUN
/// message begins so.
std::optional<std::size_t> stun_frame(std::string_view stream);

}  // namespace televisit::turn
