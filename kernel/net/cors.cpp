#include "net/cors.hpp"

#include <algorithm>

namespace televisit::net {

CorsPolicy::CorsPolicy(const std::vector<std::string>& origins, std::chrono::seconds max_age)
    : max_age_(std::to_string(max_age.count())) {
    for (std::string origin : origins) {
        if (origin.ends_with('/')) origin.pop_back();
        if (origin == "*") {
            any_ = true;
        } else {
            origins_.push_back(std::move(origin));
        }
    }
}

bool CorsPolicy::listed(std::string_view origin) const noexcept {
    return std::any_of(origins_.begin(), origins_.end(),
                       [&](const std::string& one) { return detail::equal_ignoring_case(one, origin); });
}

bool CorsPolicy::allows(std::string_view origin) const noexcept {
    return !origin.empty() && (any_ || listed(origin));
}

void CorsPolicy::add_to(std::string_view origin, std::vector<HttpHeader>& headers) const {
    if (!any_ && origins_.empty()) return;
    headers.push_back({"Vary", "Origin"});
    if (!allows(origin)) return;
    if (listed(origin)) {
        headers.push_back({"Access-Control-Allow-Origin", std::string(origin)});
        headers.push_back({"Access-Control-Allow-Credentials", "true"});
    } else {
        headers.push_back({"Access-Control-Allow-Origin", "*"});
    }
    headers.push_back({"Access-Control-Expose-Headers", "ETag, Location, Retry-After, X-Request-Id"});
}

void CorsPolicy::add_to_preflight(std::string_view origin, const std::string& methods,
                                  std::vector<HttpHeader>& headers) const {
    add_to(origin, headers);
    if (!allows(origin)) return;
    headers.push_back({"Access-Control-Allow-Methods", methods});
    headers.push_back({"Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match, Idempotency-Key"});
    headers.push_back({"Access-Control-Max-Age", max_age_});
}

}  // namespace televisit::net
