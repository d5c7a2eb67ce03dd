#include "net/forwarded.hpp"

#include <algorithm>

#include "net/http_target.hpp"
#include "net/http_text.hpp"

namespace televisit::net {
namespace {

// All fields of that name as the one list that they are (RFC 9110 section 5.3).
std::string joined(const HttpRequest& request, std::string_view name) {
    std::string list;
    for (const HttpHeader& header : request.headers) {
        if (!detail::equal_ignoring_case(header.name, name)) continue;
        if (!list.empty()) list += ',';
        list += header.value;
    }
    return list;
}

std::string last_member(const HttpRequest& request, std::string_view name) {
    const std::string list = joined(request, name);
    std::string_view last;
    for_each_member(list, [&](std::string_view member) { last = member; });
    return std::string(last);
}

}  // namespace

Forwarded forwarded(const Peer& peer, std::string_view host, const HttpRequest& request,
                    const TrustedProxies& proxies) {
    Forwarded client;
    std::string scheme = peer.secure ? "https" : "http";
    std::string authority(host);
    if (proxies.trusts(peer.address)) {
        client.address = proxies.client_of(peer.address, joined(request, "X-Forwarded-For")).text();
        const std::string proto = last_member(request, "X-Forwarded-Proto");
        if (detail::equal_ignoring_case(proto, "https")) scheme = "https";
        if (detail::equal_ignoring_case(proto, "http")) scheme = "http";
        const std::string forwarded_host = last_member(request, "X-Forwarded-Host");
        if (valid_authority(forwarded_host)) authority = forwarded_host;
    } else {
        client.address = peer.address.text();
    }
    client.secure = scheme == "https";
    if (!authority.empty()) client.origin = scheme + "://" + authority;
    return client;
}

bool sane_request_id(std::string_view id) noexcept {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
    });
}

}  // namespace televisit::net
