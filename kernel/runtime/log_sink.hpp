#pragma once
/// Where log records go: a bounded queue and one thread that writes lines.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "televisit/sdk/logger.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::runtime {

class LineChannel;

/// **Threads**: any. **Blocks**: never, but for `open`, `flush` and the destructor. What does not fit the queue is
/// dropped and counted; a record tells so as soon as there is room again.
class LogSink {
  public:
    /// `destination`: "stdout", "stderr", or the path of a file, which is appended to.
    static Result<std::unique_ptr<LogSink>> open(const std::string& destination, LogLevel level, std::size_t queue);
    ~LogSink();
    LogSink(const LogSink&) = delete;
    LogSink& operator=(const LogSink&) = delete;

    bool enabled(LogLevel level) const noexcept { return level >= level_.load(std::memory_order_relaxed); }
    void set_level(LogLevel level) noexcept { level_.store(level, std::memory_order_relaxed); }
    /// Takes a complete line, without its end.
    void put(std::string line) noexcept;
    /// Opens the file again before the next line: after it was renamed by log rotation.
    void reopen() noexcept;
    /// Returns when all that was put before is written. **Blocks**: for the destination.
    void flush();

    std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

  private:
    struct Queue;
    LogSink(std::unique_ptr<Queue> queue, LogLevel level, std::size_t bound);

    std::atomic<LogLevel> level_;
    const std::size_t bound_;
    std::atomic<std::uint64_t> dropped_{0};
    std::unique_ptr<Queue> queue_;
};

/// "debug", "info", "warning", "error".
std::string_view to_string(LogLevel level) noexcept;

}  // namespace televisit::runtime
