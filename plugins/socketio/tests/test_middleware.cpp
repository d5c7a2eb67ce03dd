#include "harness.hpp"

using namespace televisit;
using namespace televisit::socketio;
using namespace televisit::socketio::test;

namespace {

/// Writes down whom it is asked about; decides at once as told, or keeps the decision.
class Gatekeeper final : public SocketLoopMiddleware {
  public:
    explicit Gatekeeper(std::vector<std::string>& asked, std::string name) : asked_(asked), name_(std::move(name)) {}

    void on_connecting(SocketKey socket, std::string_view, const SocketHandshake& handshake,
                       std::unique_ptr<ConnectDecision> decision) override {
        asked_.push_back(name_ + " " + std::string(handshake.nsp) + " " + std::string(handshake.auth));
        sockets.push_back(socket);
        if (takes_time)
            decisions.push_back(std::move(decision));
        else
            decision->decide(verdict);
    }
    void on_gone(SocketKey socket) override { gone.push_back(socket); }

    Result<void> verdict;
    bool takes_time = false;
    std::vector<std::unique_ptr<ConnectDecision>> decisions;
    std::vector<SocketKey> sockets, gone;

  private:
    std::vector<std::string>& asked_;
    const std::string name_;
};

/// A desk behind two gates.
struct GatedDesk : Desk {
    explicit GatedDesk(FakeConfig config = small_config()) : Desk(std::move(config)) {
        REQUIRE(server().use_on_loop("/", outer).ok());
        REQUIRE(server().use_on_loop("/", inner).ok());
    }
    ~GatedDesk() { shut(); }
    std::unique_ptr<FakeChannel> connecting(const std::string& connect = "40") {
        auto channel = websocket();
        channel->sent.clear();
        send(*channel, connect);
        return channel;
    }
    std::vector<std::string> asked;
    Gatekeeper outer{asked, "outer"}, inner{asked, "inner"};
};

const auto kNo = error(Errc::forbidden, "ward_closed", "The ward is closed.");

}  // namespace

TEST_CASE("middleware is asked in order, with the namespace's listener last") {
    GatedDesk desk;
    const auto client = desk.connecting(R"(40/socket.io,{"token":"x"})");
    CHECK(desk.asked ==
          std::vector<std::string>{R"(outer /socket.io {"token":"x"})", R"(inner /socket.io {"token":"x"})"});
    REQUIRE(client->sent.size() == 1);
    CHECK(client->sent[0].payload.starts_with(R"(40/socket.io,{"sid":")"));
    REQUIRE(desk.nsp.sockets.size() == 1);
    CHECK(desk.outer.sockets == desk.nsp.sockets);
    CHECK(desk.inner.gone.empty());
}

TEST_CASE("the first refusal counts, and nobody behind it hears of the client") {
    GatedDesk desk;
    desk.outer.verdict = kNo;
    const auto client = desk.connecting();
    CHECK(texts(*client) ==
          std::vector<std::string>{R"(44{"message":"The ward is closed.","data":{"code":"ward_closed"}})"});
    CHECK(desk.asked.size() == 1);
    CHECK(desk.nsp.sockets.empty());
    CHECK(desk.outer.gone == desk.outer.sockets);
    CHECK(desk.inner.gone.empty());
    desk.outer.verdict = {};
    desk.send(*client, "40");
    CHECK(desk.nsp.sockets.size() == 1);
}

TEST_CASE("who let a client in hears that others did not, and when it goes") {
    GatedDesk desk;
    desk.inner.verdict = kNo;
    const auto refused = desk.connecting();
    CHECK(desk.outer.gone == desk.outer.sockets);
    desk.inner.verdict = {};
    desk.nsp.refusal = kNo;
    const auto unwanted = desk.connecting();
    CHECK(desk.outer.gone == desk.outer.sockets);
    CHECK(desk.inner.gone == desk.inner.sockets);
    desk.nsp.refusal.reset();
    const auto welcome = desk.connecting();
    CHECK(desk.outer.gone.size() == 2);
    desk.send(*welcome, "41");
    CHECK(desk.outer.gone == desk.outer.sockets);
    CHECK(desk.inner.gone == desk.inner.sockets);
    CHECK(desk.nsp.closes.size() == 1);
}

TEST_CASE("a decision may take its time, and be made on any thread") {
    GatedDesk desk;
    desk.outer.takes_time = true;
    const auto client = desk.connecting();
    CHECK(client->sent.empty());
    CHECK(desk.asked.size() == 1);
    desk.outer.decisions.at(0)->decide({});
    desk.outer.decisions.at(0)->decide(kNo);
    CHECK(client->sent.empty());
    desk.host.event_loops.run_ready();
    CHECK(desk.asked.size() == 2);
    CHECK(desk.nsp.sockets.size() == 1);
    REQUIRE(client->sent.size() == 1);
    CHECK(client->sent[0].payload.starts_with("40{"));
}

TEST_CASE("a client that is being decided on is not connected") {
    for (const std::string_view early : {R"(42["message"])", "40", "41", R"(44{"message":"x"})"}) {
        GatedDesk desk;
        desk.outer.takes_time = true;
        const auto client = desk.connecting();
        CHECK(desk.server().emit(desk.outer.sockets.at(0), {.event = "early", .args = {}}) != EmitResult::sent);
        desk.server().join_room(desk.outer.sockets.at(0), "room");
        desk.server().disconnect(desk.outer.sockets.at(0), DisconnectMode::namespace_only);
        desk.host.event_loops.run_ready();
        CHECK(client->sent.empty());
        desk.send(*client, early);
        CHECK(client->closed);
        desk.host.event_loops.run_ready();
        CHECK(desk.outer.gone == desk.outer.sockets);
        CHECK(desk.nsp.sockets.empty());
    }
}

TEST_CASE("a decision on a client that has gone meanwhile changes nothing") {
    GatedDesk desk;
    desk.outer.takes_time = true;
    const auto client = desk.connecting();
    desk.hang_up(*client);
    CHECK(desk.outer.gone == desk.outer.sockets);
    desk.outer.decisions.at(0)->decide({});
    desk.host.event_loops.run_ready();
    CHECK(desk.asked.size() == 1);
    CHECK(desk.nsp.sockets.empty());
    CHECK(desk.outer.gone.size() == 1);
}

TEST_CASE("a decision that is thrown away refuses, also after the plugin's end") {
    auto desk = std::make_unique<GatedDesk>();
    desk->outer.takes_time = true;
    const auto client = desk->connecting();
    desk->outer.decisions.clear();
    desk->host.event_loops.run_ready();
    REQUIRE(client->sent.size() == 1);
    CHECK(client->sent[0].payload.find(R"("code":"unavailable")") != std::string::npos);
    const auto other = desk->connecting();
    const auto kept = std::move(desk->outer.decisions);
    desk->shut();
    CHECK(desk->outer.gone == desk->outer.sockets);
}

TEST_CASE("who waits for a decision counts against the namespaces of a client, and against its time to connect") {
    auto config = small_config();
    config.set("max_namespaces", 1);
    GatedDesk desk(config);
    desk.outer.takes_time = true;
    const auto client = desk.connecting();
    desk.send(*client, "40/socket.io,");
    CHECK(texts(*client).back().find("too_many_namespaces") != std::string::npos);
    desk.advance(1100ms);
    CHECK(client->closed);
}

TEST_CASE("middleware that may block runs on a worker") {
    struct Slow final : SocketMiddleware {
        Result<void> on_connecting(SocketKey, std::string_view sid, const SocketHandshake& handshake,
                                   const CallContext&) override {
            seen = std::string(handshake.auth) + " " + std::string(handshake.remote_address) + " " +
                   std::to_string(sid.size()) + " " + handshake.headers.at(0).value;
            return verdict;
        }
        Result<void> verdict;
        std::string seen;
    } slow;
    Desk desk;
    REQUIRE(desk.server().use("/", slow).ok());
    const auto client = desk.websocket();
    client->sent.clear();
    desk.send(*client, R"(40{"a":1})");
    CHECK(client->sent.empty());
    desk.host.manual_executor.run_ready();
    desk.host.event_loops.run_ready();
    CHECK(slow.seen == R"({"a":1} 192.0.2.7 20 https://clinic.example)");
    CHECK(desk.nsp.sockets.size() == 1);
    slow.verdict = kNo;
    const auto other = desk.websocket();
    other->sent.clear();
    desk.send(*other, "40");
    desk.host.manual_executor.run_ready();
    desk.host.event_loops.run_ready();
    CHECK(texts(*other).at(0).starts_with(R"(44{"message":"The ward is closed.")"));
}

TEST_CASE("middleware needs a namespace that is open") {
    Desk desk;
    std::vector<std::string> asked;
    Gatekeeper gate(asked, "gate");
    CHECK(desk.server().use_on_loop("/other", gate).error().code == Errc::not_found);
}
