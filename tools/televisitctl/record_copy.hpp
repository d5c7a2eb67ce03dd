#pragma once
/// Copies all records from one store to another, and compares two stores, a page at a time.

#include <array>
#include <functional>

#include "copy_progress.hpp"

namespace televisit::ctl {

/// So many records are in memory at once.
inline constexpr std::size_t kRecordsAtOnce = 500;

/// Goes on from `progress`, which it keeps in the file after every page; `copied_all(kind)` is told as one kind after
/// the other is done. **Errors**: those of the stores and of the file.
Result<CopyProgress> copy_records(RecordTransfer& from, RecordTransfer& to, CopyProgress progress,
                                  const ProgressFile& file, const std::function<void(RecordKind)>& copied_all);

using RecordDigests = std::array<RecordDigest, kRecordKinds.size()>;

/// The digests of all that a store holds, but for what lapses within the hour: idempotency keys that expire and
/// operations that get a day old, for some stores drop them by themselves.
Result<RecordDigests> digests_of(RecordTransfer& store, Instant now);

}  // namespace televisit::ctl
