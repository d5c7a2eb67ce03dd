#include "session_query.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "page_cursor.hpp"

namespace televisit::rest_api {

namespace {

/// In characters.
constexpr std::size_t kMaxId = 64;

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Error invalid_parameter(std::string message) {
    return error(Errc::invalid, "invalid_parameter", std::move(message));
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// A time as it was written: what a query makes of the '+' of its zone is a space.
std::string time_as_written(std::string text) {
    constexpr std::size_t kDateAndSeparator = 11;
    std::replace(text.begin() + static_cast<std::ptrdiff_t>(std::min(kDateAndSeparator, text.size())), text.end(), ' ',
                 '+');
    return text;
}

Result<void> read_times(const HttpRequest& request, SessionFilter& filter) {
    for (const auto& [name, place] : {std::pair("from", &filter.from), std::pair("to", &filter.to)}) {
        const auto* text = request.query_value(name);
        if (text == nullptr) continue;
        if (text->empty()) return invalid_parameter(std::string(name) + " must be a time like 2026-01-25T10:00:00Z.");
        *place = time_as_written(*text);
    }
    return {};
}

Result<void> read_people(const HttpRequest& request, SessionFilter& filter) {
    for (const auto& [name, place] :
         {std::pair("doctor_id", &filter.doctor_id), std::pair("patient_id", &filter.patient_id)}) {
        const auto* text = request.query_value(name);
        if (text == nullptr) continue;
        if (text->empty() || characters(*text) > kMaxId)
            return invalid_parameter(std::string(name) + " is no id of a person.");
        *place = UserId(*text);
    }
    return {};
}

Result<void> read_limit(const HttpRequest& request, SessionFilter& filter) {
    filter.limit = kDefaultPage;
    if (const auto* text = request.query_value("limit")) {
        const auto limit = number_of<std::size_t>(*text);
        if (!limit || *limit < 1 || *limit > kMaxPage)
            return invalid_parameter("limit must be a number from 1 to 100.");
        filter.limit = *limit;
    }
    return {};
}

}  // namespace

Result<SessionFilter> read_session_query(const HttpRequest& request, const Identity& caller, const Secrets& secrets) {
    SessionFilter filter;
    if (auto read = read_people(request, filter); !read) return std::move(read).error();
    if (const auto* status = request.query_value("status")) {
        filter.status = parse_session_status(*status);
        if (!filter.status)
            return invalid_parameter("status must be SCHEDULED, ACTIVE, COMPLETED, CANCELLED, NO_SHOW or EXPIRED.");
    }
    if (auto read = read_times(request, filter); !read) return std::move(read).error();
    if (auto read = read_limit(request, filter); !read) return std::move(read).error();
    if (const auto* text = request.query_value("cursor")) {
        filter.after = PageCursor(secrets, caller, filter).read(*text);
        if (!filter.after) return invalid_parameter("cursor must be the next_cursor of the same list's page before.");
    }
    return filter;
}

}  // namespace televisit::rest_api
