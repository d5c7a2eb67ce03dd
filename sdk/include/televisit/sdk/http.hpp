#pragma once
/// HTTP routes that a plugin serves on the server's listeners.
///
/// **Threads**: a route handler runs on workers of its own plugin, concurrently with itself. A loop handler runs on the
/// event loop of the connection and must not block; it is granted only where the plugin's configuration says `loop:
/// true`.
/// **Errors**: framing, sizes, deadlines, unknown routes, CORS and HEAD are the host's; a handler sees complete
/// requests only.
/// **Source**: RFC 9110, RFC 9112.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit {

enum class HttpMethod : std::uint8_t { get, head, post, put, patch, del, options };

struct HttpHeader {
    std::string name;
    std::string value;
};

/// Where a request came in.
enum class ListenerKind : std::uint8_t { public_listener, admin_listener };

/// One complete request. Owns its text.
struct HttpRequest {
    HttpMethod method = HttpMethod::get;
    std::string path{};                                         ///< percent-decoded, no query, begins with '/'
    std::string raw_query{};                                    ///< as sent, without '?'
    std::vector<std::pair<std::string, std::string>> query{};   ///< decoded, in order
    std::vector<std::pair<std::string, std::string>> params{};  ///< the pattern's `{name}` parts, decoded
    std::vector<HttpHeader> headers{};                          ///< in order; names as sent
    std::string body{};
    std::string remote_address{};  ///< of the client, seen through trusted proxies only; no port
    std::string origin{};  ///< `scheme://host[:port]` under which the client reached us, through trusted proxies only
    RequestId id{};
    ListenerKind listener = ListenerKind::public_listener;
    std::uint16_t loop = 0;  ///< the event loop that owns the connection; `EventLoops::count()` for the admin listener

    /// The value of a header, its name compared without regard to case; empty when absent.
    std::string_view header(std::string_view name) const noexcept;
    /// The first query value of that name; nullptr when absent.
    const std::string* query_value(std::string_view name) const noexcept;
    /// A part of the path by its name in the pattern; empty when the pattern has no such part.
    std::string_view param(std::string_view name) const noexcept;
};

struct HttpResponse {
    int status = 200;
    std::vector<HttpHeader> headers{};  ///< without Content-Length, Date, Connection and CORS: those are the host's
    std::string body{};
};

/// Serves one route on a worker.
class HttpHandler {
  public:
    virtual ~HttpHandler() = default;
    /// **Blocks**: at most to `context.deadline`; the host then answers 503 itself.
    virtual HttpResponse handle(const HttpRequest& request, const CallContext& context) = 0;
};

/// Answers one request, once. **Threads**: any. The first answer counts; later ones, and those to a closed connection,
/// are dropped. **Owns**: the host owns the connection; destroying the responder unanswered makes the host answer 500.
class HttpResponder {
  public:
    virtual ~HttpResponder() = default;
    virtual void respond(HttpResponse response) = 0;
    /// Tells when the connection closed before an answer: for long polls. Called on the request's loop, at most once.
    virtual void on_abandoned(std::function<void()> callback) = 0;
};

/// Serves one route on the event loop; may answer later.
class HttpLoopHandler {
  public:
    virtual ~HttpLoopHandler() = default;
    /// **Blocks**: never. **Threads**: the loop `request.loop`.
    virtual void handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) = 0;
};

enum class CorsMode : std::uint8_t {
    configured,  ///< the server's `cors_origins`
    none,        ///< no CORS headers, preflight is an ordinary OPTIONS
    handler,     ///< the handler sees Origin and preflight, and answers by itself
};

struct HttpRoute {
    std::string name;  ///< for metrics and logs, e.g. "join_session"
    HttpMethod method = HttpMethod::get;
    std::string pattern;  ///< "/api/video/sessions/{id}/join"; a final "{rest*}" takes what is left of the path
    bool on_public = true;
    bool on_admin = false;
    std::size_t max_body = 0;               ///< bytes; 0: the server's default
    std::chrono::milliseconds deadline{0};  ///< for the answer; 0: the server's default. Long polls set their own.
    CorsMode cors = CorsMode::configured;
};

/// The routes of the server. **Threads**: call in `start()` only. **Owns**: the handler is owned by the plugin and must
/// live until its `stop()` returns. **Errors**: `conflict` when another route has the same method and pattern;
/// `forbidden` for a loop handler that configuration does not grant.
class HttpRouter {
  public:
    virtual ~HttpRouter() = default;
    virtual Result<void> add(HttpRoute route, HttpHandler& handler) = 0;
    virtual Result<void> add_on_loop(HttpRoute route, HttpLoopHandler& handler) = 0;
    /// What is registered by now: for documents that must be true of the running server.
    virtual std::vector<HttpRoute> routes() const = 0;
};

namespace detail {
constexpr char ascii_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
    return true;
}
}  // namespace detail

inline std::string_view HttpRequest::header(std::string_view name) const noexcept {
    for (const auto& header : headers)
        if (detail::equal_ignoring_case(header.name, name)) return header.value;
    return {};
}

inline const std::string* HttpRequest::query_value(std::string_view name) const noexcept {
    for (const auto& [key, value] : query)
        if (key == name) return &value;
    return nullptr;
}

inline std::string_view HttpRequest::param(std::string_view name) const noexcept {
    for (const auto& [key, value] : params)
        if (key == name) return value;
    return {};
}

constexpr std::string_view to_string(HttpMethod method) noexcept {
    switch (method) {
        case HttpMethod::get:
            return "GET";
        case HttpMethod::head:
            return "HEAD";
        case HttpMethod::post:
            return "POST";
        case HttpMethod::put:
            return "PUT";
        case HttpMethod::patch:
            return "PATCH";
        case HttpMethod::del:
            return "DELETE";
        case HttpMethod::options:
            return "OPTIONS";
    }
    return "GET";
}

}  // namespace televisit
