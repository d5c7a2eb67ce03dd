#pragma once
/// What there is to be measured of a backplane.

#include <string>
#include <vector>

#include "redis_backplane.hpp"
#include "televisit/sdk/metrics.hpp"

namespace televisit::storage_redis {

std::vector<MetricFamily> families_of(const RedisBackplane& backplane, const std::string& plugin);

}  // namespace televisit::storage_redis
