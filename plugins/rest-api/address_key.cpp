#include "address_key.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace televisit::rest_api {

namespace {

using V6 = std::array<char, 16>;

constexpr std::array<char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\xff', '\xff'};

}  // namespace

std::string address_key(std::string_view address) {
    const std::string text(address.substr(0, address.find('%')));  // without the zone of a link-local one
    std::array<char, 4> v4{};
    if (inet_pton(AF_INET, text.c_str(), v4.data()) == 1) return {v4.data(), v4.size()};
    V6 v6{};
    if (inet_pton(AF_INET6, text.c_str(), v6.data()) != 1) return text;
    if (std::equal(kMapped.begin(), kMapped.end(), v6.begin())) return {v6.data() + kMapped.size(), v4.size()};
    return {v6.data(), v6.size() / 2};
}

}  // namespace televisit::rest_api
