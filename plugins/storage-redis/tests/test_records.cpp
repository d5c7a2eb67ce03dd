#include <algorithm>
#include <set>

#include "commit_script.hpp"
#include "store_in_redis.hpp"
#include "televisit/testkit/record_store_conformance.hpp"

using namespace televisit;
using namespace televisit::storage_redis;
using namespace televisit::storage_redis::testing;
using namespace std::chrono_literals;

namespace {

struct Records final : testkit::RecordStoreSubject {
    RecordStore& store() override { return in_redis.records; }
    CallContext context() override { return soon(); }
    bool take_away() override {
        shared_durable_server().kill();
        return true;
    }
    void bring_back() override { shared_durable_server().start(); }
    StoreInRedis in_redis;
};

bool write(StoreInRedis& store, std::vector<RecordWrite> writes) {
    const auto outcome = store.records.commit({OperationId(), from_micros(1), std::move(writes), {}}, soon());
    INFO((outcome.ok() ? "" : outcome.error().detail));
    REQUIRE(outcome.ok());
    return outcome->committed;
}

/// All keys of a store, without its prefix.
std::set<std::string> keys_of(const StoreInRedis& store) {
    const auto reply = shared_durable_server().connected()->call({"KEYS", store.prefix + "*"});
    std::set<std::string> keys;
    for (const auto& item : reply.items) keys.insert(item.text.substr(store.prefix.size()));
    return keys;
}

}  // namespace

TEST_CASE("records in Redis are a record store") {
    for (const auto& part : testkit::record_store_parts()) DYNAMIC_SECTION(part.name) {
            Records subject;
            CHECK(failures_of(part, static_cast<testkit::RecordStoreSubject&>(subject)) == testkit::Failures{});
        }
}

TEST_CASE("every byte of a text comes back, in ids too") {
    StoreInRedis store;
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    auto record = session(1);
    record.id = SessionId(all);
    record.room_id = RoomId(all);
    record.doctor_id = UserId(all);
    record.metadata = all;
    REQUIRE(
        write(store, {VersionedWrite<SessionRecord>{record, 0}, QualityRecord{record.id, AttendeeId(all), {}, all}}));
    CHECK((*store.records.session(record.id, soon()))->metadata == all);
    CHECK((*store.records.session_by_room(record.room_id, soon()))->id == record.id);
    SessionQuery query;
    query.doctor_id = record.doctor_id;
    CHECK(store.records.sessions(query, soon())->size() == 1);
    CHECK(store.records.quality(record.id, 1, soon())->front().sample == all);
}

TEST_CASE("instants keep their microseconds and their order, from the year 1 to the year 9999") {
    StoreInRedis store;
    int number = 0;
    for (const std::int64_t micros :
         {-62'135'596'800'000'000, -1L, 0L, 1L, 946'684'799'999'999, 1'769'335'200'123'456, 253'402'300'799'999'999}) {
        auto record = session(++number);
        record.due_at = record.created_at = from_micros(micros);
        REQUIRE(write(store, {VersionedWrite<SessionRecord>{record, 0}}));
        CHECK((*store.records.session(record.id, soon()))->due_at == record.due_at);
        CHECK(store.records.due(from_micros(micros), 100, soon())->size() == static_cast<std::size_t>(number));
        CHECK(store.records.due(from_micros(micros - 1), 100, soon())->size() == static_cast<std::size_t>(number - 1));
        SessionQuery query;
        query.limit = 1;
        CHECK(store.records.sessions(query, soon())->front().id == record.id);
    }
    CHECK(store.records.due(Instant::max(), 100, soon())->size() == static_cast<std::size_t>(number));
    CHECK(store.records.due(Instant::min(), 100, soon())->empty());
}

TEST_CASE("a session may change even what it is found by") {
    StoreInRedis store;
    REQUIRE(write(store, {VersionedWrite<SessionRecord>{session(1), 0}}));
    auto changed = session(1);
    changed.room_id = RoomId("another");
    changed.doctor_id = UserId("d");
    changed.doctor_token = "t-1";
    changed.patient_token = "t-2";
    changed.status = SessionStatus::active;
    changed.created_at = changed.created_at + 1s;
    CHECK_FALSE(write(store, {VersionedWrite<SessionRecord>{changed, 2}}));
    REQUIRE(write(store, {VersionedWrite<SessionRecord>{changed, 1}}));
    CHECK(store.records.session_by_room(RoomId("another"), soon())->has_value());
    CHECK_FALSE(store.records.session_by_room(RoomId("r-1"), soon())->has_value());
    CHECK(store.records.session_by_token("t-1", soon())->has_value());
    SessionQuery query;
    CHECK(store.records.sessions(query, soon())->size() == 1);
    query.status = SessionStatus::scheduled;
    CHECK(store.records.sessions(query, soon())->empty());
    query = {};
    query.participant = UserId("d");
    CHECK(store.records.sessions(query, soon())->size() == 1);
    std::swap(changed.doctor_token, changed.patient_token);
    REQUIRE(write(store, {VersionedWrite<SessionRecord>{changed, 2}}));
    CHECK(store.records.session_by_token("t-1", soon())->has_value());
    changed.patient_token.clear();
    REQUIRE(write(store, {VersionedWrite<SessionRecord>{changed, 3}}));
    CHECK_FALSE(store.records.session_by_token("t-1", soon())->has_value());
    REQUIRE(write(store, {VersionedWrite<SessionRecord>{session(2), 0}}));
    changed.room_id = RoomId("r-2");
    CHECK_FALSE(write(store, {VersionedWrite<SessionRecord>{changed, 4}}));
    changed.room_id = RoomId("r-3");
    changed.doctor_token = "t-2";
    auto other = session(2);
    other.doctor_token = "t-2";
    CHECK_FALSE(write(store, {VersionedWrite<SessionRecord>{other, 1}}));
}

TEST_CASE("of a removed session no key is left but what outlives it") {
    StoreInRedis store;
    const auto before = keys_of(store);
    auto record = session(1);
    record.due_at = from_micros(5);
    record.doctor_id = UserId("d");
    record.patient_id = UserId("p");
    record.doctor_token = "t-1";
    record.patient_token = "t-2";
    AttendeeRecord attendee;
    attendee.id = AttendeeId("a");
    attendee.session = record.id;
    attendee.user = UserId("d");
    attendee.access_token = "t-3";
    InvitationRecord invitation;
    invitation.id = InvitationId("i");
    invitation.session = record.id;
    invitation.token = "t-4";
    REQUIRE(write(store, {VersionedWrite<SessionRecord>{record, 0}, VersionedWrite<AttendeeRecord>{attendee, 0},
                          VersionedWrite<InvitationRecord>{invitation, 0}, MetricsRecord{"m", record.id, 5, 2, {}},
                          QualityRecord{record.id, attendee.id, {}, "{}"},
                          IdempotencyRecord{"k", "b", record.id, from_micros(9)}}));
    CHECK(keys_of(store) == std::set<std::string>{"attendee-by-token:t-3",
                                                  "attendee:a",
                                                  "attendees:s-1",
                                                  "due",
                                                  "form",
                                                  "idempotency-keys",
                                                  "idempotency:k",
                                                  "invitation-by-token:t-4",
                                                  "invitation:i",
                                                  "invitations:s-1",
                                                  "metrics:s-1",
                                                  "quality:s-1",
                                                  "session-by-room:r-1",
                                                  "session-by-token:t-1",
                                                  "session-by-token:t-2",
                                                  "session:s-1",
                                                  "sessions",
                                                  "sessions-in:SCHEDULED",
                                                  "sessions-of:d",
                                                  "sessions-of:p",
                                                  "users:s-1"});
    REQUIRE(write(store, {SessionRemoval{record.id, 1}}));
    auto after = before;
    after.insert({"idempotency:k", "idempotency-keys"});
    CHECK(keys_of(store) == after);
}

TEST_CASE("a refused batch changes no key, though a later write of it is the one that does not hold") {
    StoreInRedis store;
    REQUIRE(write(store, {VersionedWrite<SessionRecord>{session(1), 0}}));
    const auto before = keys_of(store);
    AttendeeRecord attendee;
    attendee.id = AttendeeId("a");
    attendee.session = SessionId("s-2");
    const auto outcome = store.records.commit(
        {OperationId("o"),
         from_micros(1),
         {VersionedWrite<SessionRecord>{session(2), 0}, VersionedWrite<AttendeeRecord>{attendee, 0},
          QualityRecord{SessionId("absent"), {}, {}, ""}},
         {{0, "x", {}, {}, ""}}},
        soon());
    REQUIRE(outcome.ok());
    CHECK_FALSE(outcome->committed);
    CHECK(outcome->refused == 2);
    CHECK(keys_of(store) == before);
}

TEST_CASE("within a batch nothing may be claimed twice") {
    StoreInRedis store;
    auto one = session(1);
    auto two = session(2);
    two.room_id = one.room_id;
    CHECK_FALSE(write(store, {VersionedWrite<SessionRecord>{one, 0}, VersionedWrite<SessionRecord>{two, 0}}));
    two = session(2);
    one.doctor_token = two.patient_token = "t";
    CHECK_FALSE(write(store, {VersionedWrite<SessionRecord>{one, 0}, VersionedWrite<SessionRecord>{two, 0}}));
    CHECK_FALSE(write(store, {VersionedWrite<SessionRecord>{one, 0}, VersionedWrite<SessionRecord>{one, 0}}));
    AttendeeRecord attendee;
    attendee.id = AttendeeId("a");
    attendee.session = one.id;
    attendee.user = UserId("u");
    auto another = attendee;
    another.id = AttendeeId("b");
    CHECK_FALSE(write(store, {VersionedWrite<SessionRecord>{one, 0}, VersionedWrite<AttendeeRecord>{attendee, 0},
                              VersionedWrite<AttendeeRecord>{another, 0}}));
    CHECK(write(store, {VersionedWrite<SessionRecord>{one, 0}, VersionedWrite<AttendeeRecord>{attendee, 0}}));
}

TEST_CASE("only so many samples are kept for each session") {
    StoreInRedis store;
    REQUIRE(write(store, {VersionedWrite<SessionRecord>{session(1), 0}}));
    const auto samples_of = [&](std::size_t kept) {
        RedisRecords records(store.pool, store.clock, store.prefix, kept);
        for (int i = 0; i < 5; ++i) {
            const QualityRecord sample{SessionId("s-1"), AttendeeId("a"), {}, std::to_string(i)};
            const auto outcome = records.commit({OperationId(), from_micros(1), {sample}, {}}, soon());
            REQUIRE(outcome.ok());
            CHECK(outcome->committed);
        }
        return *records.quality(SessionId("s-1"), 10, soon());
    };
    CHECK(samples_of(0).empty());
    const auto three = samples_of(3);
    REQUIRE(three.size() == 3);
    CHECK(three[0].sample == "2");
}

TEST_CASE("a list is found however few of many sessions are asked for") {
    StoreInRedis store;
    for (int number = 0; number < 1'200; number += 100) {
        std::vector<RecordWrite> writes;
        for (int i = number; i < number + 100; ++i) {
            auto record = session(i);
            record.doctor_id = UserId("d");
            record.patient_id = UserId(i % 400 == 0 ? "rare" : "p");
            writes.emplace_back(VersionedWrite<SessionRecord>{record, 0});
        }
        REQUIRE(write(store, std::move(writes)));
    }
    SessionQuery query;
    query.doctor_id = UserId("d");
    query.participant = UserId("d");
    query.patient_id = UserId("rare");
    query.limit = 2;
    const auto first = store.records.sessions(query, soon());
    REQUIRE(first->size() == 2);
    CHECK(first->at(0).id.str() == "s-800");
    CHECK(first->at(1).id.str() == "s-400");
    query.after = std::pair(first->at(1).created_at, first->at(1).id);
    const auto rest = store.records.sessions(query, soon());
    REQUIRE(rest->size() == 1);
    CHECK(rest->at(0).id.str() == "s-0");
    query.limit = 0;
    CHECK(store.records.sessions(query, soon())->empty());
}

TEST_CASE("after it was said that something is not committed, an attempt still on its way changes nothing") {
    StoreInRedis store;
    const auto batch = creation(1);
    const auto server = shared_durable_server().connected();
    const auto attempt = [&](const std::string& stamp) {
        const auto words = commit_words(batch, {store.prefix, stamp, 500});
        return commit_script().run(*server, std::vector<std::string_view>(words.begin(), words.end()));
    };
    const auto earlier = std::to_string(to_micros(store.clock.now()) - 1);
    CHECK_FALSE(*store.records.was_committed(batch.operation, soon()));
    CHECK(attempt(earlier).failure == kSettled);
    CHECK_FALSE(store.records.session(SessionId("s-1"), soon())->has_value());
    // What is sent after the answer is another matter.
    CHECK(store.records.commit(batch, soon())->committed);
    CHECK(*store.records.was_committed(batch.operation, soon()));
    CHECK(attempt(earlier).integer == 0);
    CHECK((*store.records.session(SessionId("s-1"), soon()))->version == 1);
}

TEST_CASE("what is only needed for a while expires in Redis") {
    StoreInRedis store;
    REQUIRE(store.records.commit(creation(1), soon())->committed);
    REQUIRE(write(store, {IdempotencyRecord{"k", "b", {}, from_micros(1) + 24h}}));
    const auto server = shared_durable_server().connected();
    const auto ttl = [&](const std::string& key) {
        return std::chrono::milliseconds{server->call({"PTTL", store.prefix + key}).integer};
    };
    CHECK((ttl("operation:o-1") > 47h && ttl("operation:o-1") <= 48h));
    CHECK((ttl("idempotency:k") > 47h && ttl("idempotency:k") <= 48h));
    CHECK(ttl("session:s-1") == -1ms);
}

TEST_CASE("operations and idempotency keys are pruned with what lists them") {
    StoreInRedis store;
    const auto before = keys_of(store);
    for (const int at : {1, 2, 3}) {
        const IdempotencyRecord key{std::to_string(at), "b", {}, from_micros(at)};
        REQUIRE(store.records.commit({OperationId(std::to_string(at)), from_micros(at), {key}, {}}, soon())->committed);
    }
    REQUIRE(store.records.prune(from_micros(3), soon()).ok());
    auto left = before;
    left.insert({"operations", "operation:3", "idempotency-keys", "idempotency:3"});
    CHECK(keys_of(store) == left);
    REQUIRE(store.records.prune(from_micros(4), soon()).ok());
    CHECK(keys_of(store) == before);
}

TEST_CASE("a key that was used again after Redis had dropped it is not pruned with what listed it before") {
    StoreInRedis store;
    const auto use = [&](int until) { return write(store, {IdempotencyRecord{"k", "b", {}, from_micros(until)}}); };
    REQUIRE(use(1));
    REQUIRE(shared_durable_server().connected()->call({"DEL", store.prefix + "idempotency:k"}).integer == 1);
    REQUIRE(use(10));
    REQUIRE(store.records.prune(from_micros(5), soon()).ok());
    const auto known = store.records.idempotency("k", from_micros(6), soon());
    REQUIRE(known.ok());
    CHECK(known->has_value());
    REQUIRE(store.records.prune(from_micros(11), soon()).ok());
    CHECK_FALSE(keys_of(store).contains("idempotency:k"));
    CHECK_FALSE(keys_of(store).contains("idempotency-keys"));
}

TEST_CASE("old events are pruned in steps, and cursors go on after all of them are gone") {
    StoreInRedis store;
    std::vector<OutboxEvent> events(1'201, {0, "old", from_micros(1), SessionId("s"), "{}"});
    events.push_back({0, "recent", from_micros(3), SessionId("s"), "{}"});
    REQUIRE(store.records.commit({OperationId(), from_micros(1), {}, events}, soon())->committed);
    REQUIRE(store.records.prune(from_micros(3), soon()).ok());
    auto left = store.records.events(0, 10, soon());
    REQUIRE(left->size() == 1);
    CHECK(left->at(0).cursor == 1'202);
    REQUIRE(store.records.prune(from_micros(4), soon()).ok());
    CHECK(store.records.events(0, 10, soon())->empty());
    REQUIRE(store.records.commit(creation(1), soon())->committed);
    left = store.records.events(1'202, 10, soon());
    REQUIRE(left->size() == 1);
    CHECK(left->at(0).cursor == 1'203);
}

TEST_CASE("minutes are numbers with two decimals, exactly") {
    StoreInRedis store;
    int number = 0;
    for (const auto& [hundredths, text] : std::initializer_list<std::pair<std::int64_t, std::string>>{
             {2905, "29.05"}, {5, "0.05"}, {0, "0.00"}, {-5, "-0.05"}, {-12'345, "-123.45"}}) {
        const auto record = session(++number);
        REQUIRE(
            write(store, {VersionedWrite<SessionRecord>{record, 0}, MetricsRecord{"m", record.id, hundredths, 2, {}}}));
        CHECK((*store.records.metrics(record.id, soon()))->session_duration_hundredths == hundredths);
        CHECK(shared_durable_server()
                  .connected()
                  ->call({"HGET", store.prefix + "metrics:" + record.id.str(), "session_duration_minutes"})
                  .text == text);
    }
}

TEST_CASE("what another version has written is neither read nor started on") {
    StoreInRedis store;
    REQUIRE(write(store, {VersionedWrite<SessionRecord>{session(1), 0}}));
    const auto server = shared_durable_server().connected();
    REQUIRE(server->call({"HSET", store.prefix + "session:s-1", "status", "hidden"}).ok());
    const auto read = store.records.session(SessionId("s-1"), soon());
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().detail == "session: Redis holds what this version of the server never writes");
    REQUIRE(server->call({"SET", store.prefix + "form", "2"}).ok());
    const auto opened = check_form(store.pool, store.prefix, in_time());
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().code == Errc::conflict);
}
