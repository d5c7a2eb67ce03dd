#include "harness.hpp"

using namespace televisit;
using namespace televisit::socketio;
using namespace televisit::socketio::test;

namespace {

/// Two loops with a client on each.
struct TwoLoops : Desk {
    TwoLoops() : Desk(small_config(), 2) {}

    /// As a handler on a loop would.
    void on(LoopId loop, const std::function<void()>& work) { host.event_loops.on(loop, work); }
    EmitResult emit(SocketKey to, std::string_view event, std::string_view args) {
        return server().emit(to, {.event = event, .args = {&args, 1}});
    }
    double figure(std::string_view name) {
        for (const auto& family : host.registry.collect())
            if (family.name == name) return family.samples.at(0).value;
        return -1;
    }

    std::unique_ptr<FakeChannel> near = client(0);
    std::unique_ptr<FakeChannel> far = client(1);
    SocketKey near_key = nsp.sockets.at(0);
    SocketKey far_key = nsp.sockets.at(1);
};

}  // namespace

TEST_CASE("what one turn has for another loop is handed over at once, in order") {
    TwoLoops desk;
    std::vector<std::string> wanted;
    desk.on(0, [&] {
        for (int i = 0; i < 200; ++i) {
            const std::string number = std::to_string(i);
            CHECK(desk.emit(desk.far_key, "news", number) == EmitResult::queued);
            wanted.push_back("42[\"news\"," + number + "]");
        }
    });
    CHECK(texts(*desk.far) == wanted);
    CHECK(desk.figure("televisit_socketio_handed_over_total") == 200);
    CHECK(desk.figure("televisit_socketio_handover_batches_total") == 1);
}

TEST_CASE("one event reaches sockets of several loops, attachments and escaped names included") {
    TwoLoops desk;
    const std::vector<SocketKey> both{desk.near_key, desk.far_key};
    const std::vector<std::string_view> args{R"({"a":)", R"({"_placeholder":true,"num":0})", "}"};
    const std::vector<std::string_view> attachments{std::string_view("\0\x01", 2)};
    desk.on(0, [&] {
        desk.server().emit(both, {.event = "a \"b\"", .args = args, .attachments = attachments});
        desk.server().emit(both, {.event = "bare", .args = {}});
    });
    const std::vector<std::string> wanted{R"(451-["a \"b\"",{"a":{"_placeholder":true,"num":0}}])",
                                          std::string("<\0\x01>", 4), R"(42["bare"])"};
    CHECK(texts(*desk.near) == wanted);
    CHECK(texts(*desk.far) == wanted);
}

TEST_CASE("events, rooms, acknowledgements and the end of a socket keep their order from loop to loop") {
    TwoLoops desk;
    desk.send(*desk.far, R"(427["message"])");
    desk.far->sent.clear();
    desk.on(0, [&] {
        static constexpr std::string_view kTwo = "2";
        desk.emit(desk.far_key, "first", "1");
        desk.server().join_room(desk.far_key, "ward");
        desk.server().emit_to_room("/", "ward", {.event = "second", .args = {&kTwo, 1}});
        desk.emit(desk.far_key, "third", "3");
        desk.handler.acks.at(0)->respond({&kTwo, 1});
        desk.server().emit_with_ack(desk.far_key, {.event = "fourth", .args = {}}, 1s, [](const auto&) {});
        desk.emit(desk.far_key, "fifth", "5");
        desk.server().disconnect(desk.far_key, DisconnectMode::namespace_only);
        desk.emit(desk.far_key, "too late", "6");
    });
    CHECK(texts(*desk.far) == std::vector<std::string>{R"(42["first",1])", R"(42["second",2])", R"(42["third",3])",
                                                       "437[2]", R"(420["fourth"])", R"(42["fifth",5])", "41"});
}

TEST_CASE("a thread that is no loop hands over at once") {
    TwoLoops desk;
    desk.emit(desk.far_key, "one", "1");
    desk.emit(desk.near_key, "one", "1");
    desk.emit(desk.far_key, "two", "2");
    desk.host.event_loops.run_ready();
    CHECK(texts(*desk.far) == std::vector<std::string>{R"(42["one",1])", R"(42["two",2])"});
    CHECK(texts(*desk.near) == std::vector<std::string>{R"(42["one",1])"});
}

TEST_CASE("receivers on a loop that is too far behind are closed, others are not") {
    TwoLoops desk;
    const auto third = desk.client(1);
    const std::string kilobyte = '"' + std::string(1000, 'x') + '"';
    desk.on(0, [&] {
        for (int i = 0; i < 10; ++i) CHECK(desk.emit(desk.far_key, "news", kilobyte) == EmitResult::queued);
        CHECK(desk.emit(desk.far_key, "news", kilobyte) == EmitResult::dropped);
        CHECK(desk.emit(desk.near_key, "news", "1") == EmitResult::sent);
    });
    CHECK(desk.far->sent.size() == 10);
    CHECK(desk.far->closed);
    CHECK_FALSE(third->closed);
    CHECK_FALSE(desk.near->closed);
    CHECK(desk.figure("televisit_socketio_handover_overflows_total") == 1);
    desk.on(0, [&] { CHECK(desk.emit(desk.nsp.sockets.at(2), "news", "1") == EmitResult::queued); });
    CHECK(texts(*third) == std::vector<std::string>{R"(42["news",1])"});
}

TEST_CASE("work that throws costs what was handed over with it nothing") {
    TwoLoops desk;
    const SocketKey gone{desk.far_key.value + 1};
    CHECK_THROWS_AS(desk.on(0,
                            [&] {
                                desk.server().emit_with_ack(gone, {.event = "x", .args = {}}, 1s,
                                                            [](const auto&) { throw std::runtime_error("plugin"); });
                                desk.emit(desk.far_key, "news", "1");
                            }),
                    std::runtime_error);
    desk.host.event_loops.run_ready();
    CHECK(texts(*desk.far) == std::vector<std::string>{R"(42["news",1])"});
}
