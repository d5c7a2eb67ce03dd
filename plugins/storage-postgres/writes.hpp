#pragma once
/// The conditional writes of a batch, one after the other, inside a transaction of the caller's.

#include <cstddef>
#include <cstdint>

#include "connection.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::storage_postgres {

enum class WriteState : std::uint8_t { done, refused, failed };

struct WriteOutcome {
    WriteState state = WriteState::done;
    SqlState code{};  ///< when it failed
};

/// `quality_kept`: so many samples of a session stay, the latest.
WriteOutcome write(Connection& connection, const RecordWrite& write, Instant now, std::size_t quality_kept);
WriteOutcome write_event(Connection& connection, const OutboxEvent& event);
/// Refused when it has been committed before. **Blocks**: until the fate of a transaction with the same id is known.
WriteOutcome write_operation(Connection& connection, const OperationId& operation, Instant now);

}  // namespace televisit::storage_postgres
