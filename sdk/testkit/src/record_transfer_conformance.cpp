#include "televisit/testkit/record_transfer_conformance.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "record_samples.hpp"

namespace televisit::testkit {
namespace {

using namespace std::chrono_literals;

auto in_milliseconds(Instant at) {
    return std::chrono::floor<std::chrono::milliseconds>(at);
}

class Caller {
  public:
    Caller(RecordTransferSubject& subject, Findings& findings) : subject_(subject), findings_(findings) {}

    RecordTransferSubject& subject() { return subject_; }
    RecordTransfer& from() { return subject_.transfer(); }
    RecordTransfer& to() { return subject_.other_transfer(); }
    CallContext context() { return subject_.context(); }
    bool expect(bool holds, std::string what) { return findings_.expect(holds, std::move(what)); }

    bool open() {
        return expect(from().open_source(context()).ok(), "a source opens") &&
               expect(to().open_target(context()).ok(), "a target opens");
    }
    bool write(RecordStore& store, std::vector<RecordWrite> writes, std::vector<OutboxEvent> events = {}) {
        const auto outcome = store.commit({OperationId("operation-" + std::to_string(++operations_)), kSomeTime,
                                           std::move(writes), std::move(events)},
                                          context());
        return outcome.ok() && outcome->committed;
    }
    /// Sessions with all that may belong to them.
    void fill(int sessions) {
        auto& store = subject_.store();
        for (int i = 0; i < sessions; ++i) {
            auto session = some_session(std::to_string(i));
            session.actual_start = kSomeTime + 1us;
            session.end_reason = hostile_text();
            const auto attendee = some_attendee(session.id, "i-1");
            const auto name = std::to_string(i);
            expect(write(store,
                         {VersionedWrite<SessionRecord>{session, 0}, VersionedWrite<AttendeeRecord>{attendee, 0},
                          VersionedWrite<AttendeeRecord>{some_attendee(session.id, hostile_text()), 0},
                          VersionedWrite<InvitationRecord>{some_invitation(session.id, name), 0},
                          MetricsRecord{"metrics-" + name, session.id, 2905, 2, kSomeTime},
                          IdempotencyRecord{"key-" + name, "body", session.id, kFarAway}},
                         {{0, "session.created", kSomeTime, session.id, hostile_text()}}),
                   "records are written");
            session.token_generation = 2;
            expect(write(store, {VersionedWrite<SessionRecord>{session, 1}}), "a session is written again");
            for (int sample = 0; sample < 5; ++sample)
                expect(write(store, {QualityRecord{session.id, attendee.id, kSomeTime - std::chrono::seconds{sample},
                                                   sample == 3 ? hostile_text() : "{}"}}),
                       "samples are written");
        }
    }
    std::vector<StoredRecord> all(RecordTransfer& transfer, RecordKind kind, std::size_t limit = 3) {
        std::vector<StoredRecord> found;
        std::string place;
        do {
            auto page = transfer.page(kind, place, limit, context());
            if (!expect(page.ok(), "page answers")) return found;
            expect(page->records.size() <= limit, "a page is no longer than its limit");
            expect(page->next.size() <= kLargestPlace, "a place is bounded");
            if (!expect(page->next.empty() || page->next != place, "pages go on")) return found;
            for (auto& record : page->records) {
                expect(record.index() == static_cast<std::size_t>(kind), "a page has records of its kind");
                found.push_back(std::move(record));
            }
            place = page->next;
        } while (!place.empty());
        return found;
    }
    void copy(std::size_t limit = 4) {
        for (const auto kind : kRecordKinds) {
            const auto records = all(from(), kind, limit);
            for (std::size_t i = 0; i < records.size(); i += limit) {
                const auto end = std::min(records.size(), i + limit);
                expect(to().put({records.begin() + static_cast<std::ptrdiff_t>(i),
                                 records.begin() + static_cast<std::ptrdiff_t>(end)},
                                context())
                           .ok(),
                       "put answers");
            }
        }
    }
    bool empty(RecordTransfer& transfer) {
        const auto answer = transfer.empty(context());
        return expect(answer.ok(), "empty answers") && *answer;
    }

    static constexpr Instant kFarAway = kSomeTime + std::chrono::hours{24 * 365 * 100};

  private:
    RecordTransferSubject& subject_;
    Findings& findings_;
    int operations_ = 0;
};

using Part = ConformancePart<RecordTransferSubject>;

Part part(std::string name, void (*check)(Caller&)) {
    return {std::move(name), [check](RecordTransferSubject& subject, Findings& findings) {
                Caller caller(subject, findings);
                check(caller);
            }};
}

void nothing(Caller& call) {
    if (!call.open()) return;
    call.expect(call.empty(call.from()) && call.empty(call.to()), "a new store is empty");
    for (const auto kind : kRecordKinds) call.expect(call.all(call.from(), kind).empty(), "a new store has no records");
    const auto last = call.from().last_cursor(call.context());
    call.expect(last.ok() && *last == 0, "a new store gave no cursor");
    call.expect(call.to().put({}, call.context()).ok(), "nothing is put");
    call.expect(call.empty(call.to()), "an empty page leaves a store empty");
}

void every_record_once(Caller& call) {
    constexpr int kSessions = 7;
    call.fill(kSessions);
    if (!call.open()) return;
    call.expect(!call.empty(call.from()), "a store with records is not empty");
    const std::size_t each[] = {1, 2, 1, 1, 5, 1, 7, 1};
    for (const auto kind : kRecordKinds)
        for (const std::size_t limit : {std::size_t{1}, std::size_t{3}, std::size_t{500}})
            call.expect(call.all(call.from(), kind, limit).size() == kSessions * each[static_cast<std::size_t>(kind)],
                        std::string(to_string(kind)) + " come once each, however long the pages are");
    std::set<std::string> ids;
    for (const auto& record : call.all(call.from(), RecordKind::session)) {
        const auto& session = std::get<SessionRecord>(record);
        ids.insert(session.id.str());
        call.expect(session.version == 2 && session.token_generation == 2 && session.end_reason == hostile_text(),
                    "records come as they are kept, with their versions");
    }
    call.expect(ids.size() == kSessions, "no two are one");
    std::uint64_t cursor = 0;
    for (const auto& record : call.all(call.from(), RecordKind::event)) {
        const auto& event = std::get<OutboxEvent>(record);
        call.expect(event.cursor > cursor && event.payload == hostile_text(), "events come with their cursors");
        cursor = event.cursor;
    }
}

void times_of_operations(Caller& call) {
    if (!call.open()) return;
    const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now()) - 1h;
    std::vector<StoredRecord> operations;
    for (int i = 0; i < 5; ++i)
        operations.emplace_back(StoredOperation{OperationId("o-" + std::to_string(i)), now + Duration{i * 1234567}});
    call.expect(call.to().put(operations, call.context()).ok(), "operations are put");
    std::map<std::string, Instant> kept;
    for (const auto& record : call.all(call.to(), RecordKind::operation)) {
        const auto& operation = std::get<StoredOperation>(record);
        kept[operation.id.str()] = operation.at;
    }
    for (const auto& record : operations) {
        const auto& operation = std::get<StoredOperation>(record);
        call.expect(in_milliseconds(kept[operation.id.str()]) == in_milliseconds(operation.at),
                    "operations keep their time, to the millisecond");
    }
}

void samples_in_order(Caller& call) {
    call.fill(3);
    if (!call.open()) return;
    call.copy(2);
    for (int i = 0; i < 3; ++i) {
        const SessionId session("session-" + std::to_string(i));
        const auto kept = call.subject().other_store().quality(session, 10, call.context());
        bool ordered = kept.ok() && kept->size() == 5;
        for (std::size_t n = 0; ordered && n < 5; ++n)
            ordered = (*kept)[n].at == kSomeTime - std::chrono::seconds{n} &&
                      (*kept)[n].sample == (n == 3 ? hostile_text() : "{}");
        call.expect(ordered, "the samples of a session keep their order");
    }
    call.expect(
        !call.to()
             .put({StoredQuality{{SessionId("session-0"), AttendeeId("x"), kSomeTime, "{}"}, 7}}, call.context())
             .ok(),
        "a sample without those before it is refused");
}

void serves_the_same(Caller& call) {
    call.fill(4);
    if (!call.open()) return;
    call.copy();
    auto& store = call.subject().other_store();
    const auto context = call.context();
    for (int i = 0; i < 4; ++i) {
        const auto name = std::to_string(i);
        const SessionId id("session-" + name);
        const auto was = call.subject().store().session(id, context);
        const auto is = store.session(id, context);
        call.expect(was.ok() && is.ok() && *was && *is && same(**was, **is), "a session is the same");
        const auto people = store.attendees(id, context);
        const auto before = call.subject().store().attendees(id, context);
        call.expect(people.ok() && before.ok() && people->size() == 2 && before->size() == 2 &&
                        same((*people)[0], (*before)[0]) && same((*people)[1], (*before)[1]),
                    "its attendees are");
        const auto by_token = store.session_by_token("doctor-hash-" + name, context);
        call.expect(by_token.ok() && *by_token && (*by_token)->id == id, "it is found by its token");
        const auto way_in = store.invitation_by_token("invitation-hash-" + name, context);
        call.expect(way_in.ok() && *way_in && (*way_in)->display_name == hostile_text(), "its invitation, too");
        const auto usage = store.metrics(id, context);
        call.expect(usage.ok() && *usage && (*usage)->session_duration_hundredths == 2905, "its metrics are the same");
        const auto key = store.idempotency("key-" + name, kSomeTime, context);
        call.expect(key.ok() && *key && (*key)->session == id, "its idempotency key is");
    }
    const auto known = store.was_committed(OperationId("operation-1"), context);
    call.expect(known.ok() && *known, "operations are remembered");
    const auto due = store.due(kSomeTime + 1h, 10, context);
    call.expect(due.ok() && due->size() == 4, "what is due is due");
    auto session = some_session("0");
    call.expect(!call.write(store, {VersionedWrite<SessionRecord>{session, 1}}), "a stale version is refused");
    call.expect(call.write(store, {VersionedWrite<SessionRecord>{session, 2}}), "the current one is committed");
    auto again = some_session("new");
    again.room_id = RoomId("room-1");
    call.expect(!call.write(store, {VersionedWrite<SessionRecord>{again, 0}}), "unique keys hold");
    const auto removed = call.write(store, {SessionRemoval{SessionId("session-1"), 2}});
    const auto left = store.attendees(SessionId("session-1"), context);
    call.expect(removed && left.ok() && left->empty(), "a session is erased with what belongs to it");
}

void pages_again(Caller& call) {
    call.fill(3);
    if (!call.open()) return;
    call.copy(2);
    call.copy(3);
    for (const auto kind : kRecordKinds)
        call.expect(call.all(call.to(), kind).size() == call.all(call.from(), kind).size(),
                    std::string(to_string(kind)) + " that are put again are there once");
    auto newer = some_session("0");
    newer.version = 9;
    newer.end_reason = "another";
    call.expect(call.to().put({newer}, call.context()).ok(), "a record that is there may be put");
    const auto kept = call.subject().other_store().session(newer.id, call.context());
    call.expect(kept.ok() && *kept && (*kept)->version == 2, "and stays as it is");
}

void all_or_nothing(Caller& call) {
    if (!call.open()) return;
    auto first = some_session("a");
    auto second = some_session("b");
    first.version = second.version = 1;
    second.room_id = first.room_id;
    call.expect(!call.to().put({first, second}, call.context()).ok(), "two sessions of one room are refused");
    call.expect(call.empty(call.to()), "nothing of a refused page is kept");
    auto attendee = some_attendee(SessionId("none"), "i-1");
    attendee.version = 1;
    call.expect(!call.to().put({attendee}, call.context()).ok(), "an attendee without a session is refused");
    call.expect(call.to().put({first}, call.context()).ok(), "a good page is put afterwards");
}

void cursors_go_on(Caller& call) {
    call.fill(4);
    if (!call.open()) return;
    call.expect(call.subject().store().prune(kSomeTime + 1h, call.context()).ok(), "the source is pruned");
    const auto last = call.from().last_cursor(call.context());
    if (!call.expect(last.ok() && *last >= 4, "the latest cursor is known though its event is gone")) return;
    call.copy();
    const auto next = [&](const char* name) {
        call.expect(call.write(call.subject().other_store(), {VersionedWrite<SessionRecord>{some_session(name), 0}},
                               {{0, name, kSomeTime, SessionId("s"), "{}"}}),
                    "an event is written");
        const auto events = call.subject().other_store().events(0, 10, call.context());
        return events.ok() && !events->empty() ? events->back().cursor : 0;
    };
    call.expect(call.to().skip_cursors(*last, call.context()).ok(), "skip_cursors answers");
    const auto told = call.to().last_cursor(call.context());
    call.expect(told.ok() && *told == *last, "cursors that were skipped count as given");
    const auto first = next("first");
    call.expect(first > *last, "the next event has a later cursor than any of the source");
    call.expect(call.to().skip_cursors(1, call.context()).ok(), "skip_cursors answers");
    call.expect(next("second") > first, "cursors never go back");
}

void keeps_servers_out(Caller& call) {
    call.fill(1);
    if (!call.open()) return;
    call.expect(call.subject().other_opens(), "a server opens a store that nobody copies into");
    for (int twice = 0; twice < 2; ++twice)
        call.expect(call.to().begin(call.context()).ok(), "begin answers, also twice");
    call.copy();
    call.expect(!call.subject().other_opens(), "no server opens a store that is not whole");
    const auto half = call.to().open_source(call.context());
    call.expect(!half && half.error().code == Errc::conflict, "nor is it a source");
    call.expect(call.to().open_target(call.context()).ok(), "a target that was begun opens again");
    for (int twice = 0; twice < 2; ++twice)
        call.expect(call.to().finish(call.context()).ok(), "finish answers, also twice");
    call.expect(call.subject().other_opens(), "a server opens a store that is whole");
    call.expect(call.to().open_source(call.context()).ok(), "and it is a source");
    call.expect(call.all(call.to(), RecordKind::session).size() == 1, "with its records");
}

void erases(Caller& call) {
    call.fill(3);
    if (!call.open()) return;
    call.copy();
    call.expect(!call.empty(call.to()), "a filled store is not empty");
    call.expect(call.to().erase(call.context()).ok(), "erase answers");
    call.expect(call.empty(call.to()), "an erased store is empty");
    for (const auto kind : kRecordKinds)
        call.expect(call.all(call.to(), kind).empty(), std::string(to_string(kind)) + " are erased");
    call.expect(call.all(call.from(), RecordKind::session).size() == 3, "the other store is not");
    call.copy();
    call.expect(call.all(call.to(), RecordKind::quality).size() == 15, "an erased store may be filled again");
}

}  // namespace

std::vector<ConformancePart<RecordTransferSubject>> record_transfer_parts() {
    return {part("finds nothing in a new store", nothing),
            part("hands out every record once, as it is kept", every_record_once),
            part("keeps the times of operations", times_of_operations),
            part("keeps the order of quality samples", samples_in_order),
            part("makes a store that serves the same", serves_the_same),
            part("takes a page that was put before", pages_again),
            part("puts all of a page or nothing", all_or_nothing),
            part("lets cursors go on where the other store's ended", cursors_go_on),
            part("keeps servers out of what is not whole", keeps_servers_out),
            part("erases every record", erases)};
}

}  // namespace televisit::testkit
