#pragma once
/// One HTTP request to a server: over TCP, or over the unix socket of its admin listener.

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "secure_socket.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::ctl {

struct UnixSocket {
    std::string path;
};

struct Origin {
    std::string url;  ///< scheme://host[:port]
    Trust trust{};    ///< over https
};

using Endpoint = std::variant<UnixSocket, Origin>;

struct HttpAnswer {
    int status = 0;
    std::string body{};
};

struct HttpCall {
    std::string_view method = "GET";
    std::string_view path = "/";
    std::string_view bearer{};  ///< credential, or empty
    std::string_view json{};    ///< body, or empty
    std::chrono::seconds timeout{10};
};

/// **Blocks**: to the timeout, for each step of the exchange. **Errors**: `unavailable` when nobody answers.
Result<HttpAnswer> call(const Endpoint& endpoint, const HttpCall& call);

/// The text of an answer that was refused, from its problem document: "409 join_too_late: …".
std::string refusal(const HttpAnswer& answer);

}  // namespace televisit::ctl
