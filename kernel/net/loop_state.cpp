#include "net/loop_state.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <ctime>
#include <utility>

#include "net/connection.hpp"
#include "net/server_core.hpp"
#include "net/transport.hpp"

namespace televisit::net {

LoopState::LoopState(ServerCore& core, EventLoop& loop)
    : core_(core),
      loop_(loop),
      read_buffer_(std::make_unique<std::array<char, kReadSize + kInputPadding>>()),
      wire_buffer_(std::make_unique_for_overwrite<char[]>(kWireSize)) {
    static_assert(kReadSize >= kWireSize + Transport::kMostKept);
    loop_.set_turn_end([this] { end_turn(); });
}

// The loop has ended by now: nobody is told, the descriptors are closed.
LoopState::~LoopState() {
    for (const auto& connection : connections_) connection->lift_deadline();
}

void LoopState::adopt(std::unique_ptr<Connection> connection) {
    if (core_.stopping()) return;
    Connection& adopted = *connection;
    adopted.slot_ = static_cast<std::uint32_t>(connections_.size());
    connections_.push_back(std::move(connection));
    counters_.connections.add();
    if (!adopted.attach(*this)) release(adopted);
}

std::unique_ptr<Connection> LoopState::release(Connection& connection) {
    const std::size_t slot = connection.slot_;
    assert(slot < connections_.size() && connections_[slot].get() == &connection);
    std::swap(connections_[slot], connections_.back());
    connections_[slot]->slot_ = static_cast<std::uint32_t>(slot);
    auto released = std::move(connections_.back());
    connections_.pop_back();
    counters_.connections.subtract();
    return released;
}

void LoopState::bury(Connection& connection) {
    buried_.push_back(release(connection));
}

void LoopState::retire(std::unique_ptr<Protocol> protocol) {
    if (protocol) retired_.push_back(std::move(protocol));
}

std::vector<Connection*> LoopState::connections() const {
    std::vector<Connection*> all;
    all.reserve(connections_.size());
    for (const auto& connection : connections_) all.push_back(connection.get());
    return all;
}

void LoopState::end_turn() {
    // A listener that hears of its end here may doom further connections.
    while (!doomed_.empty())
        for (Connection* const doomed : std::exchange(doomed_, {})) doomed->abort();
    retired_.clear();
    buried_.clear();
}

std::string_view LoopState::date() {
    const std::int64_t second = to_micros(core_.clock().now()) / 1'000'000;
    if (second != date_second_ || date_.empty()) {
        const auto time = static_cast<std::time_t>(second);
        std::tm parts{};
        gmtime_r(&time, &parts);
        std::array<char, 40> text;
        date_.assign(text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts));
        date_second_ = second;
    }
    return date_;
}

std::string LoopState::next_request_id() {
    static constexpr std::string_view kHex = "0123456789abcdef";
    // Distinct by loop and number; mixed, so that ids of one loop do not look alike (splitmix64).
    std::uint64_t value = core_.id_seed() + (std::uint64_t{loop_.id()} << 48 | ++last_id_) * 0x9e3779b97f4a7c15u;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    value = (value ^ value >> 27) * 0x94d049bb133111ebu;
    value ^= value >> 31;
    std::string id(16, '0');
    for (char& digit : id) {
        digit = kHex[value & 0x0f];
        value >>= 4;
    }
    return id;
}

}  // namespace televisit::net
