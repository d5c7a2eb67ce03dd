#include "ice_url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace televisit::turn {

namespace {

constexpr std::array kSchemes{IceScheme::stun, IceScheme::stuns, IceScheme::turn, IceScheme::turns};
constexpr std::uint16_t kPlainPort = 3478;
constexpr std::uint16_t kTlsPort = 5349;
constexpr std::size_t kMaxHost = 253;
constexpr std::size_t kMaxLabel = 63;

Error bad_url(std::string message) {
    return error(Errc::invalid, std::move(message));
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_word(char c) noexcept {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

/// Takes a known scheme and its colon off the front.
std::optional<IceScheme> take_scheme(std::string_view& text) {
    for (const auto scheme : kSchemes) {
        const auto name = to_string(scheme);
        if (text.size() <= name.size() || text[name.size()] != ':') continue;
        if (!std::equal(name.begin(), name.end(), text.begin(), [](char a, char b) { return a == lower(b); })) continue;
        text.remove_prefix(name.size() + 1);
        return scheme;
    }
    return std::nullopt;
}

bool is_ipv6(const std::string& host) {
    std::array<unsigned char, 16> address{};
    return ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return is_word(c) || c == '-' || c == '_'; });
}

/// A DNS name or an IPv4 address. One that is all digits and dots must be a whole address.
bool is_name(const std::string& host) {
    if (host.empty() || host.size() > kMaxHost) return false;
    const bool numeric = std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
    std::array<unsigned char, 4> address{};
    if (numeric) return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1;
    std::string_view rest = host;
    for (;;) {
        const auto dot = rest.find('.');
        if (!is_label(rest.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        rest.remove_prefix(dot + 1);
    }
}

Result<std::uint16_t> parse_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (fault != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535)
        return bad_url("the port must be a number from 1 to 65535");
    return static_cast<std::uint16_t>(port);
}

/// Splits "host:port", "[v6]:port" and either without a port.
Result<void> read_authority(std::string_view text, IceUrl& url) {
    std::string_view port;
    if (!text.empty() && text.front() == '[') {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return bad_url("the IPv6 address has no closing bracket");
        url.host = text.substr(1, close - 1);
        if (!is_ipv6(url.host)) return bad_url("there is no IPv6 address between the brackets");
        port = text.substr(close + 1);
        if (!port.empty() && port.front() != ':') return bad_url("only a port may follow the bracket");
    } else {
        const auto colon = text.find(':');
        if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos)
            return bad_url("an IPv6 address stands in brackets: [2001:db8::1]:3478");
        url.host = text.substr(0, colon);
        if (!is_name(url.host)) return bad_url("it needs the name or the address of a host");
        port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
    }
    const bool tls = url.scheme == IceScheme::stuns || url.scheme == IceScheme::turns;
    url.port = tls ? kTlsPort : kPlainPort;
    if (port.empty()) return {};
    auto number = parse_port(port.substr(1));
    if (!number) return std::move(number).error();
    url.port = *number;
    return {};
}

Result<void> read_query(std::string_view query, IceUrl& url) {
    const bool tls = url.scheme == IceScheme::turns || url.scheme == IceScheme::stuns;
    url.transport = tls ? Transport::tcp : Transport::udp;
    if (query.empty()) return {};
    if (!url.is_turn()) return bad_url("a STUN URL has nothing after its port");
    if (tls && query == "?transport=udp") return bad_url("TLS goes over TCP: leave ?transport=udp out");
    if (query == "?transport=udp")
        url.transport = Transport::udp;
    else if (query == "?transport=tcp")
        url.transport = Transport::tcp;
    else
        return bad_url("after the port only ?transport=udp or ?transport=tcp may stand");
    return {};
}

}  // namespace

std::string_view to_string(IceScheme scheme) noexcept {
    switch (scheme) {
        case IceScheme::stun:
            return "stun";
        case IceScheme::stuns:
            return "stuns";
        case IceScheme::turn:
            return "turn";
        case IceScheme::turns:
            return "turns";
    }
    return "stun";
}

Result<IceUrl> parse_ice_url(std::string_view text, IceScheme fallback) {
    std::string_view rest = text;
    IceUrl url;
    url.scheme = take_scheme(rest).value_or(fallback);
    if (rest.substr(0, 2) == "//" || rest.find("://") != std::string_view::npos)
        return bad_url("such a URL has no slashes: write " + std::string(to_string(url.scheme)) + ":host:port");
    if (rest.find('@') != std::string_view::npos)
        return bad_url("the user name and password do not belong into the URL");
    url.text = std::string(to_string(url.scheme)) + ":" + std::string(rest);

    const auto question = std::min(rest.find('?'), rest.size());
    if (auto read = read_authority(rest.substr(0, question), url); !read) return std::move(read).error();
    if (auto read = read_query(rest.substr(question), url); !read) return std::move(read).error();
    return url;
}

}  // namespace televisit::turn
