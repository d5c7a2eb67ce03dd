#pragma once
/// Reading records: one or many rows of a statement, on any connection of a pool.

#include <optional>
#include <string_view>
#include <vector>

#include "connection_pool.hpp"
#include "failure.hpp"
#include "record_sql/rows.hpp"

namespace televisit::storage_postgres {

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
    return in_tries(pool, deadline, doing, [&](Connection& connection) -> Result<std::vector<Record>> {
        Statement statement(connection, sql);
        bind_values(statement);
        const auto reply = statement.run();
        if (!reply.ok()) return failure(reply.state(), doing, Effect::read);
        std::vector<Record> records(reply.rows());
        for (std::size_t i = 0; i < records.size(); ++i) {
            auto row = reply.row(i);
            record_sql::read(row, records[i]);
            if (!row.sound()) return spoilt_row(doing);
        }
        return records;
    });
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

}  // namespace televisit::storage_postgres
