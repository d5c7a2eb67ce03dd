#pragma once
/// Structured log records: one JSON object a line.
///
/// **Threads**: any. **Blocks**: never; when the queue is full records are dropped and counted. **Never** log tokens,
/// SDP, chat, names of people or SQL values: ids only.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace televisit {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// One member of a log record; views are copied during the call.
struct LogField {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, double, bool> value;

    LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
    LogField(std::string_view field, const char* text) : name(field), value(std::string_view(text)) {}
    template <std::same_as<bool> B>
    LogField(std::string_view field, B flag) : name(field), value(flag) {}
    template <std::integral I>
    requires(!std::same_as<I, bool>) LogField(std::string_view field, I number)
        : name(field), value(static_cast<std::int64_t>(number)) {}
    LogField(std::string_view field, double number) : name(field), value(number) {}
};

class Logger {
  public:
    virtual ~Logger() = default;
    virtual bool enabled(LogLevel level) const noexcept = 0;
    /// `event` is a short constant phrase ("room opened"); what varies goes into fields.
    virtual void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) noexcept = 0;

    void debug(std::string_view event, std::initializer_list<LogField> fields = {}) noexcept {
        if (enabled(LogLevel::debug)) write(LogLevel::debug, event, fields);
    }
    void info(std::string_view event, std::initializer_list<LogField> fields = {}) noexcept {
        if (enabled(LogLevel::info)) write(LogLevel::info, event, fields);
    }
    void warning(std::string_view event, std::initializer_list<LogField> fields = {}) noexcept {
        if (enabled(LogLevel::warning)) write(LogLevel::warning, event, fields);
    }
    void error(std::string_view event, std::initializer_list<LogField> fields = {}) noexcept {
        if (enabled(LogLevel::error)) write(LogLevel::error, event, fields);
    }
};

}  // namespace televisit
