#include "values.hpp"

#include <ctime>

#include "reply.hpp"

namespace televisit::load {

Values& Values::time(Instant value) {
    constexpr std::int64_t kSecond = 1'000'000;
    std::string bytes(sizeof(std::int64_t), '\0');
    auto rest = static_cast<std::uint64_t>(storage_postgres::to_postgres(value));
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, rest >>= 8U) *byte = static_cast<char>(rest & 0xffU);
    const auto micros = value.time_since_epoch().count();
    const auto seconds = static_cast<std::time_t>(micros / kSecond);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> date{};
    const auto size = std::strftime(date.data(), date.size(), "%Y-%m-%d %H:%M:%S.", &parts);
    auto fraction = std::to_string(micros % kSecond);
    fraction.insert(0, 6 - fraction.size(), '0');
    values_.push_back({std::move(bytes), 1, std::string(date.data(), size) + fraction + "+00"});
    return *this;
}

}  // namespace televisit::load
