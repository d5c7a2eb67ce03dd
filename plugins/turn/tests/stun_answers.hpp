#pragma once
/// What a TURN server answers, right and wrong, made by libre.

#include <cstdint>
#include <string>
#include <string_view>

#include "stun_codec.hpp"

namespace televisit::turn::testing {

inline constexpr std::uint16_t kBindingMethod = 0x001;
inline constexpr std::uint16_t kAllocateMethod = 0x003;
inline constexpr std::uint16_t kRefreshMethod = 0x004;

/// What a request asks for.
std::uint16_t method_of(std::string_view request);
bool is_signed(std::string_view request);
std::uint32_t lifetime_of(std::string_view request);

/// 200, with the addresses that the method gives; signed when there are credentials.
std::string success(std::string_view request, const StunAuth* auth = nullptr);
/// An error; 401 and 438 come with a realm and a nonce.
std::string refusal(std::string_view request, std::uint16_t code);
/// The same message, for another transaction.
std::string of_another_transaction(std::string message);

inline const char kRealm[] = "televisit.test";
inline const char kNonce[] = "0123456789abcdef";

/// All that a good server answers to whoever has this password.
std::string good_answer(std::string_view request, const std::string& username, const std::string& password);

}  // namespace televisit::turn::testing
