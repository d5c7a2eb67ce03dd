#pragma once
/// The log's format: one JSON object a line.

#include <initializer_list>
#include <string>
#include <string_view>

#include "runtime/log_sink.hpp"
#include "televisit/sdk/logger.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::runtime {

/// `{"time":"2026-01-25T09:45:00.000000Z","level":"info","plugin":"pg","event":"…", fields…}`. `plugin` is left out
/// when empty. A text longer than `kMaxLogText` bytes is cut.
std::string json_log_line(Instant at, LogLevel level, std::string_view plugin, std::string_view event,
                          std::initializer_list<LogField> fields);

inline constexpr std::size_t kMaxLogText = 4096;

/// "2026-01-25T09:45:00.000000Z"
std::string log_time(Instant at);

/// The log as one plugin, or the kernel itself (empty name), writes it. **Threads**: any. **Blocks**: never.
class JsonLogger final : public Logger {
  public:
    JsonLogger(LogSink& sink, const Clock& clock, std::string plugin);
    bool enabled(LogLevel level) const noexcept override { return sink_.enabled(level); }
    void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) noexcept override;

  private:
    LogSink& sink_;
    const Clock& clock_;
    const std::string plugin_;
};

}  // namespace televisit::runtime
