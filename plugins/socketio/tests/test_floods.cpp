#include "harness.hpp"

using namespace televisit;
using namespace televisit::socketio;
using namespace televisit::socketio::test;

namespace {

using Texts = std::vector<std::string>;

/// Ten packets at once, ten a second; one of 100 bytes counts twice.
FakeConfig ten_packets() {
    auto config = small_config();
    config.set("packets.burst", 10);
    config.set("packets.unit", 100);
    return config;
}

struct Flooded : Desk {
    explicit Flooded(LoopId loops = 1) : Desk(ten_packets(), loops) {}
    double closed_for_flood() {
        for (const auto& family : host.registry.collect())
            if (family.name == "televisit_engineio_closed_total")
                for (const auto& sample : family.samples)
                    if (sample.labels == MetricLabels{{"cause", "flood"}}) return sample.value;
        return -1;
    }
};

const std::string kWhy = R"(["error",{"message":"Too much was sent at once.","code":"too_many_packets"}])";

/// Takes in what a bare endpoint hears.
struct BareListener final : EngineListener {
    explicit BareListener(std::vector<std::string>& lines) : heard(lines) {}
    void on_open(EngineSession&) override {}
    void on_message(MessageKind, std::string_view payload) override { heard.emplace_back(payload); }
    void on_closed(std::string_view reason) override { heard.emplace_back(reason); }
    std::vector<std::string>& heard;
};
struct BareAcceptor final : EngineAcceptor {
    Result<std::unique_ptr<EngineListener>> accept(const HttpRequest&) override {
        return std::unique_ptr<EngineListener>(std::make_unique<BareListener>(heard));
    }
    std::vector<std::string> heard;
};

}  // namespace

TEST_CASE("a client that sends too much is told why, gets a DISCONNECT packet, and is closed") {
    Flooded desk;
    const auto other = desk.client();
    const auto socket = desk.client();  // one packet, its CONNECT
    for (int i = 0; i < 9; ++i) desk.send(*socket, R"(42["message"])");
    CHECK(desk.handler.events.size() == 9);
    CHECK(socket->sent.empty());
    desk.send(*socket, R"(42["message"])");
    CHECK(texts(*socket) == Texts{"42" + kWhy, "41"});
    REQUIRE(socket->closed);
    CHECK(socket->closed->code == 1008);
    CHECK(socket->closed->reason == "flood");
    CHECK(desk.nsp.closes == std::vector{SocketClose::server_disconnect});
    CHECK(desk.closed_for_flood() == 1);

    desk.send(*socket, R"(42["message"])");
    CHECK(desk.handler.events.size() == 9);
    desk.send(*other, R"(42["message"])");
    CHECK(desk.handler.events.size() == 10);
    CHECK_FALSE(other->closed);
}

TEST_CASE("what is sent at the rate is never too much, heartbeats included") {
    Flooded desk;
    const auto socket = desk.client();
    for (int i = 0; i < 60; ++i) {
        desk.advance(150ms);
        desk.send(*socket, i % 2 == 0 ? R"(42["message"])" : "3");
    }
    CHECK(desk.handler.events.size() == 30);
    CHECK_FALSE(socket->closed);
}

TEST_CASE("large packets count as several") {
    Flooded desk;
    const auto socket = desk.client();
    const std::string large = "42[\"message\",\"" + std::string(300, 'x') + "\"]";
    for (int i = 0; i < 2; ++i) desk.send(*socket, large);
    CHECK_FALSE(socket->closed);
    desk.send(*socket, large);
    CHECK(desk.handler.events.size() == 2);
    CHECK(socket->closed);
}

TEST_CASE("one packet that is larger than a burst passes after a pause") {
    Flooded desk;
    const auto socket = desk.client();
    desk.advance(250ms);
    const std::string huge = "42[\"message\",\"" + std::string(50'000, 'x') + "\"]";
    desk.send(*socket, huge);
    CHECK(desk.handler.events.size() == 1);
    desk.send(*socket, huge);
    CHECK(socket->closed);
}

TEST_CASE("on long-polling a flood is answered with the next poll, then the session closes") {
    Flooded desk;
    const auto sid = desk.open_polling();
    desk.post(sid, "40");
    desk.poll(sid);
    std::string many;
    for (int i = 0; i < 20; ++i) many += std::string(i == 0 ? "" : "\x1e") + R"(42["message"])";
    CHECK(desk.post(sid, many)->body() == "ok");
    CHECK(desk.handler.events.size() == 9);
    CHECK(desk.poll(sid)->body() == "42" + kWhy +
                                        "\x1e"
                                        "41");
    CHECK(desk.poll(sid)->body() == "1");
    CHECK(desk.closed_for_flood() == 1);
    CHECK(desk.post(sid, "40")->status() == 400);
}

TEST_CASE("a client in several namespaces is put out of all") {
    Flooded desk;
    RecordingNamespace other;
    REQUIRE(desk.server().open_namespace({"/custom"}, other).ok());
    const auto socket = desk.client();
    desk.send(*socket, "40/custom,");
    socket->sent.clear();
    for (int i = 0; i < 9; ++i) desk.send(*socket, R"(42["message"])");
    CHECK(texts(*socket) == Texts{"42/custom," + kWhy, "41/custom,", "42" + kWhy, "41"});
    CHECK(other.closes == std::vector{SocketClose::server_disconnect});
    CHECK(socket->closed);
}

TEST_CASE("requests for namespaces, unknown ones too, and probes of an upgrade are packets") {
    Flooded desk;
    const auto socket = desk.websocket();
    for (int i = 0; i < 20; ++i) desk.send(*socket, "40/none,");
    CHECK(socket->sent.size() == 11);  // the handshake and ten refusals
    CHECK(socket->closed);

    const auto sid = desk.open_polling();
    const auto probe = desk.try_websocket("EIO=4&transport=websocket&sid=" + sid);
    REQUIRE(probe.ok());
    for (int i = 0; i < 20; ++i) desk.send(**probe, "2probe");
    CHECK((*probe)->sent.size() == 10);
    CHECK(desk.poll(sid)->body() == "1");
    CHECK((*probe)->closed);
}

TEST_CASE("a flood of a bare Engine.IO client closes it") {
    BareAcceptor acceptor;
    Flooded desk;
    REQUIRE(desk.engine().serve({.path = "/engine.io/"}, acceptor).ok());
    const auto opened = desk.try_websocket("EIO=4&transport=websocket", 0, "/engine.io/");
    REQUIRE(opened.ok());
    for (int i = 0; i < 11; ++i) desk.send(**opened, "4x");
    CHECK((*opened)->closed);
    CHECK(acceptor.heard.size() == 11);
    CHECK(acceptor.heard.back() == "flood");
}

TEST_CASE("a client whose socket lives on another loop is told, and put out, too") {
    Flooded desk(2);
    desk.nsp.kept = 10s;
    RecordingNamespace kept;
    kept.kept = 10s;
    REQUIRE(desk.server().open_namespace({"/kept"}, kept).ok());
    const auto first = desk.websocket(0);
    desk.send(*first, "40/kept,");
    const std::string pid = quoted_after(first->sent.back().payload, "\"pid\":\"");
    desk.hang_up(*first);
    const auto second = desk.websocket(1);
    desk.send(*second, "40/kept,{\"pid\":\"" + pid + "\"}");
    REQUIRE(kept.returns.size() == 1);
    second->sent.clear();
    for (int i = 0; i < 20; ++i) desk.send(*second, R"(42/kept,["message"])");
    REQUIRE(second->sent.size() == 2);
    CHECK(texts(*second)[0].starts_with(R"(42/kept,["error",{"message":)"));
    CHECK(texts(*second)[1] == "41/kept,");
    CHECK(second->closed);
    CHECK(kept.closes == std::vector{SocketClose::server_disconnect});
    CHECK(desk.closed_for_flood() == 1);
}
