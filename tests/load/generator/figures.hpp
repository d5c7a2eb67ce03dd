#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "connection.hpp"
#include "histogram.hpp"
#include "options.hpp"
#include "process_usage.hpp"

namespace televisit::load {

/// What a run has measured.
struct Figures {
    Counters counters{};
    double setup_seconds = 0;
    double measured_seconds = 0;
    double own_cpu_seconds = 0;
    std::size_t packet_bytes = 0;
    std::uint64_t messages = 0;  ///< delivered in the measured time
    std::uint64_t cycles = 0;    ///< in the measured time
    Histogram latency{};
    Histogram lag{};  ///< how late the generator itself was in sending
    /// Of the server: before the first connection, when all had joined, and around the measured time.
    ProcessUsage before{}, joined{}, start{}, end{};

    /// The exit status that tells how it went.
    int status() const noexcept { return !counters.messages_good() ? 2 : counters.connections_good() ? 0 : 3; }
};

/// The figures as text or as one line of JSON.
std::string report(const Figures& figures, const Options& options);

}  // namespace televisit::load
