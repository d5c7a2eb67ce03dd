#include "server_health.hpp"

#include <algorithm>
#include <utility>

namespace televisit::turn {

namespace {

/// Weight of what was known before: an odd slow answer changes little.
constexpr int kMemory = 4;

}  // namespace

bool UrlHealth::record(const ProbeOutcome& outcome, const Hysteresis& hysteresis) {
    fault_ = outcome.fault;
    if (outcome.latency.count() > 0)
        latency_ = latency_.count() == 0 ? outcome.latency : (latency_ * (kMemory - 1) + outcome.latency) / kMemory;
    const auto seen = grade_of(outcome.fault);
    if (seen == grade_) {
        contradictions_ = 0;
        return false;
    }
    ++contradictions_;
    if (contradictions_ < (seen > grade_ ? hysteresis.fall : hysteresis.rise)) return false;
    grade_ = seen;
    contradictions_ = 0;
    return true;
}

ServerHealth::ServerHealth(const std::vector<std::size_t>& urls, Hysteresis hysteresis) : hysteresis_(hysteresis) {
    for (const auto count : urls) servers_.emplace_back(count);
}

ServerHealth::Change ServerHealth::record(std::size_t server, std::size_t url, const ProbeOutcome& outcome) {
    const std::lock_guard lock(mutex_);
    const auto before = condition_of(server).grade;
    auto& health = servers_.at(server).at(url);
    Change change;
    change.url = health.record(outcome, hysteresis_);
    change.grade = health.grade();
    change.settled = health.settled();
    change.lost = before != Grade::down && condition_of(server).grade == Grade::down;
    return change;
}

ServerCondition ServerHealth::condition(std::size_t server) const {
    const std::lock_guard lock(mutex_);
    return condition_of(server);
}

ServerCondition ServerHealth::condition_of(std::size_t server) const {
    ServerCondition condition{.grade = Grade::down};
    std::optional<std::pair<Grade, std::chrono::microseconds>> best;
    for (const auto& url : servers_.at(server)) {
        condition.urls.push_back(url.grade());
        const std::pair one(url.grade(), url.latency());
        best = best ? std::min(*best, one) : one;
    }
    if (best) std::tie(condition.grade, condition.latency) = *best;
    return condition;
}

}  // namespace televisit::turn
