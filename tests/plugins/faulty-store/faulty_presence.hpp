#pragma once
/// Presence in memory, behind a fault. **Threads**: any.

#include <utility>

#include "fault.hpp"
#include "memory_presence.hpp"

namespace televisit::faulty {

class FaultyPresence final : public PresenceStore {
  public:
    FaultyPresence(const Clock& clock, Fault& fault) : fault_(fault), store_(clock) {}

    Result<Truth> load(const RoomId& room, const CallContext& context) override {
        return behind_fault([&] { return store_.load(room, context); });
    }
    Result<PresenceStep> replace(const Truth& next, const CallContext& context) override {
        return behind_fault([&]() -> Result<PresenceStep> {
            if (fault_.mode() != Mode::conflict) return store_.replace(next, context);
            auto standing = store_.load(next->room, context);
            if (!standing) return standing.error();
            return PresenceStep{false, *std::move(standing)};
        });
    }
    Result<std::vector<RoomId>> rooms_of(const NodeId& node, const CallContext& context) override {
        return behind_fault([&] { return store_.rooms_of(node, context); });
    }
    Result<void> renew_lease(const NodeLease& lease, const CallContext& context) override {
        return behind_fault([&] { return store_.renew_lease(lease, context); });
    }
    Result<std::vector<NodeLease>> leases(const CallContext& context) override {
        return behind_fault([&] { return store_.leases(context); });
    }
    Result<void> drop_lease(const NodeId& node, const CallContext& context) override {
        return behind_fault([&] { return store_.drop_lease(node, context); });
    }

  private:
    template <class Call>
    auto behind_fault(Call&& call) -> decltype(call()) {
        if (auto passed = fault_.pass(); !passed) return std::move(passed).error();
        return std::forward<Call>(call)();
    }

    Fault& fault_;
    storage_memory::MemoryPresence store_;
};

}  // namespace televisit::faulty
