#include <set>

#include "redis_transfer.hpp"
#include "store_in_redis.hpp"
#include "televisit/testkit/record_transfer_conformance.hpp"

using namespace televisit;
using namespace televisit::storage_redis;
using namespace televisit::storage_redis::testing;

namespace {

struct Transfers final : testkit::RecordTransferSubject {
    RecordStore& store() override { return one.records; }
    RecordTransfer& transfer() override { return source; }
    RecordStore& other_store() override { return other.records; }
    RecordTransfer& other_transfer() override { return target; }
    bool other_opens() override { return check_form(other.pool, other.prefix, in_time()).ok(); }
    CallContext context() override { return soon(); }
    StoreInRedis one;
    StoreInRedis other;
    RedisTransfer source{shared_durable_server().settings(), one.prefix};
    RedisTransfer target{shared_durable_server().settings(), other.prefix};
};

}  // namespace

TEST_CASE("the records of Redis can be moved") {
    for (const auto& part : testkit::record_transfer_parts()) DYNAMIC_SECTION(part.name) {
            Transfers subject;
            CHECK(failures_of(part, static_cast<testkit::RecordTransferSubject&>(subject)) == testkit::Failures{});
        }
}

TEST_CASE("a prefix with signs of a pattern is a prefix all the same") {
    StoreInRedis one;
    one.prefix = "t*[a]?:";
    RedisRecords records(one.pool, one.clock, one.prefix, 500);
    RedisRecords neighbour(one.pool, one.clock, "txa]x:", 500);
    REQUIRE(records.commit(creation(1), soon())->committed);
    REQUIRE(neighbour.commit(creation(2), soon())->committed);
    RedisTransfer transfer(shared_durable_server().settings(), one.prefix);
    REQUIRE(transfer.open_target(soon()).ok());
    const auto page = transfer.page(RecordKind::operation, "", 10, soon());
    REQUIRE(page.ok());
    CHECK(page->records.size() == 1);
    REQUIRE(transfer.erase(soon()).ok());
    CHECK(*transfer.empty(soon()));
    CHECK((*neighbour.session(SessionId("s-2"), soon())).has_value());
}

TEST_CASE("records are copied only into a Redis that writes to its disk first, and from any") {
    RedisTransfer transfer(shared_server().settings(), new_prefix());
    const auto refused = transfer.open_target(soon());
    REQUIRE_FALSE(refused.ok());
    CHECK_THAT(refused.error().message, Catch::Contains("appendonly"));
    CHECK(transfer.open_source(soon()).ok());
}

TEST_CASE("who is in which room stays when records are erased") {
    StoreInRedis one;
    REQUIRE(one.records.commit(creation(1), soon())->committed);
    const auto server = shared_durable_server().connected();
    REQUIRE(server->call({"SET", one.prefix + "room:r", "x"}).ok());
    RedisTransfer transfer(shared_durable_server().settings(), one.prefix);
    REQUIRE(transfer.open_target(soon()).ok());
    REQUIRE(transfer.erase(soon()).ok());
    CHECK(server->call({"GET", one.prefix + "room:r"}).text == "x");
    CHECK_FALSE((*one.records.session(SessionId("s-1"), soon())).has_value());
}

TEST_CASE("many operations are listed in pages of any length, each once") {
    StoreInRedis one;
    for (int number = 1; number <= 2500; ++number)
        REQUIRE(one.records.commit({OperationId("o-" + std::to_string(number)), from_micros(1), {}, {}}, soon())
                    ->committed);
    RedisTransfer transfer(shared_durable_server().settings(), one.prefix);
    REQUIRE(transfer.open_source(soon()).ok());
    for (const std::size_t limit : {7, 500, 5000}) {
        std::set<std::string> seen;
        std::size_t all = 0;
        std::string place;
        do {
            const auto page = transfer.page(RecordKind::operation, place, limit, soon());
            REQUIRE(page.ok());
            CHECK(page->records.size() <= limit);
            for (const auto& record : page->records) seen.insert(std::get<StoredOperation>(record).id.str());
            all += page->records.size();
            place = page->next;
        } while (!place.empty());
        CHECK(all == 2500);
        CHECK(seen.size() == 2500);
    }
}

TEST_CASE("an idempotency key that has expired in Redis and was used again is handed out once") {
    StoreInRedis one;
    const auto use = [&](std::int64_t expires) {
        const IdempotencyRecord record{"k", "b", SessionId("s"), from_micros(expires)};
        REQUIRE(one.records.commit({OperationId(), from_micros(expires - 1), {record}, {}}, soon())->committed);
    };
    use(2);
    REQUIRE(shared_durable_server().connected()->call({"DEL", one.prefix + "idempotency:k"}).integer == 1);
    use(5);
    RedisTransfer transfer(shared_durable_server().settings(), one.prefix);
    REQUIRE(transfer.open_source(soon()).ok());
    const auto page = transfer.page(RecordKind::idempotency, "", 10, soon());
    REQUIRE(page.ok());
    CHECK(page->records.size() == 1);
}
