#pragma once
/// The registry's figures as text. Source: Prometheus text exposition format 0.0.4.

#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/metrics.hpp"

namespace televisit::metrics {

inline constexpr std::string_view kTextContentType = "text/plain; version=0.0.4; charset=utf-8";

/// Families without samples are left out: they say nothing yet.
std::string to_text(const std::vector<MetricFamily>& families);

}  // namespace televisit::metrics
