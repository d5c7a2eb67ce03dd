#include "net/http_writer.hpp"

#include <algorithm>
#include <array>

#include "net/http_text.hpp"
#include "net/problem.hpp"

namespace televisit::net {
namespace {

constexpr std::array<std::string_view, 9> kHostFields{
    "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive",      "Date",
    "X-Request-Id",   "Trailer",           "Upgrade",    "Proxy-Connection"};

bool belongs_to_host(const HttpHeader& header, const HttpResponse& response, bool own_cors) noexcept {
    using detail::equal_ignoring_case;
    constexpr std::string_view kCors = "Access-Control-";
    if (own_cors && header.name.size() > kCors.size() &&
        equal_ignoring_case(std::string_view(header.name).substr(0, kCors.size()), kCors))
        return true;
    if (response.status == 426 && equal_ignoring_case(header.name, "Upgrade")) return false;
    return std::any_of(kHostFields.begin(), kHostFields.end(),
                       [&](std::string_view name) { return equal_ignoring_case(name, header.name); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool sendable(const HttpResponse& response) noexcept {
    return response.status >= 200 && response.status <= 599 &&
           std::all_of(response.headers.begin(), response.headers.end(),
                       [](const HttpHeader& header) { return is_token(header.name) && is_value(header.value); });
}

std::string write_head(const HttpResponse& response, const ResponseFrame& frame) {
    std::string out;
    out.reserve(512);
    out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason_phrase(response.status));
    out.append("\r\n");
    append_field(out, "Date", frame.date);
    if (has_body(response.status)) append_field(out, "Content-Length", std::to_string(response.body.size()));
    append_field(out, "X-Request-Id", frame.request_id);
    for (const HttpHeader& header : response.headers)
        if (!belongs_to_host(header, response, frame.own_cors)) append_field(out, header.name, header.value);
    for (const HttpHeader& header : frame.headers) append_field(out, header.name, header.value);
    if (frame.close) {
        append_field(out, "Connection", "close");
    } else if (response.status == 426) {
        append_field(out, "Connection", "Upgrade");
    }
    return out.append("\r\n");
}

}  // namespace televisit::net
