#pragma once
/// The statement for a list of sessions: for each set of conditions one, each of them served by an index.

#include <string>

#include "statement.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::storage_postgres {

/// The text, without any value of the query: at most 128 different ones.
std::string session_list_sql(const SessionQuery& query);
/// The values, in the order of that text.
void bind_session_list(Statement& statement, const SessionQuery& query);

}  // namespace televisit::storage_postgres
