#pragma once
/// How many files this process may have open. Each connection is one.

#include <cstddef>

namespace televisit::daemon {

/// Raises the limit as far as the system lets a process raise its own; returns what it is then. Source: getrlimit(2).
std::size_t raise_open_files() noexcept;

}  // namespace televisit::daemon
