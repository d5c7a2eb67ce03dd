#pragma once
/// The time zone of times that come without one.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/result.hpp"

namespace televisit::consult {

/// UTC, a fixed offset, or the rules of a tzdata file (RFC 8536). Immutable.
class Zone {
  public:
    using Seconds = std::chrono::sys_seconds;
    using Local = std::chrono::local_seconds;

    /// "UTC", an offset like "+01:00", or a name like "Europe/Berlin", read from `folder`. **Errors**: `invalid`.
    static Result<Zone> load(std::string_view name, std::string_view folder = "/usr/share/zoneinfo");
    /// The content of a tzdata file. **Errors**: `invalid`.
    static Result<Zone> parse(std::string_view file);
    Zone() = default;  ///< UTC

    std::chrono::seconds offset_at(Seconds at) const noexcept;
    /// The instant that clocks there show as `local`. Shown twice: the first time. Never shown, because clocks are put
    /// forward: as if they had not been yet.
    Seconds to_utc(Local local) const noexcept;

  private:
    /// When summer time begins or ends: "M3.5.0/2" is the last Sunday of March at two o'clock.
    struct YearlyDate {
        unsigned month = 1;
        unsigned week = 1;
        unsigned weekday = 0;
        std::chrono::seconds time{7200};
        std::chrono::local_seconds in(std::chrono::year year) const noexcept;
    };
    /// What holds after the last transition of the file.
    struct Rule {
        std::chrono::seconds standard{0};
        std::chrono::seconds summer{0};
        bool has_summer = false;
        YearlyDate begins;
        YearlyDate ends;
        std::chrono::seconds offset_at(Seconds at) const noexcept;
    };
    class RuleText;

    std::chrono::seconds first_offset_{0};
    std::vector<std::pair<Seconds, std::chrono::seconds>> transitions_;  // sorted; the offset from that instant on
    std::optional<Rule> rule_;
};

}  // namespace televisit::consult
