#pragma once
/// Sessions: create, look at, list, change, cancel, end.

#include <span>

#include "endpoint.hpp"

namespace televisit::rest_api {

std::span<const EndpointRoute> session_routes() noexcept;

}  // namespace televisit::rest_api
