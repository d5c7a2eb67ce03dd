#include "statement.hpp"

#include <algorithm>
#include <limits>

#include "connection.hpp"
#include "text_encoding.hpp"

namespace televisit::storage_postgres {
namespace {

constexpr std::int64_t kHundredthsEach = 100;

/// As it goes over the network.
std::string network_order(std::int64_t value) {
    std::string bytes(sizeof value, '\0');
    auto rest = static_cast<std::uint64_t>(value);
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, rest >>= 8U) *byte = static_cast<char>(rest & 0xffU);
    return bytes;
}

}  // namespace

Statement& Statement::bound(const char* bytes, std::size_t size, Format format) {
    values_.push_back(bytes);
    sizes_.push_back(static_cast<int>(size));
    formats_.push_back(static_cast<int>(format));
    return *this;
}

Statement& Statement::owned(std::string bytes, Format format) {
    const auto& kept = owned_.emplace_back(std::move(bytes));
    return bound(kept.c_str(), kept.size(), format);
}

Statement& Statement::text(std::string_view value) {
    // In the binary format a text need not end with NUL.
    if (auto other = encoded(value)) return owned(*std::move(other), Format::binary);
    return bound(value.data() ? value.data() : "", value.size(), Format::binary);
}

Statement& Statement::optional_text(std::string_view value) {
    return value.empty() ? bound(nullptr, 0, Format::text) : text(value);
}

Statement& Statement::integer(std::int64_t value) {
    // As text, for the binary format would have to know the column's size.
    return owned(std::to_string(value), Format::text);
}

Statement& Statement::flag(bool value) {
    return bound(value ? "t" : "f", 1, Format::text);
}

Statement& Statement::hundredths(std::int64_t value) {
    const auto size = value < 0 ? -value : value;
    const auto rest = std::to_string(size % kHundredthsEach);
    return owned(
        (value < 0 ? "-" : "") + std::to_string(size / kHundredthsEach) + (rest.size() < 2 ? ".0" : ".") + rest,
        Format::text);
}

Statement& Statement::time(Instant value) {
    return owned(network_order(to_postgres(value)), Format::binary);
}

Statement& Statement::optional_time(const std::optional<Instant>& value) {
    return value ? time(*value) : bound(nullptr, 0, Format::text);
}

Statement& Statement::limit(std::size_t value) {
    constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max();
    return integer(static_cast<std::int64_t>(std::min(value, kMost)));
}

Reply Statement::run() {
    return connection_.run(*this);
}

}  // namespace televisit::storage_postgres
