#pragma once
/// What a failure of Redis means to those who call the store.

#include <cstdint>
#include <string_view>

#include "reply.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::storage_redis {

/// What is known of the effect of what failed.
enum class Effect : std::uint8_t {
    read,     ///< it was to change nothing
    unknown,  ///< it was to change something: unless Redis refused it, it may have
};

/// **Errors**: `unavailable` when Redis cannot be reached, is loading or busy, refuses to write, or is full
/// (`store_full`); `timeout` for a read that took too long, and for a write of which no answer came; `internal` for
/// what only a fault of this plugin brings about. The detail names the code of Redis and never a value.
Error failure(const FailureCode& code, std::string_view doing, Effect effect);

/// What is kept was not written by this version of the server: `internal`.
Error foreign_data(std::string_view doing);

/// A connection that could not be made: `unavailable`, whatever the reason.
Error no_way_in(const FailureCode& code);

/// A server that is not fit for what it is to keep: `unavailable`; the message says to an operator why and what helps.
Error unfit_server(std::string why);

}  // namespace televisit::storage_redis
