#include "problem.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include "json_writer.hpp"

namespace televisit::rest_api {

namespace {

struct Status {
    int number;
    std::string_view title;
};

constexpr Status status_of(Errc code) noexcept {
    switch (code) {
        case Errc::malformed:
            return {400, "Bad Request"};
        case Errc::unauthenticated:
            return {401, "Unauthorized"};
        case Errc::forbidden:
            return {403, "Forbidden"};
        case Errc::not_found:
            return {404, "Not Found"};
        case Errc::conflict:
            return {409, "Conflict"};
        case Errc::stale:
            return {412, "Precondition Failed"};
        case Errc::too_large:
            return {413, "Content Too Large"};
        case Errc::unsupported_media:
            return {415, "Unsupported Media Type"};
        case Errc::invalid:
            return {422, "Unprocessable Content"};
        case Errc::precondition_required:
            return {428, "Precondition Required"};
        case Errc::rate_limited:
            return {429, "Too Many Requests"};
        case Errc::unavailable:
        case Errc::timeout:
            return {503, "Service Unavailable"};
        case Errc::internal:
            return {500, "Internal Server Error"};
    }
    return {500, "Internal Server Error"};
}

void write_fields(JsonWriter& out, const std::vector<FieldError>& fields) {
    if (fields.empty()) return;
    out.name("errors").open_array();
    for (const auto& field : fields)
        out.open_object()
            .name("pointer")
            .text(field.pointer)
            .name("code")
            .text(field.code)
            .name("detail")
            .text(field.message)
            .close_object();
    out.close_array();
}

std::string document(const Error& failure, const Status& status) {
    JsonWriter out;
    out.open_object().name("type").text("about:blank").name("title").text(status.title);
    out.name("status").number(status.number);
    // What went wrong inside is nobody's business but the operator's.
    if (failure.code == Errc::internal)
        out.name("detail").text("The server could not do this. The request id tells the operator more.");
    else if (!failure.message.empty())
        out.name("detail").text(failure.message);
    out.name("code").text(failure.name());
    write_fields(out, failure.fields);
    for (const auto& [name, json] : failure.members) out.name(name).raw(json);
    return out.close_object().take();
}

/// RFC 6750 §3.1: a caller who presented nothing is told no error.
std::string_view challenge(const Error& failure) {
    return failure.reason == "credential_missing" ? "Bearer" : R"(Bearer error="invalid_token")";
}

}  // namespace

int http_status(Errc code) noexcept {
    return status_of(code).number;
}

HttpResponse problem(const Error& failure) {
    const auto status = status_of(failure.code);
    HttpResponse response{status.number,
                          {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}},
                          document(failure, status)};
    const bool come_back = status.number == 429 || status.number == 503;
    if (failure.retry_after || come_back) {
        const auto pause = failure.retry_after.value_or(std::chrono::seconds(1));
        response.headers.push_back({"Retry-After", std::to_string(pause.count())});
    }
    if (status.number == 401) response.headers.push_back({"WWW-Authenticate", std::string(challenge(failure))});
    return response;
}

}  // namespace televisit::rest_api
