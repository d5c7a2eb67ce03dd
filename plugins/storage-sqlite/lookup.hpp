#pragma once
/// Reading records: one or many rows of a statement, on any connection of a pool.

#include <sqlite3.h>

#include <optional>
#include <string_view>
#include <vector>

#include "connection_pool.hpp"
#include "failure.hpp"
#include "record_sql/rows.hpp"

namespace televisit::storage_sqlite {

/// The row that no record can have, for the log: only a change from outside brings it about.
inline Error spoilt_row(std::string_view doing) {
    auto result = error(Errc::internal, "Something went wrong on the server.");
    result.detail.append(doing).append(": a row holds what this server never writes");
    return result;
}

/// Calls `bind_values(statement)`, then reads a `Record` from every row. **Blocks**: to the deadline.
template <class Record, class Bind>
Result<std::vector<Record>> read_all(ConnectionPool& pool, SteadyTime deadline, std::string_view doing,
                                     std::string_view sql, Bind&& bind_values) {
    auto connection = pool.take(deadline);
    if (!connection) return no_connection(doing);
    auto statement = (*connection)->statement(sql);
    bind_values(statement);
    std::vector<Record> records;
    for (int code = statement.step(); code != SQLITE_DONE; code = statement.step()) {
        if (code != SQLITE_ROW) return failure(code, doing, Effect::read);
        auto row = statement.row();
        record_sql::read(row, records.emplace_back());
        if (!row.sound()) return spoilt_row(doing);
    }
    return records;
}

/// The same for a statement that gives at most one row.
template <class Record, class Bind>
Result<std::optional<Record>> read_one(ConnectionPool& pool, SteadyTime deadline, std::string_view doing,
                                       std::string_view sql, Bind&& bind_values) {
    auto found = read_all<Record>(pool, deadline, doing, sql, bind_values);
    if (!found.ok()) return found.error();
    if (found->empty()) return std::optional<Record>{};
    return std::optional(std::move(found->front()));
}

}  // namespace televisit::storage_sqlite
