#pragma once
/// Certificates as the configuration names them.

#include <vector>

#include "config/diagnostic.hpp"
#include "config/node.hpp"
#include "daemon/settings.hpp"

namespace televisit::daemon {

inline constexpr char kPublicListener[] = "public";
inline constexpr char kAdminListener[] = "admin";

/// Reads the certificate and key of each listener that has them in the kernel's validated tree. **Blocks**: for the
/// disk. **Errors**: in `problems`, at the key that names the file; what is wrong is left out.
std::vector<ListenerTls> open_tls(const config::Node& tree, config::Diagnostics& problems);

}  // namespace televisit::daemon
