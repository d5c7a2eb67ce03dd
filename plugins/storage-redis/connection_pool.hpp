#pragma once
/// The connections of a store, as `plugins/lib/connection_pool` lends them.

#include "connection.hpp"
#include "connection_pool/connection_pool.hpp"
#include "connection_settings.hpp"

namespace televisit::storage_redis {

using ConnectionPool = connection_pool::ConnectionPool<Connection, ConnectionSettings>;
using connection_pool::in_tries;

}  // namespace televisit::storage_redis
