#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>

#include "daemon/systemd.hpp"
#include "temporary_folder.hpp"

using namespace televisit;
using namespace televisit::daemon;

TEST_CASE("states are sent to the socket that systemd names, and to nobody when it names none") {
    const testing::TemporaryFolder folder;
    const std::string path = (folder / "notify").string();
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path.c_str());
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);

    ::unsetenv("NOTIFY_SOCKET");
    notify_systemd("NOBODY=1");
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    notify_systemd("READY=1");
    char text[64];
    const ssize_t size = ::recv(fd, text, sizeof text, 0);
    REQUIRE(size > 0);
    CHECK(std::string(text, static_cast<std::size_t>(size)) == "READY=1");
    ::unsetenv("NOTIFY_SOCKET");
    ::close(fd);
}

TEST_CASE("the watchdog is told twice as often as it asks") {
    ::unsetenv("WATCHDOG_USEC");
    CHECK_FALSE(watchdog_period());
    ::setenv("WATCHDOG_USEC", "30000000", 1);
    CHECK(watchdog_period() == std::chrono::seconds(15));
    ::setenv("WATCHDOG_USEC", "soon", 1);
    CHECK_FALSE(watchdog_period());
    ::unsetenv("WATCHDOG_USEC");
}
