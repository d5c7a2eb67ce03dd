#pragma once
/// Whether a server is fit for what it is to keep, asked on every new connection: it may have been started again with
/// other settings.

#include "televisit/sdk/result.hpp"

namespace televisit::storage_redis {

class Connection;

/// **Blocks**: to the connection's deadline. **Errors**: `unavailable`; the detail says what is wrong and what helps.
Result<void> check_server(Connection& connection, bool durable);

}  // namespace televisit::storage_redis
