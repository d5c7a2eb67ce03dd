#include "consult/heard.hpp"

#include <algorithm>

namespace televisit::consult {
namespace {

constexpr std::size_t kMostNodes = 64;
constexpr std::uint64_t kWindow = 64;

}  // namespace

bool HeardNumbers::add(const NodeId& node, std::uint64_t number) {
    const auto known = std::find_if(nodes_.begin(), nodes_.end(), [&](const Heard& one) { return one.node == node; });
    if (known == nodes_.end()) {
        if (nodes_.size() >= kMostNodes) nodes_.erase(nodes_.begin());
        nodes_.push_back({node, number, 1});
        return true;
    }
    if (number > known->last) {
        const auto ahead = number - known->last;
        known->recent = ahead < kWindow ? known->recent << ahead | 1 : 1;
        known->last = number;
        return true;
    }
    const auto behind = known->last - number;
    if (behind >= kWindow || (known->recent >> behind & 1)) return false;
    known->recent |= std::uint64_t{1} << behind;
    return true;
}

}  // namespace televisit::consult
