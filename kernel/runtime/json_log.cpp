#include "runtime/json_log.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "runtime/json_text.hpp"

namespace televisit::runtime {
namespace {

void append_value(std::string& out, std::string_view text) {
    append_json_string(out, text.substr(0, kMaxLogText));
}
void append_value(std::string& out, std::int64_t number) {
    out += std::to_string(number);
}
void append_value(std::string& out, bool flag) {
    out += flag ? "true" : "false";
}
void append_value(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, number);
    out.append(text, end.ptr);
}

}  // namespace

std::string log_time(Instant at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(at - day);
    char text[48];
    const int size =
        std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                      static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
    return {text, static_cast<std::size_t>(size)};
}

std::string json_log_line(Instant at, LogLevel level, std::string_view plugin, std::string_view event,
                          std::initializer_list<LogField> fields) {
    std::string line = "{\"time\":\"" + log_time(at) + "\",\"level\":\"";
    line += to_string(level);
    line += '"';
    if (!plugin.empty()) {
        line += ",\"plugin\":";
        append_json_string(line, plugin);
    }
    line += ",\"event\":";
    append_json_string(line, event);
    for (const LogField& field : fields) {
        line += ',';
        append_json_string(line, field.name);
        line += ':';
        std::visit([&line](const auto& value) { append_value(line, value); }, field.value);
    }
    line += '}';
    return line;
}

JsonLogger::JsonLogger(LogSink& sink, const Clock& clock, std::string plugin)
    : sink_(sink), clock_(clock), plugin_(std::move(plugin)) {}

void JsonLogger::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) noexcept {
    sink_.put(json_log_line(clock_.now(), level, plugin_, event, fields));
}

}  // namespace televisit::runtime
