#pragma once
/// What a failure of PostgreSQL means to those who call the store.

#include <cstdint>
#include <string_view>

#include "reply.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::storage_postgres {

/// What is known of the effect of what failed.
enum class Effect : std::uint8_t {
    read,     ///< it was to change nothing
    none,     ///< it was rolled back, or will be: nothing has changed
    unknown,  ///< it may have taken place: only the operation id tells
};

/// **Errors**: `unavailable` when the database cannot be reached, is busy, refuses to write or is full (`store_full`);
/// `timeout` for a read that took too long, and for every failure whose effect is unknown; `too_large`; `internal` for
/// what only a fault of this plugin brings about. The detail names the SQLSTATE and never a value.
Error failure(const SqlState& state, std::string_view doing, Effect effect);

/// The same with a message for an operator: those of the store are for patients.
Error for_operator(Error failure);

/// What such a failure is about, for an operator; empty when only the SQLSTATE says it.
std::string_view meaning(const SqlState& state) noexcept;

/// Whether the same again may well succeed: a deadlock, or a conflict of two transactions.
bool is_passing(const SqlState& state) noexcept;

}  // namespace televisit::storage_postgres
