#pragma once
/// Whether the user may run every command of the scripts. Redis refuses a command in the middle of a script and lets
/// stand what the script has written before, so this has to be known first.

#include <string>

#include "connection_pool.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::storage_redis {

/// Tries each on a key of its own, which it removes. **Blocks**: to the deadline. **Errors**: `unavailable`; the detail
/// names the commands that lack.
Result<void> check_permissions(ConnectionPool& pool, const std::string& prefix, SteadyTime deadline);

}  // namespace televisit::storage_redis
