#pragma once
/// Stores of records that have one fault each.

#include <algorithm>
#include <atomic>
#include <optional>

#include "memory_records.hpp"
#include "televisit/testkit/faults.hpp"
#include "televisit/testkit/record_store_conformance.hpp"

namespace televisit::storage_memory::testing {

/// Nobody waits long for what is known to be bad.
template <class Fault>
std::chrono::milliseconds patience_with(const std::optional<Fault>& fault) {
    return fault ? std::chrono::milliseconds{200} : std::chrono::milliseconds{10'000};
}

template <class Fault>
CallContext soon(const std::optional<Fault>& fault) {
    return {std::chrono::steady_clock::now() + patience_with(fault), RequestId{"test"}};
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
    forgets_what_was_sent,
    cuts_ids_at_nul,
    denies_late_writes,
    acknowledges_while_away,
    answers_while_away,
};

inline bool is_late(const CallContext& context) {
    return std::chrono::steady_clock::now() >= context.deadline;
}

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
        if (fault_ == Fault::forgets_what_was_sent) {
            auto another = batch;
            another.operation = OperationId(batch.operation.str() + '-' + std::to_string(++commits_));
            return good_.commit(another, context);
        }
        auto outcome = good_.commit(batch, context);
        if (fault_ == Fault::denies_late_writes && is_late(context)) return error(Errc::unavailable, "Too late.");
        if (fault_ == Fault::says_committed && outcome.ok()) outcome->committed = true;
        return outcome;
    }
    Result<bool> was_committed(const OperationId& operation, const CallContext& context) override {
        if (fault_ == Fault::forgets_operations) return false;
        return good_.was_committed(operation, context);
    }
    Result<std::optional<SessionRecord>> session(const SessionId& id, const CallContext& context) override {
        auto found = good_.session(fault_ == Fault::cuts_ids_at_nul ? SessionId(id.str().c_str()) : id, context);
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
    std::atomic<int> commits_{0};
};

/// Breaks, around a store, when the test says so.
class BreakingRecords final : public testkit::FaultyRecordStore {
  public:
    BreakingRecords(RecordStore& store, std::optional<Fault> fault)
        : FaultyRecordStore(store), store_(store), fault_(fault) {}

    void set_away(bool away) {
        away_ = away;
        away ? faults.break_with(Errc::unavailable) : faults.heal();
    }
    Result<CommitOutcome> commit(const RecordBatch& batch, const CallContext& context) override {
        if (away_ && fault_ == Fault::acknowledges_while_away) return CommitOutcome{true, 0};
        return FaultyRecordStore::commit(batch, context);
    }
    Result<std::optional<SessionRecord>> session(const SessionId& id, const CallContext& context) override {
        if (away_ && fault_ == Fault::answers_while_away) return store_.session(id, context);
        return FaultyRecordStore::session(id, context);
    }

  private:
    RecordStore& store_;
    std::optional<Fault> fault_;
    bool away_ = false;
};

/// Without a fault it is good.
struct RecordsSubject final : testkit::RecordStoreSubject {
    explicit RecordsSubject(std::optional<Fault> given = std::nullopt)
        : fault(given), bad(fault.value_or(Fault{})), breaking(fault ? static_cast<RecordStore&>(bad) : good, fault) {}
    RecordStore& store() override { return breaking; }
    CallContext context() override { return soon(fault); }
    bool take_away() override {
        breaking.set_away(true);
        return true;
    }
    void bring_back() override { breaking.set_away(false); }
    std::optional<Fault> fault;
    MemoryRecords good;
    BadRecords bad;
    BreakingRecords breaking;
};

}  // namespace televisit::storage_memory::testing
