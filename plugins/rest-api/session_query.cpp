#include "session_query.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "times.hpp"

namespace televisit::rest_api {

namespace {

/// In characters, and a cursor's in bytes: those of the server's own ids.
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

/// "<microseconds>_<session id>" of the last session of the page before.
std::optional<std::pair<Instant, SessionId>> read_cursor(std::string_view text) {
    const auto split = text.find('_');
    if (split == std::string_view::npos) return std::nullopt;
    const auto micros = number_of<std::int64_t>(text.substr(0, split));
    const auto id = text.substr(split + 1);
    if (!micros || id.empty() || id.size() > kMaxId) return std::nullopt;
    return std::pair(from_micros(*micros), SessionId(std::string(id)));
}

/// Reads a time into `place` when the parameter is there; false when it is no time.
bool read_time(const HttpRequest& request, std::string_view name, std::optional<Instant>& place) {
    const auto* text = request.query_value(name);
    if (text == nullptr) return true;
    place = parse_time(*text);
    return place.has_value();
}

Result<void> read_people(const HttpRequest& request, SessionQuery& query) {
    for (const auto& [name, place] :
         {std::pair("doctor_id", &query.doctor_id), std::pair("patient_id", &query.patient_id)}) {
        const auto* text = request.query_value(name);
        if (text == nullptr) continue;
        if (text->empty() || characters(*text) > kMaxId)
            return invalid_parameter(std::string(name) + " is no id of a person.");
        *place = UserId(*text);
    }
    return {};
}

Result<void> read_page(const HttpRequest& request, SessionQuery& query) {
    query.limit = kDefaultPage;
    if (const auto* text = request.query_value("limit")) {
        const auto limit = number_of<std::size_t>(*text);
        if (!limit || *limit < 1 || *limit > kMaxPage)
            return invalid_parameter("limit must be a number from 1 to 100.");
        query.limit = *limit;
    }
    if (const auto* text = request.query_value("cursor")) {
        query.after = read_cursor(*text);
        if (!query.after) return invalid_parameter("cursor must be a next_cursor of the page before.");
    }
    return {};
}

}  // namespace

Result<SessionQuery> read_session_query(const HttpRequest& request) {
    SessionQuery query;
    if (auto read = read_people(request, query); !read) return std::move(read).error();
    if (const auto* status = request.query_value("status")) {
        query.status = parse_session_status(*status);
        if (!query.status)
            return invalid_parameter("status must be SCHEDULED, ACTIVE, COMPLETED, CANCELLED, NO_SHOW or EXPIRED.");
    }
    for (const auto& [name, place] : {std::pair("from", &query.from), std::pair("to", &query.to)})
        if (!read_time(request, name, *place))
            return invalid_parameter(std::string(name) +
                                     " must be a time with its zone, such as 2026-01-25T10:00:00Z.");
    if (auto read = read_page(request, query); !read) return std::move(read).error();
    return query;
}

std::string cursor_after(const SessionRecord& last) {
    return std::to_string(to_micros(last.created_at)) + "_" + last.id.str();
}

}  // namespace televisit::rest_api
