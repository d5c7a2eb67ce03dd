/// Every part of the conformance suites finds at least one fault that was put into a good store.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "bad_backplane.hpp"
#include "bad_presence.hpp"
#include "bad_records.hpp"

using namespace televisit;
using namespace televisit::storage_memory;
using namespace televisit::storage_memory::testing;

namespace {

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

/// Lest a part finds faults everywhere.
template <class Port, class Subject>
void no_part_bites_a_good_one(const std::vector<testkit::ConformancePart<Port>>& parts) {
    for (const auto& part : parts) {
        INFO(part.name);
        Subject subject;
        CHECK(failures_of(part, static_cast<Port&>(subject)) == testkit::Failures{});
    }
}

}  // namespace

TEST_CASE("every part of the record suite finds a fault, and every fault is found") {
    using enum Fault;
    every_part_bites<testkit::RecordStoreSubject, RecordsSubject>(testkit::record_store_parts(),
                                                                  {forgets_microseconds,  answers_errors_for_absent,
                                                                   commits_by_halves,     overwrites,
                                                                   says_committed,        forgets_operations,
                                                                   finds_no_tokens,       ignores_status,
                                                                   pages_by_time_alone,   orders_due_badly,
                                                                   orders_quality_badly,  never_expires,
                                                                   repeats_events,        does_not_erase,
                                                                   keeps_samples,         does_not_prune,
                                                                   forgets_what_was_sent, cuts_ids_at_nul,
                                                                   denies_late_writes,    acknowledges_while_away,
                                                                   answers_while_away});
}

TEST_CASE("every part of the presence suite finds a fault, and every fault is found") {
    using enum PresenceFault;
    every_part_bites<testkit::PresenceStoreSubject, PresenceSubject>(
        testkit::presence_store_parts(),
        {answers_errors_for_absent, forgets_interruptions, lets_all_win, finds_no_rooms, keeps_no_leases, forgets_early,
         cuts_rooms_at_nul, fails_when_late, answers_while_away});
}

TEST_CASE("every part of the backplane suite finds a fault, and every fault is found") {
    using enum LinkFault;
    every_part_bites<testkit::BackplaneSubject, LinkSubject>(
        testkit::backplane_parts(), {cuts_at_nul, sends_twice, ignores_unsubscribe, keeps_calling, swaps_neighbours,
                                     counts_subscriptions, cuts_rooms_at_nul, swallows_while_down});
}

TEST_CASE("no part finds a fault in what has none") {
    no_part_bites_a_good_one<testkit::RecordStoreSubject, RecordsSubject>(testkit::record_store_parts());
    no_part_bites_a_good_one<testkit::PresenceStoreSubject, PresenceSubject>(testkit::presence_store_parts());
    no_part_bites_a_good_one<testkit::BackplaneSubject, LinkSubject>(testkit::backplane_parts());
}

TEST_CASE("the record suite calls every function of the port") {
    std::set<std::string> called;
    std::mutex mutex;
    for (const auto& part : testkit::record_store_parts()) {
        RecordsSubject subject;
        subject.breaking.faults.before_calls([&](std::string_view function) {
            const std::lock_guard lock(mutex);
            called.emplace(function);
        });
        CHECK(failures_of(part, static_cast<testkit::RecordStoreSubject&>(subject)) == testkit::Failures{});
    }
    CHECK(called == std::set<std::string>{"commit", "was_committed", "session", "session_by_room", "sessions", "due",
                                          "attendee", "attendee_by_token", "attendees", "session_by_token",
                                          "invitation", "invitation_by_token", "invitations", "metrics", "quality",
                                          "idempotency", "events", "prune"});
}
