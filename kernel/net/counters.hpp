#pragma once
/// What the transport counts. One writer a counter (its loop), any number of readers: relaxed and without a locked
/// instruction.

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "net/admission.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::net {

/// A counter of one loop.
class Counter {
  public:
    void add(std::uint64_t by = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }
    void subtract(std::uint64_t by = 1) noexcept { add(~by + 1); }
    std::uint64_t read() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

/// Counters of one loop, on cache lines of their own.
struct alignas(64) LoopCounters {
    Counter connections;      ///< open now
    Counter channels;         ///< of them WebSocket
    Counter accepted;         ///< ever
    Counter requests;         ///< HTTP requests answered
    Counter messages_in;      ///< WebSocket messages received
    Counter messages_out;     ///< WebSocket messages sent or queued
    Counter bytes_in;         ///< read from sockets
    Counter bytes_out;        ///< written to sockets
    Counter queued;           ///< messages that had to wait for a socket
    Counter slow_readers;     ///< channels closed at their byte limit
    Counter control_floods;   ///< channels closed for their pings and pongs
    Counter protocol_errors;  ///< HTTP and WebSocket framing faults
    Counter timeouts;         ///< connections closed by a deadline of header, body, writing or the close handshake
    Counter late_answers;     ///< requests answered 503 at their deadline
    Counter abandoned;        ///< requests whose client went away before the answer
    Counter handler_faults;   ///< exceptions of handlers, contained
};

struct LoopSnapshot {
    std::string name;
    std::uint64_t connections = 0, channels = 0, accepted = 0, requests = 0, messages_in = 0, messages_out = 0,
                  bytes_in = 0, bytes_out = 0, queued = 0, slow_readers = 0, control_floods = 0, protocol_errors = 0,
                  timeouts = 0, late_answers = 0, abandoned = 0, handler_faults = 0, busy_micros = 0, slow_steps = 0,
                  posted = 0, wakeups = 0;
};

LoopSnapshot read(const LoopCounters& counters);

/// Upper bounds of the buckets of answer times, in microseconds; one more bucket is for what took longer.
inline constexpr std::array<std::int64_t, 11> kLatencyBounds{1'000,   5'000,   10'000,    25'000,    50'000,   100'000,
                                                             250'000, 500'000, 1'000'000, 2'500'000, 5'000'000};
/// The statuses counted one by one; all others share the last counter, which is told as status 0.
inline constexpr std::array<std::uint16_t, 36> kCountedStatuses{
    101, 200, 201, 202, 204, 206, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 406, 408,
    409, 410, 412, 413, 414, 415, 417, 422, 426, 428, 429, 431, 499, 500, 501, 503, 504, 505};

/// Answers of one route, from all loops.
class RouteCounters {
  public:
    void answered(int status, std::int64_t micros) noexcept;

    struct Snapshot {
        std::string owner;
        std::string route;
        HttpMethod method = HttpMethod::get;
        std::vector<std::pair<std::uint16_t, std::uint64_t>> by_status;  ///< those that occurred
        std::array<std::uint64_t, kLatencyBounds.size() + 1> latency{};
        std::uint64_t micros = 0;  ///< sum of all answer times
        std::uint64_t count = 0;
    };
    Snapshot read() const;

  private:
    std::array<std::atomic<std::uint64_t>, kCountedStatuses.size() + 1> by_status_{};
    std::array<std::atomic<std::uint64_t>, kLatencyBounds.size() + 1> latency_{};
    std::atomic<std::uint64_t> micros_{0};
};

/// All of it at about one moment.
struct ServerSnapshot {
    std::vector<LoopSnapshot> loops;              ///< the public ones, then the admin loop
    std::vector<RouteCounters::Snapshot> routes;  ///< HTTP routes, then channel routes (status 101 and refusals)
    std::array<std::uint64_t, kLimits.size()> limits_met{};  ///< by the limit: connections and requests refused
    std::uint64_t accept_pauses = 0;                         ///< times that no descriptor was left
};

}  // namespace televisit::net
