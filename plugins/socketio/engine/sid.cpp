#include "engine/sid.hpp"

#include <string>

namespace televisit::socketio {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kPlaceSize = 6;

}  // namespace

Sid random_sid(Secrets& secrets) {
    Sid sid;
    const std::string bytes = secrets.random_bytes(kSidSize);
    for (std::size_t i = 0; i < kSidSize && i < bytes.size(); ++i)
        sid.text_[i] = kAlphabet[static_cast<unsigned char>(bytes[i]) & 63];
    return sid;
}

Sid engine_sid(Secrets& secrets, LoopId loop, std::uint32_t slot) {
    Sid sid = random_sid(secrets);
    std::uint64_t place = std::uint64_t{loop} << 24 | slot;
    for (std::size_t i = kPlaceSize; i-- > 0; place >>= 6) sid.text_[i] = kAlphabet[place & 63];
    return sid;
}

std::optional<SidPlace> place_of(std::string_view sid) noexcept {
    if (sid.size() != kSidSize) return std::nullopt;
    std::uint64_t place = 0;
    for (std::size_t i = 0; i < kPlaceSize; ++i) {
        const std::size_t value = kAlphabet.find(sid[i]);
        if (value == std::string_view::npos) return std::nullopt;
        place = place << 6 | value;
    }
    return SidPlace{static_cast<LoopId>(place >> 24), static_cast<std::uint32_t>(place & (kMaxSlots - 1))};
}

}  // namespace televisit::socketio
