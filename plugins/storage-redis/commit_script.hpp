#pragma once
/// The script that commits a batch, and the words that it takes.

#include <cstddef>
#include <string>
#include <vector>

#include "script.hpp"
#include "televisit/sdk/record_transfer.hpp"

namespace televisit::storage_redis {

/// Gives 0 when the batch is committed (now, or by an earlier call with its operation id), else the number of the first
/// write whose expectation does not hold, counted from 1. Fails with `kSettled` when it was said meanwhile that it is
/// not committed.
const Script& commit_script();
inline constexpr char kSettled[] = "SETTLED";

/// Whether an operation was committed: 1 or 0. After 0 an attempt with a smaller stamp fails, should it still be on its
/// way. Takes the key of the operation, a stamp, and for how many ms the answer holds.
const Script& settle_script();

/// Attempts and questions have stamps that grow, so that Redis can tell what is older.
struct Attempt {
    std::string prefix;
    std::string stamp;
    std::size_t quality_kept = 0;
};
std::vector<std::string> commit_words(const RecordBatch& batch, const Attempt& attempt);
/// The words that put records as they are, with their versions, where there are none yet. Not for operations and
/// events.
std::vector<std::string> put_words(const std::vector<StoredRecord>& records, Instant now, const std::string& prefix);

/// Operation ids are known for so many ms: two days.
inline constexpr char kOperationsKept[] = "172800000";

}  // namespace televisit::storage_redis
