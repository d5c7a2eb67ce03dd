#include "config/spelling.hpp"

#include <algorithm>
#include <limits>

namespace televisit::config {

namespace {

/// Beyond this, a text is no misspelling of anything, and not worth the time.
constexpr std::size_t kLongest = 64;

std::string folded(std::string_view text) {
    std::string out(text);
    for (auto& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-' || c == ' ') c = '_';
    }
    return out;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> current(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            current[j] = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + cost});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
        }
        before_last.swap(last);
        last.swap(current);
    }
    return last[b.size()];
}

std::string_view nearest(std::string_view written, const std::vector<std::string_view>& candidates) {
    if (written.empty() || written.size() > kLongest) return {};
    const auto text = folded(written);
    std::string_view best;
    auto best_distance = std::numeric_limits<std::size_t>::max();
    for (const auto candidate : candidates) {
        const auto distance = edit_distance(text, folded(candidate));
        const auto allowed = std::max(text.size(), candidate.size()) / 3;
        if (distance <= std::max<std::size_t>(allowed, 1) && distance < best_distance && distance < candidate.size()) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string suggestion(std::string_view written, const std::vector<std::string_view>& candidates) {
    const auto best = nearest(written, candidates);
    return best.empty() ? std::string() : "; did you mean '" + std::string(best) + "'?";
}

}  // namespace televisit::config
