#pragma once
/// Telling systemd how the service is. Source: sd_notify(3).

#include <optional>
#include <string>

#include "televisit/sdk/time.hpp"

namespace televisit::daemon {

/// Sends `state`, e.g. "READY=1", to $NOTIFY_SOCKET. Without that variable, nothing. **Threads**: any. **Blocks**:
/// never.
void notify_systemd(const std::string& state) noexcept;

/// Half of the time within which the watchdog wants to hear from us; nothing when there is none.
std::optional<Duration> watchdog_period() noexcept;

}  // namespace televisit::daemon
