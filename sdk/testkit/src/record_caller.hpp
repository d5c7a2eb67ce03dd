#pragma once
/// What the parts of the record store's suite call a store with.

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "record_samples.hpp"
#include "televisit/testkit/record_store_conformance.hpp"

namespace televisit::testkit {

/// Short ways to call a store, each noting when it fails.
class RecordCaller {
  public:
    RecordCaller(RecordStoreSubject& subject, Findings& findings) : subject_(subject), findings_(findings) {}

    RecordStore& store() { return subject_.store(); }
    RecordStoreSubject& subject() { return subject_; }
    CallContext context() { return subject_.context(); }
    void expect(bool holds, std::string what) { findings_.expect(holds, std::move(what)); }

    RecordBatch batch(std::vector<RecordWrite> writes, std::vector<OutboxEvent> events = {}) {
        return {OperationId("operation-" + std::to_string(++operations_)), kSomeTime, std::move(writes),
                std::move(events)};
    }
    CommitOutcome commit(const RecordBatch& batch) {
        const auto outcome = store().commit(batch, context());
        expect(outcome.ok(), "commit answers");
        return outcome.ok() ? *outcome : CommitOutcome{};
    }
    bool write(std::vector<RecordWrite> writes) { return commit(batch(std::move(writes))).committed; }
    bool add(const SessionRecord& session) { return write({VersionedWrite<SessionRecord>{session, 0}}); }

    /// The value of a read, or an empty one when it failed.
    template <class T>
    T read(Result<T> result, const char* what) {
        expect(result.ok(), std::string(what) + " answers");
        return result.ok() ? std::move(*result) : T{};
    }
    std::optional<SessionRecord> session(const SessionId& id) {
        return read(store().session(id, context()), "session");
    }
    std::vector<std::string> ids(const SessionQuery& query) {
        std::vector<std::string> found;
        for (const auto& session : read(store().sessions(query, context()), "sessions"))
            found.push_back(session.id.str());
        return found;
    }

    /// The answer to a call that is made again while the store is not there or not ready, to the deadline.
    template <class Call>
    auto patiently(Call&& call) -> decltype(call(CallContext{})) {
        for (const auto until = context().deadline;;) {
            auto answer = call(context());
            if (answer.ok() || std::chrono::steady_clock::now() >= until) return answer;
            // Nothing tells when a store is there again.
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
    }

  private:
    RecordStoreSubject& subject_;
    Findings& findings_;
    std::size_t operations_ = 0;
};

using RecordPart = ConformancePart<RecordStoreSubject>;

inline RecordPart record_part(std::string name, void (*check)(RecordCaller&)) {
    return {std::move(name), [check](RecordStoreSubject& subject, Findings& findings) {
                RecordCaller caller(subject, findings);
                check(caller);
            }};
}

}  // namespace televisit::testkit
