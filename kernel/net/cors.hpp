#pragma once
/// Cross-origin requests: which origins may, and what to tell a browser (Fetch standard, "CORS protocol").

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/http.hpp"

namespace televisit::net {

/// The configured origins, each `scheme://host[:port]`, or the one word "*". A listed origin is echoed and may send
/// credentials; with "*" any other is let in without. **Threads**: any, immutable.
class CorsPolicy {
  public:
    CorsPolicy() = default;
    CorsPolicy(const std::vector<std::string>& origins, std::chrono::seconds max_age);

    bool allows(std::string_view origin) const noexcept;
    /// Adds what an answer to a request of that origin carries; Vary even when the origin is not allowed or absent.
    void add_to(std::string_view origin, std::vector<HttpHeader>& headers) const;
    /// The same and what a preflight asks for.
    void add_to_preflight(std::string_view origin, const std::string& methods, std::vector<HttpHeader>& headers) const;

  private:
    bool listed(std::string_view origin) const noexcept;

    std::vector<std::string> origins_;
    bool any_ = false;
    std::string max_age_;
};

}  // namespace televisit::net
