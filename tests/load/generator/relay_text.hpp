#pragma once
#include <cstddef>
#include <string>

namespace televisit::load {

/// A candidate line as browsers send it, with a blank tag where an extension may stand, and `padding` bytes more.
std::string candidate_text(std::size_t padding);

/// A session description of `bytes` bytes, at the least one media section and a blank tag.
std::string sdp_text(std::size_t bytes);

}  // namespace televisit::load
