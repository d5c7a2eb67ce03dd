#include "harness.hpp"

using namespace televisit;
using namespace televisit::socketio;
using namespace televisit::socketio::test;

namespace {

FakeConfig places(const std::string& key, std::int64_t most) {
    auto config = small_config();
    config.set("max_sessions_per_loop", 100);
    config.set(key, most);
    return config;
}

double refusals(Harness& desk, const std::string& limit) {
    for (const auto& family : desk.host.registry.collect())
        if (family.name == "televisit_engineio_refused_total")
            for (const auto& sample : family.samples)
                if (sample.labels == MetricLabels{{"limit", limit}}) return sample.value;
    return -1;
}

constexpr const char* kWebSocket = "EIO=4&transport=websocket";
constexpr const char* kPolling = "EIO=4&transport=polling";

}  // namespace

TEST_CASE("a full loop refuses on both transports, and counts it") {
    Desk desk(places("max_sessions_per_loop", 1));
    const auto first = desk.websocket();
    CHECK(desk.try_websocket(kWebSocket).error().name() == "full");
    const auto poll = desk.http(HttpMethod::get, kPolling);
    CHECK(poll->status() == 503);
    CHECK(poll->body().find(R"("reason":"full")") != std::string::npos);
    CHECK(refusals(desk, "sessions_per_loop") == 2);
}

TEST_CASE("one address has so many sessions on long-polling; upgraded and ended ones do not count") {
    Desk desk(places("max_polling_per_address", 2));
    const auto first = desk.open_polling();
    const auto second = desk.open_polling();
    const auto third = desk.http(HttpMethod::get, kPolling);
    CHECK(third->status() == 429);
    CHECK(third->body() ==
          R"({"code":3,"message":"Too many people are connected from here.","reason":"too_many_polling_sessions"})");
    CHECK(refusals(desk, "polling_per_address") == 1);
    CHECK(desk.try_websocket(kWebSocket).ok());
    desk.address = "192.0.2.8";
    CHECK(desk.http(HttpMethod::get, kPolling)->status() == 200);
    desk.address = "192.0.2.7";

    SECTION("upgraded") {
        const auto socket = desk.try_websocket(std::string(kWebSocket) + "&sid=" + first);
        REQUIRE(socket.ok());
        desk.send(**socket, "2probe");
        desk.send(**socket, "5");
        CHECK(desk.http(HttpMethod::get, kPolling)->status() == 200);
        CHECK(desk.http(HttpMethod::get, kPolling)->status() == 429);
    }
    SECTION("ended") {
        desk.post(first, "1");
        CHECK(desk.http(HttpMethod::get, kPolling)->status() == 200);
    }
    SECTION("abandoned") {
        desk.advance(600ms);
        CHECK(desk.http(HttpMethod::get, kPolling)->status() == 200);
    }
}

TEST_CASE("so many clients may be in no namespace yet") {
    Desk desk(places("max_unconnected", 2));
    const auto first = desk.websocket();
    const auto second = desk.open_polling();
    desk.address = "192.0.2.8";
    const auto refused = desk.try_websocket(kWebSocket);
    CHECK(refused.error().code == Errc::unavailable);
    CHECK(refused.error().name() == "too_many_unconnected");
    CHECK(desk.http(HttpMethod::get, kPolling)->status() == 503);
    CHECK(refusals(desk, "unconnected") == 2);

    SECTION("one of them connects") {
        desk.send(*first, "40");
        CHECK(desk.try_websocket(kWebSocket).ok());
    }
    SECTION("one of them goes") {
        desk.hang_up(*first);
        CHECK(desk.try_websocket(kWebSocket).ok());
    }
    SECTION("their time to connect ends") {
        desk.advance(1500ms);
        CHECK(desk.try_websocket(kWebSocket).ok());
    }
    SECTION("one of them asks for what there is not, and so is in none") {
        desk.send(*first, "40/none,");
        CHECK_FALSE(desk.try_websocket(kWebSocket).ok());
    }
}

TEST_CASE("the clients of one address that are in no namespace keep nobody else out") {
    Desk desk(places("max_unconnected_per_address", 1));
    const auto first = desk.websocket();
    const auto refused = desk.try_websocket(kWebSocket);
    CHECK(refused.error().code == Errc::rate_limited);
    CHECK(refused.error().name() == "too_many_unconnected_from_address");
    CHECK(desk.http(HttpMethod::get, kPolling)->status() == 429);
    CHECK(refusals(desk, "unconnected_per_address") == 2);
    desk.address = "192.0.2.8";
    CHECK(desk.try_websocket(kWebSocket).ok());
}
