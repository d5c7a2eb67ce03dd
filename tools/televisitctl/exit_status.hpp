#pragma once
/// What televisitctl's exit status says.

namespace televisit::ctl {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;            ///< the server is away, unhealthy, or refused
inline constexpr int kBadConfiguration = 2;  ///< as televisitd's own
inline constexpr int kBadUsage = 64;         ///< unknown command or option

}  // namespace televisit::ctl
