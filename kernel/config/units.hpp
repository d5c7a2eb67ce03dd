#pragma once
/// Numbers, durations and sizes as the configuration writes them: one spelling each, no surprises.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace televisit::config {

/// Decimal digits with an optional '-': no leading zeros, '+', '_', hexadecimal or fraction. Nothing when it is another
/// text or does not fit 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

/// "3", "-0.5", "1.5e3"; neither infinite nor NaN.
std::optional<double> parse_number(std::string_view text) noexcept;

/// "250ms", "10s", "5m", "24h", "30d": digits and a unit. **Units**: milliseconds, at most 100 years.
std::optional<std::int64_t> parse_duration(std::string_view text) noexcept;

/// "1000000", "64KiB", "1MiB", "2GiB". **Units**: bytes, at most 2^62.
std::optional<std::int64_t> parse_bytes(std::string_view text) noexcept;

/// The shortest text that `parse_duration` reads back, e.g. "90s", "5m".
std::string duration_text(std::int64_t milliseconds);

/// The shortest text that `parse_bytes` reads back, e.g. "64KiB", "1000000".
std::string bytes_text(std::int64_t bytes);

}  // namespace televisit::config
