#include "host_names.hpp"

#include <netdb.h>
#include <netinet/in.h>

#include <cstring>
#include <memory>

namespace televisit::turn {

namespace {

struct Free {
    void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};

/// The first one, in the system's order of preference.
std::optional<PeerAddress> ask(const std::string& host, int flags, bool& gone) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_DGRAM;
    wanted.ai_flags = flags;
    addrinfo* raw = nullptr;
    const int failure = getaddrinfo(host.c_str(), nullptr, &wanted, &raw);
    const std::unique_ptr<addrinfo, Free> list(raw);
    gone = failure == EAI_NONAME;
    if (failure != 0 || !list) return std::nullopt;
    PeerAddress address;
    std::memcpy(&address.storage, list->ai_addr, list->ai_addrlen);
    address.size = list->ai_addrlen;
    return address;
}

PeerAddress with_port(PeerAddress address, std::uint16_t port) {
    if (address.storage.ss_family == AF_INET6)
        reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port = htons(port);
    else
        reinterpret_cast<sockaddr_in&>(address.storage).sin_port = htons(port);
    return address;
}

}  // namespace

HostNames::Found HostNames::find(const IceUrl& url) const {
    bool gone = false;
    if (const auto address = ask(url.host, AI_NUMERICHOST, gone)) return {true, with_port(*address, url.port)};
    const std::lock_guard lock(mutex_);
    const auto known = names_.find(url.host);
    if (known == names_.end()) return {};
    if (!known->second) return {true, std::nullopt};
    return {true, with_port(*known->second, url.port)};
}

void HostNames::look_up(const IceUrl& url) {
    bool gone = false;
    if (ask(url.host, AI_NUMERICHOST, gone)) return;
    const auto address = ask(url.host, AI_ADDRCONFIG, gone);
    const std::lock_guard lock(mutex_);
    auto& entry = names_[url.host];
    if (address || gone) entry = address;
}

}  // namespace televisit::turn
