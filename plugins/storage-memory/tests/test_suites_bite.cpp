/// Every part of the conformance suites finds at least one fault that was put into a good store.
#include <catch2/catch.hpp>
#include <functional>
#include <map>

#include "memory_presence.hpp"
#include "memory_records.hpp"
#include "televisit/testkit/backplane_conformance.hpp"
#include "televisit/testkit/faults.hpp"
#include "televisit/testkit/manual_bus.hpp"
#include "televisit/testkit/manual_clock.hpp"
#include "televisit/testkit/presence_store_conformance.hpp"
#include "televisit/testkit/record_store_conformance.hpp"

using namespace televisit;
using namespace televisit::storage_memory;

namespace {

CallContext soon() {
    return {std::chrono::steady_clock::now() + std::chrono::seconds{10}, RequestId{"test"}};
}

enum class Fault {
    forgets_microseconds,
    answers_errors_for_absent,
    commits_by_halves,
    overwrites,
    says_committed,
    forgets_operations,
    finds_no_tokens,
    ignores_status,
    pages_by_time_alone,
    orders_due_badly,
    orders_quality_badly,
    never_expires,
    repeats_events,
    does_not_erase,
    keeps_samples,
    does_not_prune,
};

class BadRecords final : public testkit::FaultyRecordStore {
  public:
    explicit BadRecords(Fault fault) : FaultyRecordStore(good_), fault_(fault) {}

    Result<CommitOutcome> commit(const RecordBatch& batch, const CallContext& context) override {
        if (fault_ == Fault::commits_by_halves && batch.writes.size() > 1) {
            for (std::size_t i = 0; i < batch.writes.size(); ++i) {
                RecordBatch one{
                    OperationId(batch.operation.str() + std::to_string(i)), batch.now, {batch.writes[i]}, {}};
                const auto outcome = good_.commit(one, context);
                if (!outcome.ok() || !outcome->committed) return CommitOutcome{false, i};
            }
            return CommitOutcome{true, 0};
        }
        if (fault_ == Fault::does_not_erase || fault_ == Fault::keeps_samples) {
            auto kept = batch;
            std::erase_if(kept.writes, [&](const RecordWrite& write) {
                return fault_ == Fault::keeps_samples ? std::holds_alternative<QualityRemoval>(write)
                                                      : std::holds_alternative<SessionRemoval>(write);
            });
            return good_.commit(kept, context);
        }
        if (fault_ == Fault::overwrites) {
            auto forced = batch;
            for (auto& write : forced.writes)
                if (auto* session = std::get_if<VersionedWrite<SessionRecord>>(&write)) {
                    const auto known = good_.session(session->record.id, context);
                    session->expected = *known ? (*known)->version : 0;
                }
            return good_.commit(forced, context);
        }
        auto outcome = good_.commit(batch, context);
        if (fault_ == Fault::says_committed && outcome.ok()) outcome->committed = true;
        return outcome;
    }
    Result<bool> was_committed(const OperationId& operation, const CallContext& context) override {
        if (fault_ == Fault::forgets_operations) return false;
        return good_.was_committed(operation, context);
    }
    Result<std::optional<SessionRecord>> session(const SessionId& id, const CallContext& context) override {
        auto found = good_.session(id, context);
        if (fault_ == Fault::answers_errors_for_absent && !*found) return error(Errc::not_found, "absent");
        if (fault_ == Fault::forgets_microseconds && *found)
            (*found)->created_at = std::chrono::floor<std::chrono::milliseconds>((*found)->created_at);
        return found;
    }
    Result<std::optional<AttendeeRecord>> attendee_by_token(const TokenHash& token,
                                                            const CallContext& context) override {
        if (fault_ == Fault::finds_no_tokens) return std::optional<AttendeeRecord>{};
        return good_.attendee_by_token(token, context);
    }
    Result<std::vector<SessionRecord>> sessions(const SessionQuery& query, const CallContext& context) override {
        auto bad = query;
        if (fault_ == Fault::ignores_status) bad.status.reset();
        if (fault_ == Fault::pages_by_time_alone && bad.after) bad.after->second = SessionId();
        return good_.sessions(bad, context);
    }
    Result<std::vector<SessionRecord>> due(Instant now, std::size_t limit, const CallContext& context) override {
        auto found = good_.due(now, limit, context);
        if (fault_ == Fault::orders_due_badly) std::reverse(found->begin(), found->end());
        return found;
    }
    Result<std::vector<QualityRecord>> quality(const SessionId& session, std::size_t limit,
                                               const CallContext& context) override {
        auto found = good_.quality(session, limit, context);
        if (fault_ == Fault::orders_quality_badly) std::reverse(found->begin(), found->end());
        return found;
    }
    Result<std::optional<IdempotencyRecord>> idempotency(const std::string& key, Instant now,
                                                         const CallContext& context) override {
        return good_.idempotency(key, fault_ == Fault::never_expires ? Instant::min() : now, context);
    }
    Result<std::vector<OutboxEvent>> events(std::uint64_t after, std::size_t limit,
                                            const CallContext& context) override {
        if (fault_ == Fault::repeats_events && after > 0) --after;
        return good_.events(after, limit, context);
    }
    Result<void> prune(Instant before, const CallContext& context) override {
        if (fault_ == Fault::does_not_prune) return {};
        return good_.prune(before, context);
    }

  private:
    MemoryRecords good_;
    Fault fault_;
};

struct BadRecordsSubject final : testkit::RecordStoreSubject {
    explicit BadRecordsSubject(Fault fault) : records(fault) {}
    RecordStore& store() override { return records; }
    CallContext context() override { return soon(); }
    BadRecords records;
};

enum class PresenceFault {
    answers_errors_for_absent,
    forgets_interruptions,
    lets_all_win,
    finds_no_rooms,
    keeps_no_leases
};

class BadPresence final : public testkit::FaultyPresenceStore {
  public:
    BadPresence(const Clock& clock, PresenceFault fault) : FaultyPresenceStore(good_), good_(clock), fault_(fault) {}

    Result<Truth> load(const RoomId& room, const CallContext& context) override {
        auto truth = good_.load(room, context);
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
    MemoryPresence good_;
    PresenceFault fault_;
};

struct BadPresenceSubject final : testkit::PresenceStoreSubject {
    explicit BadPresenceSubject(PresenceFault fault) : presence(clock, fault) {}
    PresenceStore& store() override { return presence; }
    CallContext context() override { return soon(); }
    Instant now() override { return clock.now(); }
    testkit::ManualClock clock;
    BadPresence presence;
};

enum class LinkFault { cuts_at_nul, sends_twice, ignores_unsubscribe, keeps_calling };

class BadBackplane final : public Backplane {
  public:
    BadBackplane(Backplane& good, LinkFault fault) : good_(good), fault_(fault) {}
    void set_listener(BackplaneListener* listener) override {
        if (fault_ != LinkFault::keeps_calling || listener) good_.set_listener(listener);
    }
    Result<void> publish(BackplaneMessage message) override {
        if (fault_ == LinkFault::cuts_at_nul) message.payload = message.payload.c_str();
        if (fault_ == LinkFault::sends_twice) (void)good_.publish(message).ok();
        return good_.publish(std::move(message));
    }
    Result<void> subscribe(const RoomId& room, const CallContext& context) override {
        return good_.subscribe(room, context);
    }
    Result<void> unsubscribe(const RoomId& room, const CallContext& context) override {
        return fault_ == LinkFault::ignores_unsubscribe ? Result<void>{} : good_.unsubscribe(room, context);
    }

  private:
    Backplane& good_;
    LinkFault fault_;
};

struct BadLinkSubject final : testkit::BackplaneSubject {
    explicit BadLinkSubject(LinkFault fault) : first(bus.node(), fault), second(bus.node(), fault) {}
    std::size_t nodes() override { return 2; }
    Backplane& node(std::size_t index) override { return index == 0 ? first : second; }
    CallContext context() override { return soon(); }
    void deliver() override { bus.deliver(); }
    testkit::ManualBus bus;
    BadBackplane first;
    BadBackplane second;
};

/// The names of the parts that find the fault.
template <class Port, class Subject, class AnyFault>
std::vector<std::string> found_by(const std::vector<testkit::ConformancePart<Port>>& parts, AnyFault fault) {
    std::vector<std::string> names;
    for (const auto& part : parts) {
        Subject subject(fault);
        if (!failures_of(part, static_cast<Port&>(subject)).empty()) names.push_back(part.name);
    }
    return names;
}

template <class Port, class Subject, class AnyFault>
void every_part_bites(const std::vector<testkit::ConformancePart<Port>>& parts,
                      std::initializer_list<AnyFault> faults) {
    std::map<std::string, int> bites;
    for (const auto fault : faults) {
        const auto names = found_by<Port, Subject>(parts, fault);
        INFO("fault " << static_cast<int>(fault));
        CHECK_FALSE(names.empty());
        for (const auto& name : names) ++bites[name];
    }
    for (const auto& part : parts) {
        INFO(part.name);
        CHECK(bites[part.name] > 0);
    }
}

}  // namespace

TEST_CASE("every part of the record suite finds a fault, and every fault is found") {
    using enum Fault;
    every_part_bites<testkit::RecordStoreSubject, BadRecordsSubject>(
        testkit::record_store_parts(),
        {forgets_microseconds, answers_errors_for_absent, commits_by_halves, overwrites, says_committed,
         forgets_operations, finds_no_tokens, ignores_status, pages_by_time_alone, orders_due_badly,
         orders_quality_badly, never_expires, repeats_events, does_not_erase, keeps_samples, does_not_prune});
}

TEST_CASE("every part of the presence suite finds a fault, and every fault is found") {
    using enum PresenceFault;
    every_part_bites<testkit::PresenceStoreSubject, BadPresenceSubject>(
        testkit::presence_store_parts(),
        {answers_errors_for_absent, forgets_interruptions, lets_all_win, finds_no_rooms, keeps_no_leases});
}

TEST_CASE("every part of the backplane suite finds a fault, and every fault is found") {
    using enum LinkFault;
    every_part_bites<testkit::BackplaneSubject, BadLinkSubject>(
        testkit::backplane_parts(), {cuts_at_nul, sends_twice, ignores_unsubscribe, keeps_calling});
}
