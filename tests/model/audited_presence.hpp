#pragma once
/// The presence store that the servers share, with a look at every truth that is put into it.

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "findings.hpp"
#include "televisit/sdk/presence.hpp"

namespace televisit::model {

/// How a faulty presence store misbehaves; to prove that the model notices.
enum class PresenceFlaw : std::uint8_t { none, says_won, loses_rooms, forgets_interruptions };

class AuditedPresence final : public PresenceStore {
  public:
    AuditedPresence(PresenceStore& store, Findings& findings) : store_(store), findings_(findings) {}

    int max_participants = 2;
    PresenceFlaw flaw = PresenceFlaw::none;

    Result<Truth> load(const RoomId& room, const CallContext& context) override {
        return flawed(store_.load(room, context));
    }
    Result<PresenceStep> replace(const Truth& next, const CallContext& context) override {
        auto step = store_.replace(next, context);
        if (!step.ok()) return step;
        if (step->won) {
            audit(*next);
        } else if (flaw == PresenceFlaw::says_won) {
            return PresenceStep{true, next};
        }
        return step;
    }
    Result<std::vector<RoomId>> rooms_of(const NodeId& node, const CallContext& context) override {
        if (flaw == PresenceFlaw::loses_rooms) return std::vector<RoomId>{};
        return store_.rooms_of(node, context);
    }
    Result<void> renew_lease(const NodeLease& lease, const CallContext& context) override {
        return store_.renew_lease(lease, context);
    }
    Result<std::vector<NodeLease>> leases(const CallContext& context) override { return store_.leases(context); }
    Result<void> drop_lease(const NodeId& node, const CallContext& context) override {
        return store_.drop_lease(node, context);
    }

  private:
    static bool principal(const Stay& stay) { return stay.role == Role::doctor || stay.role == Role::patient; }

    Result<Truth> flawed(Result<Truth> truth) const {
        if (!truth.ok() || flaw != PresenceFlaw::forgets_interruptions) return truth;
        auto forgetful = **truth;
        for (auto& stay : forgetful.stays) stay.state = StayState::joined;
        return std::make_shared<const RoomPresence>(std::move(forgetful));
    }

    void audit(const RoomPresence& next) {
        const auto people = static_cast<int>(next.stays.size());
        const auto others = static_cast<int>(
            std::count_if(next.stays.begin(), next.stays.end(), [](const Stay& stay) { return !principal(stay); }));
        findings_.expect(people <= max_participants, "seats exceeded");
        findings_.expect(others <= max_participants - 2, "the seats of doctor and patient are not kept");
        std::set<std::string> attendees;
        for (const auto& stay : next.stays)
            findings_.expect(attendees.insert(stay.user.str()).second, "somebody is in the room twice");
        for (const auto& ended : ended_)
            for (const auto& stay : next.stays)
                findings_.expect(stay.id.str() != ended, "a stay that has ended is back");
        for (const auto& stay : last_.stays)
            if (std::none_of(next.stays.begin(), next.stays.end(), [&](const Stay& one) { return one.id == stay.id; }))
                ended_.insert(stay.id.str());
        findings_.expect(!last_.closed || next.closed, "a closed room was opened again");
        findings_.expect(!next.closed || next.stays.empty(), "a closed room has people in it");
        last_ = next;
    }

    PresenceStore& store_;
    Findings& findings_;
    RoomPresence last_{};
    std::set<std::string> ended_;
};

}  // namespace televisit::model
