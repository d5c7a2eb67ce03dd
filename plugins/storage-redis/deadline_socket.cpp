#include "deadline_socket.hpp"

#include <Poco/Net/NetException.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace televisit::storage_redis {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

[[noreturn]] void lost() {
    throw Poco::Net::ConnectionResetException();
}

}  // namespace

void DeadlineSocket::wait_for(short events) {
    pollfd poll{sockfd(), events, 0};
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline_ - steady_clock::now());
        if (left.count() <= 0) throw Poco::TimeoutException();
        constexpr milliseconds kLongest{60'000};
        // What went wrong with the socket is found by whoever uses it.
        if (::poll(&poll, 1, static_cast<int>(std::min(left, kLongest).count())) > 0) return;
    }
}

void DeadlineSocket::connect(const Poco::Net::SocketAddress& address) {
    connectNB(address);
    wait_for(POLLOUT);
    if (socketError() != 0) lost();
    // Poco's own connect leaves it blocking; here every call is told not to.
    setBlocking(true);
}

int DeadlineSocket::sendBytes(const void* buffer, int length, int) {
    const auto* next = static_cast<const char*>(buffer);
    for (auto left = static_cast<std::size_t>(length); left > 0;) {
        const auto sent = ::send(sockfd(), next, left, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0) {
            next += sent;
            left -= static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN) {
            wait_for(POLLOUT);
        } else if (errno != EINTR) {
            lost();
        }
    }
    return length;
}

int DeadlineSocket::receiveBytes(void* buffer, int length, int) {
    for (;;) {
        // An answer is hardly ever there yet; only of one that filled the last piece there may be more.
        if (!more_expected_) wait_for(POLLIN);
        const auto received = ::recv(sockfd(), buffer, static_cast<std::size_t>(length), MSG_DONTWAIT);
        more_expected_ = received == length;
        if (received > 0) return static_cast<int>(received);
        if (received == 0 || (errno != EAGAIN && errno != EINTR)) lost();
    }
}

bool DeadlineSocket::is_quiet() noexcept {
    char byte = 0;
    return ::recv(sockfd(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
}

}  // namespace televisit::storage_redis
