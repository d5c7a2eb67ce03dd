#include "daemon/operator_query.hpp"

#include <charconv>
#include <string>
#include <utility>

namespace televisit::daemon {
namespace {

constexpr std::size_t kMostListed = 100;

Error bad_parameter(std::string_view name) {
    return error(Errc::invalid, "invalid_parameter", "The parameter " + std::string(name) + " cannot be that.");
}

/// "<microseconds>_<session id>" of the last session of the page before.
std::optional<std::pair<Instant, SessionId>> position_of(std::string_view text) {
    std::int64_t micros = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), micros);
    const auto used = static_cast<std::size_t>(end - text.data());
    if (fault != std::errc{} || used + 1 >= text.size() || text[used] != '_') return std::nullopt;
    return std::pair(from_micros(micros), SessionId(std::string(text.substr(used + 1))));
}

}  // namespace

std::string_view text_of(const HttpRequest& request, std::string_view name) {
    const std::string* const text = request.query_value(name);
    return text ? std::string_view(*text) : std::string_view();
}

Result<std::optional<std::int64_t>> number_of(const HttpRequest& request, std::string_view name, std::int64_t least,
                                              std::int64_t most) {
    const std::string* const text = request.query_value(name);
    if (!text) return std::optional<std::int64_t>{};
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (fault != std::errc{} || end != text->data() + text->size() || number < least || number > most)
        return bad_parameter(name);
    return std::optional(number);
}

Result<std::size_t> limit_of(const HttpRequest& request) {
    const auto limit = number_of(request, "limit", 1, kMostListed);
    if (!limit) return limit.error();
    return static_cast<std::size_t>(limit->value_or(kMostListed));
}

Result<SessionQuery> query_of(const HttpRequest& request) {
    SessionQuery query;
    const auto limit = limit_of(request);
    if (!limit) return limit.error();
    query.limit = *limit;
    query.doctor_id = UserId(std::string(text_of(request, "doctor_id")));
    query.patient_id = UserId(std::string(text_of(request, "patient_id")));
    if (const auto status = text_of(request, "status"); !status.empty()) {
        query.status = parse_session_status(status);
        if (!query.status) return bad_parameter("status");
    }
    if (const auto after = text_of(request, "after"); !after.empty()) {
        query.after = position_of(after);
        if (!query.after) return bad_parameter("after");
    }
    return query;
}

std::string position_behind(const SessionRecord& session) {
    return std::to_string(to_micros(session.created_at)) + "_" + session.id.str();
}

}  // namespace televisit::daemon
