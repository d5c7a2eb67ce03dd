#pragma once
/// Where the database is and how to get in, read from one URL.

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "televisit/sdk/result.hpp"

namespace televisit::storage_postgres {

/// Parameters for one host, by libpq's keywords.
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct ConnectionSettings {
    std::vector<Parameters> hosts;  ///< tried in this order; never empty
    std::chrono::milliseconds connect_timeout{3'000};
    std::chrono::milliseconds statement_timeout{10'000};
};

/// `url` is a URL or a list of key=value, as libpq takes it (PostgreSQL's documentation, 34.1.1); a `password` that is
/// not empty goes before the URL's. **Errors**: `invalid`; the message has nothing of the URL's values.
Result<ConnectionSettings> read_settings(const std::string& url, const std::string& password);

}  // namespace televisit::storage_postgres
