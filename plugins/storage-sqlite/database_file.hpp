#pragma once
/// The file before SQLite sees it.

#include <string>

#include "televisit/sdk/result.hpp"

namespace televisit::storage_sqlite {

/// Makes the file when it is not there, for its owner alone (mode 0600); the log beside it gets the same mode from
/// SQLite. Its folder is left as it is. Answers whether others than the owner may read the file. **Blocks**: for the
/// disk. **Errors**: `unavailable`, naming the path.
Result<bool> prepare_file(const std::string& file);

}  // namespace televisit::storage_sqlite
