#include "site_handler.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "media_types.hpp"

namespace televisit::web {
namespace {

/// The same address as a WebSocket source, for browsers whose 'self' does not cover ws. Empty for an origin with any
/// character that could break out of the header's value.
std::string websocket_source(std::string_view origin) {
    constexpr std::string_view kHttp = "http";
    constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]/";
    if (!origin.starts_with(kHttp) || origin.find_first_not_of(kAllowed) != std::string_view::npos) return {};
    return " ws" + std::string(origin.substr(kHttp.size()));
}

HttpResponse problem(const Error& failure) {
    const bool missing = failure.code == Errc::not_found;
    HttpResponse response;
    response.status = missing ? 404 : 503;
    response.headers = {{"Content-Type", "application/problem+json"},
                        {"Cache-Control", "no-store"},
                        {"X-Content-Type-Options", "nosniff"}};
    if (!missing) response.headers.push_back({"Retry-After", "1"});
    response.body = std::string(R"({"type":"about:blank","title":")") +
                    (missing ? "Not Found" : "Service Unavailable") + R"(","status":)" +
                    std::to_string(response.status) + R"(,"detail":")" + failure.message + R"(","code":")" +
                    std::string(failure.name()) + "\"}";
    return response;
}

}  // namespace

bool names_tag(std::string_view if_none_match, std::string_view tag) noexcept {
    if (if_none_match == "*") return true;
    // Tags may hold commas, so the list is read tag by tag.
    while (true) {
        const auto start = if_none_match.find('"');
        if (start == std::string_view::npos) return false;
        const auto end = if_none_match.find('"', start + 1);
        if (end == std::string_view::npos) return false;
        if (if_none_match.substr(start, end - start + 1) == tag) return true;
        if_none_match.remove_prefix(end + 1);
    }
}

SiteHandler::SiteHandler(std::unique_ptr<SiteFolder> folder, SiteOptions options)
    : folder_(std::move(folder)), options_(std::move(options)) {}

HttpResponse SiteHandler::handle(const HttpRequest& request, const CallContext&) {
    const auto found = folder_->read(request.path);
    if (!found) return problem(found.error());
    const auto& file = *found.value();
    const auto type = media_type_of(file.name);
    const auto tag = '"' + file.digest + '"';

    HttpResponse response;
    response.headers = {
        {"Content-Type", std::string(type)},
        {"ETag", tag},
        {"Cache-Control", cache_control(type)},
        {"X-Content-Type-Options", "nosniff"},
        {"Content-Security-Policy", content_security_policy(request.origin)},
        {"Referrer-Policy", "no-referrer"},
        {"X-Frame-Options", "DENY"},
        {"Permissions-Policy",
         "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), geolocation=(), payment=(), "
         "usb=()"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    if (names_tag(request.header("If-None-Match"), tag)) {
        response.status = 304;
    } else {
        response.body = file.content;
    }
    return response;
}

std::string SiteHandler::content_security_policy(std::string_view origin) const {
    std::string policy = "default-src 'self'; connect-src 'self'" + websocket_source(origin);
    for (const auto& source : options_.connect_sources) policy += ' ' + source;
    return policy + "; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

std::string SiteHandler::cache_control(std::string_view media_type) const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options_.max_age).count();
    if (seconds == 0 || media_type.starts_with("text/html")) return "no-cache";
    return "public, max-age=" + std::to_string(seconds);
}

}  // namespace televisit::web
