#include "daemon/systemd.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace televisit::daemon {

void notify_systemd(const std::string& state) noexcept {
    const char* const path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (!path || (*path != '/' && *path != '@') || std::strlen(path) >= sizeof address.sun_path) return;
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path, std::strlen(path));
    if (*path == '@') address.sun_path[0] = '\0';  // the abstract namespace
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
    // Unsent is unheard: systemd then acts by its own timeouts.
    static_cast<void>(
        ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size));
    ::close(fd);
}

std::optional<Duration> watchdog_period() noexcept {
    const char* const text = std::getenv("WATCHDOG_USEC");
    if (!text) return std::nullopt;
    const std::string_view digits(text);
    std::int64_t micros = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), micros);
    if (failed != std::errc() || end != digits.data() + digits.size() || micros < 2) return std::nullopt;
    return Duration(micros / 2);
}

}  // namespace televisit::daemon
