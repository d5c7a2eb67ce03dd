#include "consult/leases.hpp"

#include <algorithm>
#include <utility>

namespace televisit::consult {
namespace {

/// For so many times its length the lease of a dead node is kept.
constexpr int kLeasesKept = 10;
/// A node that could not look for such a part of a lease has not seen what the others did in that time.
constexpr double kBlindness = 2.0 / 3;

}  // namespace

Result<void> Leases::renew(const CallContext& context) {
    const auto until = ports_.clock.steady_now() + settings_.lease;
    auto renewed = ports_.presence.renew_lease({settings_.node, ports_.clock.now() + settings_.lease}, context);
    if (renewed) held_until_ = until;
    return renewed;
}

Result<Leases::Census> Leases::count(const CallContext& context) {
    const auto leases = ports_.presence.leases(context);
    if (!leases.ok()) return leases.error();
    const auto now = ports_.clock.steady_now();
    Census census;
    const std::lock_guard lock(mutex_);
    const auto looked = std::exchange(counted_at_, now);
    const auto unseen =
        looked == SteadyTime{} || now - looked < kBlindness * settings_.lease ? SteadyTime::duration{0} : now - looked;
    const auto before = std::exchange(seen_, {});
    for (const auto& lease : *leases) {
        if (lease.node == settings_.node) continue;
        const auto known = before.find(lease.node);
        const bool same = known != before.end() && known->second.lease == lease.until;
        auto sighting = same ? known->second : Sighting{lease.until, now};
        if (same && !sighting.dead) sighting.at += unseen;
        if (now - sighting.at >= settings_.lease) {
            census.fewer |= !std::exchange(sighting.dead, true);
            census.dead.push_back(lease.node);
        }
        seen_.emplace(lease.node, sighting);
    }
    for (const auto& [node, sighting] : before) census.fewer |= !sighting.dead && !seen_.contains(node);
    return census;
}

Result<void> Leases::forget(const NodeId& dead, const CallContext& context) {
    {
        const std::lock_guard lock(mutex_);
        const auto seen = seen_.find(dead);
        if (seen == seen_.end() || ports_.clock.steady_now() - seen->second.at < kLeasesKept * settings_.lease)
            return {};
    }
    return ports_.presence.drop_lease(dead, context);
}

}  // namespace televisit::consult
