#pragma once
/// The other two tables: who took part, and what a visit that is over amounted to.

#include <span>

#include "endpoint.hpp"

namespace televisit::rest_api {

std::span<const EndpointRoute> record_routes() noexcept;

}  // namespace televisit::rest_api
