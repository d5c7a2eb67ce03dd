#include "backplane_link.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <utility>

#include "failure.hpp"

namespace televisit::storage_redis {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kMostUnread = 64 * 1024 * 1024;
/// Above it an empty buffer is given back.
constexpr std::size_t kKept = 1024 * 1024;

}  // namespace

WakeUp::WakeUp() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

WakeUp::~WakeUp() {
    ::close(descriptor_);
}

void WakeUp::call() noexcept {
    const std::uint64_t one = 1;
    (void)!::write(descriptor_, &one, sizeof one);  // a full counter wakes as well
}

void WakeUp::heard() noexcept {
    std::uint64_t calls = 0;
    (void)!::read(descriptor_, &calls, sizeof calls);
}

Result<std::unique_ptr<BackplaneLink>> BackplaneLink::open(const ConnectionSettings& settings, SteadyTime deadline) {
    auto connection = Connection::open(settings, deadline);
    if (!connection.ok()) return connection.error();
    std::unique_ptr<BackplaneLink> link(new BackplaneLink(*std::move(connection)));
    append_command(link->out_, {"HELLO", "3"});
    WakeUp nobody;
    for (;;) {
        if (!link->send() || !link->receive()) return no_way_in(kLost);
        const auto answer = link->next();
        if (answer.outcome == RespRead::Outcome::malformed) return no_way_in(kLost);
        if (answer.outcome == RespRead::Outcome::value) {
            if (answer.value.kind == RespValue::Kind::error) return no_way_in(std::string(answer.value.text));
            return link;
        }
        if (std::chrono::steady_clock::now() >= deadline) return no_way_in(kLate);
        link->wait(nobody, deadline);
    }
}

bool BackplaneLink::send() {
    while (sent_ < out_.size()) {
        const auto sent =
            ::send(connection_->descriptor(), out_.data() + sent_, out_.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0)
            sent_ += static_cast<std::size_t>(sent);
        else if (errno == EAGAIN)
            return true;
        else if (errno != EINTR)
            return false;
    }
    sent_ = 0;
    out_.clear();
    if (out_.capacity() > kKept) out_.shrink_to_fit();
    return true;
}

bool BackplaneLink::receive() {
    if (!make_place()) return false;
    for (;;) {
        const auto received =
            ::recv(connection_->descriptor(), in_.data() + filled_, in_.size() - filled_, MSG_DONTWAIT);
        if (received > 0) filled_ += static_cast<std::size_t>(received);
        if (received > 0 || (received < 0 && errno == EAGAIN)) return true;
        if (received == 0 || errno != EINTR) return false;
    }
}

bool BackplaneLink::make_place() {
    if (taken_ == filled_) {
        taken_ = filled_ = 0;
        if (in_.size() > kKept) std::string().swap(in_);
    }
    if (in_.size() - filled_ >= kPiece) return true;
    in_.erase(0, taken_);
    filled_ -= std::exchange(taken_, 0);
    if (filled_ > kMostUnread) return false;
    if (in_.size() - filled_ < kPiece) in_.resize(std::max(2 * in_.size(), 2 * kPiece));
    return true;
}

void BackplaneLink::wait(WakeUp& wake, SteadyTime until) const {
    const short events = sent_ < out_.size() ? POLLIN | POLLOUT : POLLIN;
    pollfd waiting[] = {{connection_->descriptor(), events, 0}, {wake.descriptor(), POLLIN, 0}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    constexpr std::chrono::milliseconds kLongest{60'000};
    const auto patience = std::clamp(left, std::chrono::milliseconds{0}, kLongest);
    if (::poll(waiting, std::size(waiting), static_cast<int>(patience.count())) > 0 && waiting[1].revents != 0)
        wake.heard();
}

RespRead BackplaneLink::next() {
    auto read = read_resp(std::string_view(in_).substr(taken_, filled_ - taken_));
    if (read.outcome == RespRead::Outcome::value) taken_ += read.size;
    return read;
}

}  // namespace televisit::storage_redis
