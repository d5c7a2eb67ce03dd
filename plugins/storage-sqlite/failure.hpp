#pragma once
/// What a failing call of SQLite means to those who call the store.

#include <cstdint>
#include <string_view>

#include "televisit/sdk/result.hpp"

namespace televisit::storage_sqlite {

/// What is known of the effect of what failed.
enum class Effect : std::uint8_t {
    read,     ///< it was to change nothing
    none,     ///< it was rolled back: nothing has changed
    unknown,  ///< it may survive a crash: only the operation id tells
};

/// **Errors**: `unavailable` for a file that is locked, full, or cannot be read or written (`store_full` when there is
/// no room); `timeout` for a read that the deadline interrupted, and for every failure whose effect is unknown;
/// `internal` for what only a fault of this plugin brings about. The detail names SQLite's code and never a value.
Error failure(int code, std::string_view doing, Effect effect);

/// Nothing was tried, for no connection was free before the deadline.
Error no_connection(std::string_view doing);

}  // namespace televisit::storage_sqlite
