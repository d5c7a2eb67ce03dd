#pragma once
/// Presence stores that have one fault each.

#include "bad_records.hpp"
#include "memory_presence.hpp"
#include "televisit/testkit/manual_clock.hpp"
#include "televisit/testkit/presence_store_conformance.hpp"

namespace televisit::storage_memory::testing {

enum class PresenceFault {
    answers_errors_for_absent,
    forgets_interruptions,
    lets_all_win,
    finds_no_rooms,
    keeps_no_leases,
    forgets_early,
    cuts_rooms_at_nul,
    fails_when_late,
    answers_while_away,
};

class BadPresence final : public testkit::FaultyPresenceStore {
  public:
    BadPresence(const Clock& clock, PresenceFault fault)
        : FaultyPresenceStore(good_), clock_(clock), good_(clock), fault_(fault) {}

    Result<Truth> load(const RoomId& room, const CallContext& context) override {
        if (fault_ == PresenceFault::fails_when_late && std::chrono::steady_clock::now() >= context.deadline)
            return error(Errc::internal, "Too late.");
        const bool cuts = fault_ == PresenceFault::cuts_rooms_at_nul;
        auto truth = good_.load(cuts ? RoomId(room.str().c_str()) : room, context);
        if (fault_ == PresenceFault::forgets_early && (*truth)->expires_at <= clock_.now() + std::chrono::seconds{1})
            return std::make_shared<const RoomPresence>(RoomPresence{.room = room});
        if (fault_ == PresenceFault::answers_errors_for_absent && (*truth)->seq == 0)
            return error(Errc::not_found, "absent");
        if (fault_ != PresenceFault::forgets_interruptions) return truth;
        auto forgetful = **truth;
        for (auto& stay : forgetful.stays) stay.interrupted_at = {};
        return std::make_shared<const RoomPresence>(std::move(forgetful));
    }
    Result<PresenceStep> replace(const Truth& next, const CallContext& context) override {
        if (fault_ != PresenceFault::lets_all_win) return good_.replace(next, context);
        auto forced = *next;
        for (;;) {
            forced.seq = (*good_.load(next->room, context))->seq + 1;
            const auto truth = std::make_shared<const RoomPresence>(forced);
            if (auto step = good_.replace(truth, context); step->won) return step;
        }
    }
    Result<std::vector<RoomId>> rooms_of(const NodeId& node, const CallContext& context) override {
        if (fault_ == PresenceFault::finds_no_rooms) return std::vector<RoomId>{};
        return good_.rooms_of(node, context);
    }
    Result<void> renew_lease(const NodeLease& lease, const CallContext& context) override {
        if (fault_ == PresenceFault::keeps_no_leases) return {};
        return good_.renew_lease(lease, context);
    }

  private:
    const Clock& clock_;
    MemoryPresence good_;
    PresenceFault fault_;
};

/// Breaks, around a store, when the test says so.
class BreakingPresence final : public testkit::FaultyPresenceStore {
  public:
    BreakingPresence(PresenceStore& store, std::optional<PresenceFault> fault)
        : FaultyPresenceStore(store), store_(store), fault_(fault) {}

    void set_away(bool away) {
        away_ = away;
        away ? faults.break_with(Errc::unavailable) : faults.heal();
    }
    Result<Truth> load(const RoomId& room, const CallContext& context) override {
        if (away_ && fault_ == PresenceFault::answers_while_away) return store_.load(room, context);
        return FaultyPresenceStore::load(room, context);
    }

  private:
    PresenceStore& store_;
    std::optional<PresenceFault> fault_;
    bool away_ = false;
};

/// Without a fault it is good.
struct PresenceSubject final : testkit::PresenceStoreSubject {
    explicit PresenceSubject(std::optional<PresenceFault> given = std::nullopt)
        : fault(given),
          bad(clock, fault.value_or(PresenceFault{})),
          breaking(fault ? static_cast<PresenceStore&>(bad) : good, fault) {}
    PresenceStore& store() override { return breaking; }
    CallContext context() override { return soon(fault); }
    Instant now() override { return clock.now(); }
    bool pass(Duration time) override {
        clock.advance(time);
        return true;
    }
    bool take_away() override {
        breaking.set_away(true);
        return true;
    }
    void bring_back() override { breaking.set_away(false); }
    std::optional<PresenceFault> fault;
    testkit::ManualClock clock;
    MemoryPresence good{clock};
    BadPresence bad;
    BreakingPresence breaking;
};

}  // namespace televisit::storage_memory::testing
