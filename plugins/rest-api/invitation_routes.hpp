#pragma once
/// Further people's way in: invitations, and their revocation.

#include <span>

#include "endpoint.hpp"

namespace televisit::rest_api {

std::span<const EndpointRoute> invitation_routes() noexcept;

}  // namespace televisit::rest_api
