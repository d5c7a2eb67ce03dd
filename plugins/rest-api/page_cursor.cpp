#include "page_cursor.hpp"

#include <charconv>

#include "hex.hpp"

namespace televisit::rest_api {

namespace {

constexpr char kSeparator = '_';
constexpr std::size_t kDigestDigits = 16;

}  // namespace

PageCursor::PageCursor(const Secrets& secrets, const Identity& caller, const SessionFilter& filter)
    : secrets_(secrets) {
    const auto add = [this](std::string_view part) { query_.append(part).append(1, '\n'); };
    add(to_string(caller.role));
    add(caller.user.view());
    add(filter.doctor_id.view());
    add(filter.patient_id.view());
    add(filter.status ? to_string(*filter.status) : std::string_view());
    add(filter.from);
    add(filter.to);
}

std::string PageCursor::with_digest(std::string place) const {
    const auto digest = hex(secrets_.sha256(query_ + place)).substr(0, kDigestDigits);
    return std::move(place) + kSeparator + digest;
}

std::string PageCursor::after(const SessionRecord& last) const {
    return with_digest(std::to_string(to_micros(last.created_at)) + kSeparator + last.id.str());
}

std::optional<std::pair<Instant, SessionId>> PageCursor::read(std::string_view cursor) const {
    const auto place = cursor.substr(0, cursor.rfind(kSeparator));
    if (cursor != with_digest(std::string(place))) return std::nullopt;
    const auto split = place.find(kSeparator);
    std::int64_t micros = 0;
    const auto [end, fault] = std::from_chars(place.data(), place.data() + std::min(split, place.size()), micros);
    if (fault != std::errc() || split == std::string_view::npos || end != place.data() + split) return std::nullopt;
    return std::pair(from_micros(micros), SessionId(std::string(place.substr(split + 1))));
}

}  // namespace televisit::rest_api
