#pragma once
/// Taking part: join, leave, servers for the media, and what the connection is like.

#include <span>

#include "endpoint.hpp"

namespace televisit::rest_api {

std::span<const EndpointRoute> visit_routes() noexcept;

}  // namespace televisit::rest_api
