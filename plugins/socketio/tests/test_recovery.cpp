// Clients that lose their connections and come back for their sockets.
#include "harness.hpp"

using namespace televisit;
using namespace televisit::socketio;
using namespace televisit::socketio::test;

namespace {

using Texts = std::vector<std::string>;
constexpr auto kKept = 2s;

/// What a client remembers of its connection.
struct Memory {
    std::string sid, pid, offset;

    std::string connect(std::string_view nsp = {}) const {
        std::string packet = "40";
        if (!nsp.empty()) packet.append(nsp).append(",");
        return packet + R"({"pid":")" + pid + (offset.empty() ? "\"}" : R"(","offset":")" + offset + "\"}");
    }
};

Memory memory_of(const FakeChannel& channel) {
    Memory memory;
    for (const auto& text : texts(channel)) {
        if (text.starts_with("40")) {
            memory.sid = quoted_after(text, "\"sid\":\"");
            memory.pid = quoted_after(text, "\"pid\":\"");
        }
        if ((text.starts_with("42") || text.starts_with("45")) && text.ends_with("\"]")) {
            const auto begin = text.rfind('"', text.size() - 3) + 1;
            memory.offset = text.substr(begin, text.size() - 2 - begin);
        }
    }
    return memory;
}

/// The events that a client was sent, without their offsets.
Texts events_of(const FakeChannel& channel) {
    Texts events;
    for (auto text : texts(channel)) {
        if (const auto end = text.rfind(",\""); text.starts_with("4") && text.ends_with("\"]"))
            text = text.substr(0, end) + "]";
        if (text != "2" && !text.starts_with("0")) events.push_back(std::move(text));
    }
    return events;
}

struct RecoveryDesk : Harness {
    explicit RecoveryDesk(FakeConfig config = small_config(), LoopId loops = 1, std::chrono::milliseconds kept = kKept)
        : Harness(std::move(config), loops) {
        nsp.kept = kept;
        REQUIRE(server().open_namespace({"/", "/socket.io"}, nsp).ok());
        REQUIRE(server().on_loop("/", "message", handler).ok());
    }
    ~RecoveryDesk() { shut(); }

    std::unique_ptr<FakeChannel> connect(const std::string& packet = "40", LoopId loop = 0) {
        auto channel = websocket(loop);
        send(*channel, packet);
        host.event_loops.run_ready();
        return channel;
    }
    void emit(std::string_view name, std::string_view arg, std::vector<std::string_view> attachments = {}) {
        server().emit(nsp.sockets.at(0), {.event = name, .args = {&arg, 1}, .attachments = attachments});
        host.event_loops.run_ready();
    }
    void emit_many(int from, int to) {
        for (int i = from; i <= to; ++i) emit("n", std::to_string(i));
    }

    RecordingNamespace nsp;
    RecordingHandler handler;
};

FakeConfig config_with(const std::string& key, FakeConfig::Value value) {
    auto config = small_config();
    config.set(key, std::move(value));
    return config;
}

}  // namespace

TEST_CASE("a client is given a pid, and every event ends in an offset, but not those that ask for an ack") {
    RecoveryDesk desk;
    const auto client = desk.connect();
    const auto memory = memory_of(*client);
    CHECK(client->sent.back().payload == R"(40{"sid":")" + memory.sid + R"(","pid":")" + memory.pid + "\"}");
    CHECK(memory.pid.size() == Pid::kSize);
    client->sent.clear();
    desk.emit("news", R"({"a":1})");
    desk.server().emit(desk.nsp.sockets[0], {.event = "bare", .args = {}});
    desk.emit("bytes", R"({"_placeholder":true,"num":0})", {"raw"});
    const std::string_view last_is_text = R"("text")";
    desk.host.event_loops.on(0, [&] {
        desk.server().emit_with_ack(desk.nsp.sockets[0], {.event = "asked", .args = {&last_is_text, 1}}, 1s,
                                    [](auto) {});
    });
    const std::string tag = memory.sid.substr(0, 4);
    CHECK(texts(*client) == Texts{R"(42["news",{"a":1},")" + tag + "1\"]", R"(42["bare",")" + tag + "2\"]",
                                  R"(451-["bytes",{"_placeholder":true,"num":0},")" + tag + "3\"]", "<raw>",
                                  R"(420["asked","text"])"});
}

TEST_CASE("without recovery there is neither pid nor offset") {
    const auto plain = [](RecoveryDesk& desk, const std::string& query, const std::string& connect) {
        auto channel = desk.try_websocket("EIO=4&transport=websocket" + query);
        REQUIRE(channel.ok());
        desk.send(**channel, connect);
        const auto key = desk.nsp.sockets.back();
        const std::string_view one = "1";
        desk.host.event_loops.on(0, [&] { desk.server().emit(key, {.event = "e", .args = {&one, 1}}); });
        desk.hang_up(**channel);
        return memory_of(**channel).pid.empty() && texts(**channel).back() == R"(42["e",1])";
    };
    RecoveryDesk desk;
    CHECK(plain(desk, "&recovery=0", "40"));
    CHECK(plain(desk, "", R"(40{"recovery":false})"));
    CHECK(plain(desk, "&recovery=1", R"(40{"recovery":false})"));
    CHECK_FALSE(plain(desk, "", "40"));
    RecoveryDesk off(config_with("recovery.default", false));
    CHECK(plain(off, "", "40"));
    CHECK_FALSE(plain(off, "&recovery=1", "40"));
    CHECK_FALSE(plain(off, "", R"(40{"recovery":true})"));
    RecoveryDesk never(small_config(), 1, 0ms);
    CHECK(plain(never, "&recovery=1", R"(40{"recovery":true})"));
}

TEST_CASE("a socket that lost its connection is given back with all it has missed, and keeps its name") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    desk.emit("n", "1");
    auto memory = memory_of(*first);
    desk.hang_up(*first);
    CHECK(desk.nsp.interruptions == std::vector{SocketClose::transport_close});
    CHECK(desk.server().connected() == 0);
    desk.emit("n", "2");
    desk.emit("bytes", R"({"_placeholder":true,"num":0})", {"raw"});

    const auto second = desk.connect(memory.connect());
    CHECK(memory_of(*second).sid == memory.sid);
    CHECK(memory_of(*second).pid == memory.pid);
    CHECK(desk.nsp.returns == std::vector{SocketReturn::complete});
    desk.emit("n", "4");
    CHECK(events_of(*second) == Texts{texts(*second)[1], R"(42["n",2])",
                                      R"(451-["bytes",{"_placeholder":true,"num":0}])", "<raw>", R"(42["n",4])"});
    CHECK(desk.nsp.sockets.back() == desk.nsp.sockets.front());
    CHECK(desk.nsp.closes.empty());
    desk.send(*second, R"(42["message",1])");
    CHECK(desk.handler.events == Texts{"message 1"});
    CHECK(desk.server().connected() == 1);
}

TEST_CASE("events that were sent but not received before the loss are sent again, and no others") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    desk.emit("n", "1");
    const auto memory = memory_of(*first);
    desk.emit_many(2, 3);  // never read
    desk.hang_up(*first);
    const auto second = desk.connect(memory.connect());
    CHECK(events_of(*second) == Texts{texts(*second)[1], R"(42["n",2])", R"(42["n",3])"});
    CHECK(desk.nsp.returns == std::vector{SocketReturn::complete});
}

TEST_CASE("a client that has received nothing yet gets everything") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    const auto memory = memory_of(*first);
    desk.emit_many(1, 2);
    desk.hang_up(*first);
    const auto second = desk.connect(memory.connect());
    CHECK(events_of(*second) == Texts{texts(*second)[1], R"(42["n",1])", R"(42["n",2])"});
}

TEST_CASE("a client may lose its connection again and again") {
    RecoveryDesk desk;
    auto channel = desk.connect();
    Texts got;
    auto memory = memory_of(*channel);
    for (int i = 0; i < 5; ++i) {
        desk.emit("n", std::to_string(2 * i));
        memory = memory_of(*channel);
        desk.hang_up(*channel);
        desk.emit("n", std::to_string(2 * i + 1));
        channel = desk.connect(memory.connect());
        const auto events = events_of(*channel);
        got.insert(got.end(), events.begin() + 1, events.end());
        memory = memory_of(*channel);
    }
    CHECK(got == Texts{R"(42["n",1])", R"(42["n",3])", R"(42["n",5])", R"(42["n",7])", R"(42["n",9])"});
    CHECK(desk.nsp.returns == std::vector(5, SocketReturn::complete));
}

TEST_CASE("a socket that has missed more than is kept is given back under a new name") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    desk.emit("n", "0");
    const auto memory = memory_of(*first);
    desk.hang_up(*first);
    desk.emit_many(1, 9);  // 8 are kept at most
    const auto second = desk.connect(memory.connect());
    const auto renewed = memory_of(*second);
    CHECK(renewed.sid.size() == 20);
    CHECK(renewed.sid != memory.sid);
    CHECK(renewed.pid != memory.pid);
    CHECK(desk.nsp.returns == std::vector{SocketReturn::behind});
    CHECK(desk.nsp.sids.back() == renewed.sid);
    CHECK(desk.nsp.sockets.back() == desk.nsp.sockets.front());
    CHECK(events_of(*second).size() == 1);
    desk.emit("n", "10");
    CHECK(events_of(*second).back() == R"(42["n",10])");

    // The old name and offset count no more, the new one does.
    desk.hang_up(*second);
    const auto stale = desk.connect(memory.connect());
    CHECK(desk.nsp.sids.size() == 3);
    CHECK(desk.nsp.returns.size() == 1);
    desk.hang_up(*stale);
    const auto third = desk.connect(memory_of(*second).connect());
    CHECK(memory_of(*third).sid == renewed.sid);
    CHECK(desk.nsp.returns.back() == SocketReturn::complete);
}

TEST_CASE("an offset that cannot be this socket's is no reason to say that nothing is missing") {
    const auto come_back_with = [](const std::string& number, bool own_tag) {
        RecoveryDesk desk;
        const auto first = desk.connect();
        desk.emit_many(1, 3);
        auto memory = memory_of(*first);
        memory.offset = (own_tag ? memory.sid.substr(0, 4) : "zzzz") + number;
        desk.hang_up(*first);
        desk.connect(memory.connect());
        return desk.nsp.returns.at(0);
    };
    CHECK(come_back_with("1", true) == SocketReturn::complete);
    CHECK(come_back_with("3", true) == SocketReturn::complete);
    for (const auto* number : {"", "4", "99999999999999999999999", "-1", "1x", " 1"})
        CHECK(come_back_with(number, true) == SocketReturn::behind);
    CHECK(come_back_with("1", false) == SocketReturn::behind);
}

TEST_CASE("nobody gets a socket with a pid that is not quite right") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    const auto memory = memory_of(*first);
    for (auto wrong : {memory.pid.substr(1), memory.pid + "A", std::string(49, 'A'), std::string(49, '_'),
                       std::string(49, '!'), memory.sid, std::string()}) {
        auto claim = memory;
        claim.pid = wrong;
        const auto other = desk.connect(claim.connect());
        CHECK(memory_of(*other).sid != memory.sid);
        desk.send(*other, "41");
        desk.hang_up(*other);
    }
    auto last_differs = memory;
    last_differs.pid.back() = memory.pid.back() == 'A' ? 'B' : 'A';
    const auto other = desk.connect(last_differs.connect());
    CHECK(memory_of(*other).sid != memory.sid);
    CHECK(desk.nsp.returns.empty());
    CHECK_FALSE(first->closed);
}

TEST_CASE("a pid is good under the name it was given for, and for one client") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    const auto memory = memory_of(*first);
    desk.hang_up(*first);
    const auto elsewhere = desk.connect(memory.connect("/socket.io"));
    CHECK(desk.nsp.returns.empty());
    CHECK(desk.nsp.sids.size() == 2);
    const auto second = desk.connect(memory.connect());
    CHECK(desk.nsp.returns.size() == 1);
    desk.send(*second, memory.connect());
    CHECK(second->closed);
}

TEST_CASE("who said DISCONNECT is gone at once") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    const auto memory = memory_of(*first);
    desk.send(*first, "41");
    CHECK(desk.nsp.closes == std::vector{SocketClose::client_disconnect});
    const auto second = desk.connect(memory.connect());
    CHECK(memory_of(*second).sid != memory.sid);
    CHECK(desk.nsp.returns.empty());
    CHECK(desk.nsp.interruptions.empty());
}

TEST_CASE("whom the server has put out does not come back, connected or not") {
    for (const bool away : {false, true}) {
        RecoveryDesk desk;
        const auto first = desk.connect();
        const auto memory = memory_of(*first);
        if (away) desk.hang_up(*first);
        desk.server().disconnect(desk.nsp.sockets[0], DisconnectMode::namespace_only);
        desk.host.event_loops.run_ready();
        CHECK(desk.nsp.closes == std::vector{SocketClose::server_disconnect});
        desk.connect(memory.connect());
        CHECK(desk.nsp.returns.empty());
        CHECK(desk.nsp.sids.size() == 2);
    }
}

TEST_CASE("a socket whose engine the server has closed has ended") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    desk.server().disconnect(desk.nsp.sockets[0], DisconnectMode::engine);
    desk.host.event_loops.run_ready();
    desk.hang_up(*first);
    CHECK(desk.nsp.interruptions.empty());
    CHECK(desk.nsp.closes == std::vector{SocketClose::server_disconnect});
}

TEST_CASE("the time to come back is limited, and what was kept is freed then") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    const auto memory = memory_of(*first);
    desk.hang_up(*first);
    desk.emit("n", "1");
    desk.advance(kKept - 100ms);
    CHECK(desk.nsp.closes.empty());
    desk.advance(200ms);
    CHECK(desk.nsp.closes == std::vector{SocketClose::transport_close});
    CHECK(desk.server().emit(desk.nsp.sockets[0], {.event = "n", .args = {}}) != EmitResult::sent);
    desk.connect(memory.connect());
    CHECK(desk.nsp.returns.empty());
}

TEST_CASE("only so many sockets are kept without a connection") {
    auto config = config_with("recovery.max_away_per_loop", 1);
    RecoveryDesk desk(config);
    const auto first = desk.connect();
    const auto second = desk.connect();
    desk.hang_up(*first);
    desk.hang_up(*second);
    CHECK(desk.nsp.interruptions.size() == 1);
    CHECK(desk.nsp.closes.size() == 1);
}

TEST_CASE("a pid takes over a socket whose connection still lives") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    desk.emit("n", "1");
    const auto memory = memory_of(*first);
    desk.emit("n", "2");  // on its way over the network that is gone
    const auto second = desk.connect(memory.connect());
    CHECK(desk.nsp.returns == std::vector{SocketReturn::complete});
    CHECK(events_of(*second) == Texts{texts(*second)[1], R"(42["n",2])"});
    CHECK(first->closed);
    CHECK(texts(*first).back().starts_with("42"));  // no DISCONNECT packet
    desk.hang_up(*first);
    CHECK(desk.nsp.interruptions.empty());
    CHECK(desk.nsp.closes.empty());
    CHECK(desk.server().connected() == 1);
    desk.emit("n", "3");
    CHECK(events_of(*second).back() == R"(42["n",3])");
}

TEST_CASE("taking over one namespace leaves the other ones of that client alone") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    const auto memory = memory_of(*first);
    desk.send(*first, "40/socket.io,");
    const auto second = desk.connect(memory.connect());
    CHECK_FALSE(first->closed);
    desk.send(*first, R"(42["message","late"])");
    CHECK_FALSE(first->closed);
    desk.send(*first, R"(42/socket.io,["message",1])");
    CHECK(desk.handler.events == Texts{"message 1"});
}

TEST_CASE("a namespace may refuse to give a socket back: it ends, and a new one connects") {
    for (const bool away : {false, true}) {
        RecoveryDesk desk;
        const auto first = desk.connect();
        const auto memory = memory_of(*first);
        if (away) desk.hang_up(*first);
        desk.nsp.welcome = false;
        const auto second = desk.connect(memory.connect());
        CHECK(desk.nsp.closes == std::vector{SocketClose::transport_close});
        CHECK(desk.nsp.returns.empty());
        CHECK(desk.nsp.sids.size() == 2);
        CHECK(memory_of(*second).sid == desk.nsp.sids[1]);
        CHECK(bool(first->closed) == !away);
    }
}

TEST_CASE("what a heartbeat has confirmed is kept no longer, and what came after its ping is") {
    for (const bool confirmed : {false, true}) {
        RecoveryDesk desk;
        const auto first = desk.connect();
        const auto before = memory_of(*first);
        desk.emit("n", "1");
        const auto memory = memory_of(*first);
        desk.advance(320ms);  // a ping
        if (confirmed) desk.send(*first, "3");
        desk.emit("n", "2");
        desk.hang_up(*first);
        const auto second = desk.connect(memory.connect());
        CHECK(desk.nsp.returns == std::vector{SocketReturn::complete});
        CHECK(events_of(*second) == Texts{texts(*second)[1], R"(42["n",2])"});
        desk.hang_up(*second);
        desk.connect(before.connect());
        CHECK(desk.nsp.returns.back() == (confirmed ? SocketReturn::behind : SocketReturn::complete));
    }
}

TEST_CASE("an event that was sent between a ping and its pong is not taken for received") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    const auto memory = memory_of(*first);
    desk.advance(320ms);
    desk.emit("n", "1");
    desk.send(*first, "3");
    desk.hang_up(*first);
    const auto second = desk.connect(memory.connect());
    CHECK(desk.nsp.returns == std::vector{SocketReturn::complete});
    CHECK(events_of(*second) == Texts{texts(*second)[1], R"(42["n",1])"});
}

TEST_CASE("acks are not sent again, and nobody waits for one from a client that is away") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    const auto memory = memory_of(*first);
    desk.send(*first, R"(427["message",1])");
    int unanswered = 0;
    const auto ask = [&] {
        desk.host.event_loops.on(0, [&] {
            desk.server().emit_with_ack(desk.nsp.sockets[0], {.event = "asked", .args = {}}, 1s,
                                        [&](auto answer) { unanswered += answer ? 0 : 1; });
        });
    };
    ask();
    desk.hang_up(*first);
    CHECK(unanswered == 1);
    ask();
    CHECK(unanswered == 2);
    const std::string_view one = "1";
    desk.handler.acks.at(0)->respond({&one, 1});
    desk.host.event_loops.run_ready();
    const auto second = desk.connect(memory.connect());
    CHECK(events_of(*second).size() == 1);
    CHECK(desk.nsp.returns == std::vector{SocketReturn::complete});
}

TEST_CASE("a socket that is away stays in its rooms") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    desk.host.event_loops.on(0, [&] { desk.server().join_room(desk.nsp.sockets[0], "r"); });
    const auto memory = memory_of(*first);
    desk.hang_up(*first);
    const std::string_view one = "1";
    desk.host.event_loops.on(0, [&] { desk.server().emit_to_room("/", "r", {.event = "n", .args = {&one, 1}}); });
    const auto second = desk.connect(memory.connect());
    CHECK(events_of(*second).back() == R"(42["n",1])");
}

TEST_CASE("events that came in before the loss are still handled, in their order") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    desk.handler.holds_next = true;
    desk.send(*first, R"(42["message",1])");
    desk.handler.holds_next = false;
    desk.send(*first, R"(42["message",2])");
    const auto memory = memory_of(*first);
    desk.hang_up(*first);
    const auto second = desk.connect(memory.connect());
    desk.send(*second, R"(42["message",3])");
    desk.handler.holds.clear();
    desk.host.event_loops.run_ready();
    CHECK(desk.handler.events == Texts{"message 1", "message 2", "message 3"});
}

TEST_CASE("a socket is given back over long-polling too") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    const auto memory = memory_of(*first);
    desk.hang_up(*first);
    desk.emit("n", "1");
    const auto sid = desk.open_polling();
    desk.post(sid, memory.connect());
    const auto answer = desk.poll(sid)->body();
    CHECK(quoted_after(answer, "\"pid\":\"") == memory.pid);
    CHECK(answer.find(R"(["n",1,")") != std::string::npos);
}

TEST_CASE("a socket whose client is on another loop ends with the plugin, too") {
    RecoveryDesk desk(small_config(), 2);
    const auto first = desk.connect("40", 0);
    desk.emit("n", "1");
    const auto second = desk.connect(memory_of(*first).connect(), 1);
    REQUIRE(desk.nsp.returns == std::vector{SocketReturn::complete});
    desk.shut();
    CHECK(desk.nsp.closes == std::vector{SocketClose::shutdown});
}

TEST_CASE("a client that comes back on another loop gets its socket all the same") {
    RecoveryDesk desk(small_config(), 2);
    const auto first = desk.connect("40", 0);
    desk.emit("n", "1");
    const auto memory = memory_of(*first);
    SECTION("after its connection was lost") {
        desk.hang_up(*first);
    }
    SECTION("while its connection lives") {}
    desk.emit("n", "2");
    const auto second = desk.connect(memory.connect(), 1);
    CHECK(memory_of(*second).sid == memory.sid);
    CHECK(desk.nsp.returns == std::vector{SocketReturn::complete});
    desk.emit("bytes", R"({"_placeholder":true,"num":0})", {"raw"});
    CHECK(events_of(*second) ==
          Texts{texts(*second)[1], R"(42["n",2])", R"(451-["bytes",{"_placeholder":true,"num":0}])", "<raw>"});

    desk.send(*second, R"(425["message","over"])");
    desk.send(*second, R"(451-6["message",{"_placeholder":true,"num":0}])");
    desk.send_binary(*second, "raw");
    CHECK(desk.handler.events == Texts{R"(message "over")", R"(message {"_placeholder":true,"num":0} <raw>)"});
    const std::string_view one = "1";
    desk.handler.acks.at(0)->respond({&one, 1});
    desk.host.event_loops.run_ready();
    CHECK(texts(*second).back() == "435[1]");

    SECTION("and loses it again") {
        const auto again = memory_of(*second);
        desk.hang_up(*second);
        desk.host.event_loops.run_ready();
        CHECK(desk.server().connected() == 0);
        desk.emit("n", "3");
        const auto third = desk.connect(again.connect(), 0);
        CHECK(memory_of(*third).sid == memory.sid);
        CHECK(events_of(*third).back() == R"(42["n",3])");
        CHECK(desk.nsp.closes.empty());
    }
    SECTION("and is taken over from there by a connection on its own loop") {
        const auto third = desk.connect(memory_of(*second).connect(), 0);
        CHECK(second->closed);
        CHECK(desk.nsp.returns.size() == 2);
        desk.emit("n", "3");
        CHECK(events_of(*third).back() == R"(42["n",3])");
    }
    SECTION("and says farewell") {
        desk.send(*second, "41");
        CHECK(desk.nsp.closes == std::vector{SocketClose::client_disconnect});
        desk.advance(1100ms);
        CHECK(second->closed);
    }
    SECTION("and is put out") {
        desk.server().disconnect(desk.nsp.sockets[0], DisconnectMode::namespace_only);
        desk.host.event_loops.run_ready();
        CHECK(texts(*second).back() == "41");
        CHECK(second->closed);
        CHECK(desk.nsp.closes == std::vector{SocketClose::server_disconnect});
    }
    SECTION("and its engine is closed by the server") {
        desk.server().disconnect(desk.nsp.sockets[0], DisconnectMode::engine);
        desk.host.event_loops.run_ready();
        CHECK(second->closed);
        desk.hang_up(*second);
        desk.host.event_loops.run_ready();
        CHECK(desk.nsp.closes == std::vector{SocketClose::server_disconnect});
    }
    SECTION("and a heartbeat there confirms what has arrived") {
        const auto received = memory_of(*second);
        desk.advance(320ms);
        desk.send(*second, "3");
        desk.hang_up(*second);
        desk.host.event_loops.run_ready();
        desk.connect(received.connect(), 1);
        CHECK(desk.nsp.returns.back() == SocketReturn::complete);
        const auto stale = desk.connect(memory.connect(), 1);
        CHECK(desk.nsp.returns.back() == SocketReturn::behind);
        CHECK(memory_of(*stale).sid != memory.sid);
    }
}

TEST_CASE("a client on another loop whose socket is not to be had is a new one there") {
    RecoveryDesk desk(small_config(), 2);
    const auto first = desk.connect("40", 0);
    const auto memory = memory_of(*first);
    desk.send(*first, "41");
    const auto second = desk.connect(memory.connect(), 1);
    CHECK(desk.nsp.sids.size() == 2);
    CHECK(memory_of(*second).sid == desk.nsp.sids[1]);
    CHECK(desk.nsp.loops == std::vector<LoopId>{0, 1});
    desk.send(*second, R"(42["message",1])");
    CHECK(desk.handler.events == Texts{"message 1"});
}

TEST_CASE("a client that is gone before its socket is found on another loop leaves it to be found again") {
    RecoveryDesk desk(small_config(), 2);
    const auto first = desk.connect("40", 0);
    const auto memory = memory_of(*first);
    desk.hang_up(*first);
    auto second = desk.websocket(1);
    // Its loop does not get to run before the connection is lost as well.
    desk.host.event_loops.on(1, [&] {
        second->receive(MessageKind::text, memory.connect());
        second->disconnect();
    });
    desk.host.event_loops.run_ready();
    CHECK(desk.nsp.closes.empty());
    const auto third = desk.connect(memory.connect(), 0);
    CHECK(memory_of(*third).sid == memory.sid);
}

TEST_CASE("sockets that are away end with the server") {
    RecoveryDesk desk;
    const auto first = desk.connect();
    desk.hang_up(*first);
    desk.shut();
    CHECK(desk.nsp.closes == std::vector{SocketClose::shutdown});
}

TEST_CASE("what is kept for all that are away together is bounded: who is beyond that comes back behind") {
    RecoveryDesk desk(config_with("recovery.away_bytes_per_loop", 300));
    const auto first = desk.connect();
    const auto second = desk.connect();
    const std::string many(200, '7');
    desk.hang_up(*first);
    desk.hang_up(*second);
    const auto emit_to = [&](std::size_t socket) {
        const std::string_view arg = many;
        EmitResult result = EmitResult::gone;
        desk.host.event_loops.on(0, [&] {
            result = desk.server().emit(desk.nsp.sockets.at(socket), {.event = "n", .args = {&arg, 1}});
        });
        return result;
    };
    CHECK(emit_to(0) == EmitResult::queued);
    CHECK(emit_to(1) == EmitResult::dropped);
    const auto lucky = desk.connect(memory_of(*first).connect());
    const auto unlucky = desk.connect(memory_of(*second).connect());
    CHECK(desk.nsp.returns == std::vector{SocketReturn::complete, SocketReturn::behind});
    CHECK(events_of(*lucky).back() == R"(42["n",)" + many + "]");
    // What was kept is counted no more when its socket has ended.
    desk.hang_up(*lucky);
    desk.advance(5s);
    const auto third = desk.connect();
    desk.hang_up(*third);
    CHECK(emit_to(desk.nsp.sockets.size() - 1) == EmitResult::queued);
}
