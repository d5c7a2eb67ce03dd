#pragma once
/// How `televisitd` ends. Documented in docs/operations.md; scripts and unit files rely on the numbers.

namespace televisit::daemon {

enum ExitCode : int {
    kStopped = 0,           ///< stopped in order, or did what was asked (`--check`, `--version`, `--help`)
    kStartFailed = 1,       ///< something could not start: an address in use, a plugin that gave up
    kBadConfiguration = 2,  ///< the configuration, or a plugin that it names, cannot be used
    kStopHung = 3,          ///< something did not stop by its deadline; the process left it behind
    kStartHung = 4,         ///< something did not start by its deadline; the process left it behind
    kBadUsage = 64,         ///< an unknown option
};

}  // namespace televisit::daemon
