#include <atomic>
#include <barrier>
#include <set>

#include "in_parallel.hpp"
#include "record_caller.hpp"
#include "record_conformance_parts.hpp"

namespace televisit::testkit {
namespace {

using namespace std::chrono_literals;

constexpr int kMany = 50;

/// Commits, and counts what became of it.
struct Tally {
    RecordStore& store;
    CallContext context;
    std::atomic<int> committed{0};
    std::atomic<int> failed{0};

    bool commit(const RecordBatch& batch) {
        const auto outcome = store.commit(batch, context);
        if (!outcome.ok()) ++failed;
        const bool done = outcome.ok() && outcome->committed;
        if (done) ++committed;
        return done;
    }
};

RecordBatch one_write(const std::string& operation, RecordWrite write) {
    return {OperationId(operation), kSomeTime, {std::move(write)}, {}};
}

void joins_of_one_person(RecordCaller& call) {
    call.add(some_session("a"));
    const SessionId session("session-a");
    Tally tally{call.store(), call.context()};
    in_parallel(kMany, [&](int i) {
        auto attendee = some_attendee(session, "i-1");
        attendee.id = AttendeeId("attendee-" + std::to_string(i));
        attendee.access_token = "hash-" + std::to_string(i);
        tally.commit(one_write("join-" + std::to_string(i), VersionedWrite<AttendeeRecord>{attendee, 0}));
    });
    call.expect(tally.failed == 0, "joining at once answers");
    call.expect(tally.committed == 1, "of many first joins of one person one wins");
    const auto kept = call.read(call.store().attendees(session, call.context()), "attendees");
    call.expect(kept.size() == 1 && kept[0].version == 1, "who is then one attendee");

    Tally again{call.store(), call.context()};
    in_parallel(kMany, [&](int i) {
        if (kept.empty()) return;
        auto attendee = kept[0];
        attendee.token_number = 2;
        attendee.access_token = "newer-" + std::to_string(i);
        again.commit(one_write("rejoin-" + std::to_string(i), VersionedWrite<AttendeeRecord>{attendee, 1}));
    });
    call.expect(again.failed == 0 && again.committed == 1, "of many writes from one version one wins");
}

/// In every round all read the same version, and then all write from it.
void updates(RecordCaller& call) {
    constexpr int kThreads = 8;
    constexpr int kRounds = 6;
    call.add(some_session("a"));
    const SessionId session("session-a");
    Tally tally{call.store(), call.context()};
    std::barrier<> together(kThreads);
    in_parallel(kThreads, [&](int thread) {
        for (int round = 0; round < kRounds; ++round) {
            auto current = tally.store.session(session, tally.context);
            together.arrive_and_wait();
            if (current.ok() && *current) {
                const auto expected = (*current)->version;
                ++(*current)->token_generation;
                tally.commit(one_write("advance-" + std::to_string(thread) + '-' + std::to_string(round),
                                       VersionedWrite<SessionRecord>{**current, expected}));
            } else {
                ++tally.failed;
            }
            together.arrive_and_wait();
        }
    });
    call.expect(tally.failed == 0, "racing calls answer");
    call.expect(tally.committed == kRounds, "of parallel writes from one version one wins");
    const auto kept = call.session(session);
    call.expect(kept && kept->version == kRounds + 1 && kept->token_generation == kRounds + 1, "no update is lost");
}

void one_batch_many_times(RecordCaller& call) {
    const auto batch = call.batch({VersionedWrite<SessionRecord>{some_session("a"), 0}},
                                  {{0, "session.created", kSomeTime, SessionId("session-a"), "{}"}});
    Tally tally{call.store(), call.context()};
    in_parallel(16, [&](int) { tally.commit(batch); });
    call.expect(tally.failed == 0 && tally.committed == 16, "a batch that is sent many times at once has one outcome");
    const auto kept = call.session(SessionId("session-a"));
    call.expect(kept && kept->version == 1, "and takes place once");
    call.expect(call.read(call.store().events(0, 10, call.context()), "events").size() == 1, "and tells of it once");
}

void keys_at_once(RecordCaller& call) {
    call.add(some_session("a"));
    const SessionId session("session-a");
    Tally keys{call.store(), call.context()};
    in_parallel(16, [&](int i) {
        const auto name = std::to_string(i);
        keys.commit(one_write("key-" + name, IdempotencyRecord{"key", "body-" + name, session, kSomeTime + 24h}));
    });
    call.expect(keys.failed == 0 && keys.committed == 1, "of many requests with one key one wins");
    Tally metrics{call.store(), call.context()};
    in_parallel(16, [&](int i) {
        const auto name = std::to_string(i);
        metrics.commit(one_write("end-" + name, MetricsRecord{"metrics-" + name, session, i, 2, kSomeTime}));
    });
    call.expect(metrics.failed == 0 && metrics.committed == 1, "of many ends of one session one wins");
}

/// A reader turns the pages, and follows the events, of a store to which others add all the time.
void readers_among_writers(RecordCaller& call) {
    constexpr int kWriters = 4;
    constexpr int kEach = 20;
    std::set<std::string> before;
    for (int i = 0; i < 30; ++i) {
        auto session = some_session("before-" + std::to_string(i));
        session.created_at += std::chrono::microseconds{i / 4};
        call.add(session);
        before.insert(session.id.str());
    }
    Tally tally{call.store(), call.context()};
    std::vector<std::string> listed;
    std::vector<std::string> told;
    in_parallel(kWriters + 2, [&](int thread) {
        if (thread < kWriters) {
            for (int i = 0; i < kEach; ++i) {
                auto session = some_session(std::to_string(thread) + '-' + std::to_string(i));
                session.created_at += 1h + std::chrono::microseconds{i};
                tally.commit({OperationId("add-" + session.id.str()),
                              kSomeTime,
                              {VersionedWrite<SessionRecord>{session, 0}},
                              {{0, "session.created", kSomeTime, session.id, "{}"}}});
            }
        } else if (thread == kWriters) {
            SessionQuery query;
            query.limit = 3;
            // Newest first: what is there already is behind all that is being added.
            query.after = std::pair(kSomeTime + 1h, SessionId());
            for (;;) {
                const auto page = tally.store.sessions(query, tally.context);
                if (!page.ok()) return void(++tally.failed);
                if (page->empty() || listed.size() > before.size()) return;
                for (const auto& session : *page) listed.push_back(session.id.str());
                query.after = std::pair(page->back().created_at, page->back().id);
            }
        } else {
            for (std::uint64_t cursor = 0; told.size() < std::size_t{kWriters} * kEach;) {
                const auto events = tally.store.events(cursor, 7, tally.context);
                if (!events.ok() || std::chrono::steady_clock::now() >= tally.context.deadline)
                    return void(++tally.failed);
                for (const auto& event : *events) told.push_back(event.session.str());
                if (!events->empty()) cursor = events->back().cursor;
            }
        }
    });
    call.expect(tally.failed == 0 && tally.committed == kWriters * kEach, "reading and writing at once answers");
    call.expect(listed.size() == before.size() && std::set(listed.begin(), listed.end()) == before,
                "pages have neither gap nor repetition while others insert");
    call.expect(std::set(told.begin(), told.end()).size() == told.size() && told.size() == kWriters * kEach,
                "no event is missed or told twice while others write");
}

}  // namespace

std::vector<ConformancePart<RecordStoreSubject>> record_race_parts() {
    return {record_part("lets one of fifty joins of one person win", joins_of_one_person),
            record_part("loses no update among parallel ones", updates),
            record_part("gives a batch that is sent many times at once one outcome", one_batch_many_times),
            record_part("holds unique keys in a race, too", keys_at_once),
            record_part("has neither gap nor repetition for readers among writers", readers_among_writers)};
}

}  // namespace televisit::testkit
