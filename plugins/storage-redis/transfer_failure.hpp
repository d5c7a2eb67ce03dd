#pragma once
/// Failures of a transfer, for an operator.

#include <utility>

#include "failure.hpp"
#include "reply.hpp"

namespace televisit::storage_redis {

inline Error told(Error failure) {
    if (!failure.detail.empty()) failure.message = "Redis: " + failure.detail;
    return failure;
}

inline Error told(const Reply& reply, Effect effect) {
    if (reply.ok()) return told(foreign_data("read"));
    return told(failure(reply.failure, effect == Effect::read ? "read" : "write", effect));
}

}  // namespace televisit::storage_redis
