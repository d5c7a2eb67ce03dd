#include "harness.hpp"

using namespace televisit;
using namespace televisit::socketio;
using namespace televisit::socketio::test;

namespace {

Emission event_of(std::string_view name, const std::string_view& arg) {
    return {.event = name, .args = {&arg, 1}};
}

const std::string_view kOne = "1";

}  // namespace

TEST_CASE("a client connects to a namespace and is told its id there") {
    Desk desk;
    const auto socket = desk.websocket();
    desk.send(*socket, R"(40{"token":"t"})");
    REQUIRE(desk.nsp.sids.size() == 1);
    CHECK(socket->sent.back().payload == "40{\"sid\":\"" + desk.nsp.sids[0] + "\"}");
    CHECK(desk.nsp.sids[0].size() == 20);
    CHECK(desk.nsp.auth == R"({"token":"t"})");
    CHECK(desk.nsp.origin == "https://clinic.example");
    CHECK(desk.nsp.remote == "192.0.2.7");
    CHECK(desk.server().connected() == 1);
}

TEST_CASE("one place under two names answers under the name that was asked") {
    Desk desk;
    const auto socket = desk.client(0, "40/socket.io,");
    desk.send(*socket, R"(42/socket.io,7["message",1])");
    CHECK(desk.handler.events == std::vector<std::string>{"message 1"});
    CHECK(desk.handler.nsps == std::vector<std::string>{"/socket.io"});
    desk.host.event_loops.on(0, [&] {
        desk.handler.acks.at(0)->respond({&kOne, 1});
        desk.server().emit(desk.nsp.sockets.at(0), event_of("news", kOne));
    });
    CHECK(texts(*socket) == std::vector<std::string>{"43/socket.io,7[1]", R"(42/socket.io,["news",1])"});
}

TEST_CASE("each namespace of a client has its own socket and id") {
    Desk desk;
    RecordingNamespace other;
    REQUIRE(desk.server().open_namespace({"/custom"}, other).ok());
    const auto socket = desk.client();
    desk.send(*socket, "40/custom,");
    REQUIRE(other.sids.size() == 1);
    CHECK(other.sids[0] != desk.nsp.sids[0]);
    CHECK(desk.server().connected() == 2);
    desk.send(*socket, "41/custom,");
    CHECK(other.closes == std::vector<SocketClose>{SocketClose::client_disconnect});
    desk.send(*socket, R"(42["message"])");
    CHECK(desk.handler.events.size() == 1);
    CHECK_FALSE(socket->closed);
}

TEST_CASE("a namespace that is connected late hears of the handshake, too") {
    auto config = small_config();
    config.set("connect_timeout", 100ms);
    Desk desk(config);
    RecordingNamespace late;
    REQUIRE(desk.server().open_namespace({"/late"}, late).ok());
    const auto socket = desk.client();
    desk.advance(200ms);
    desk.send(*socket, "40/late,");
    CHECK(late.origin == "https://clinic.example");
    CHECK(late.remote == "192.0.2.7");
}

TEST_CASE("of a handshake that no namespace wants only the address is told") {
    Harness server;
    RecordingNamespace nsp;
    nsp.wants = false;
    REQUIRE(server.server().open_namespace({"/"}, nsp).ok());
    const auto socket = server.client();
    CHECK(nsp.sids.size() == 1);
    CHECK(nsp.origin.empty());
    CHECK(nsp.remote == "192.0.2.7");
    server.shut();
}

TEST_CASE("an unknown namespace is a CONNECT_ERROR, and costs nothing else") {
    Desk desk;
    const auto socket = desk.client();
    desk.send(*socket, "40/random,");
    CHECK(texts(*socket) == std::vector<std::string>{R"(44/random,{"message":"Invalid namespace"})"});
    desk.send(*socket, R"(42["message"])");
    CHECK(desk.handler.events.size() == 1);
}

TEST_CASE("a namespace may refuse a client with a reason") {
    Desk desk;
    desk.nsp.refusal = error(Errc::forbidden, "no_entry", "Not \"you\".");
    const auto socket = desk.client();
    desk.send(*socket, "40");
    CHECK(socket->sent.back().payload == R"(44{"message":"Not \"you\".","data":{"code":"no_entry"}})");
    CHECK(desk.nsp.sockets.empty());
    desk.advance(1100ms);
    CHECK(socket->closed);
    CHECK(desk.nsp.closes.empty());
}

TEST_CASE("a client that connects to no namespace in time is closed") {
    Desk desk;
    const auto silent = desk.websocket();
    const auto client = desk.client();
    for (int i = 0; i < 4; ++i) {
        desk.advance(320ms);
        if (!silent->closed) desk.send(*silent, "3");
        desk.send(*client, "3");
    }
    CHECK(silent->closed);
    CHECK_FALSE(client->closed);
}

TEST_CASE("a client may have so many namespaces and no more") {
    Desk desk;
    RecordingNamespace other;
    REQUIRE(desk.server().open_namespace({"/a", "/b", "/c"}, other).ok());
    const auto socket = desk.client();
    desk.send(*socket, "40/a,");
    desk.send(*socket, "40/b,");
    desk.send(*socket, "40/c,");
    CHECK(socket->sent.back().payload ==
          R"(44/c,{"message":"Too many namespaces","data":{"code":"too_many_namespaces"}})");
}

TEST_CASE("events reach their handler with the bytes that came") {
    Desk desk;
    const auto socket = desk.client();
    desk.send(*socket, R"(42["message", 1 ,"2",{"3":[true, null]}])");
    CHECK(desk.handler.events == std::vector<std::string>{R"(message 1 "2" {"3":[true, null]})"});
    CHECK(desk.handler.acks.empty());
}

TEST_CASE("an event that nobody registered for goes to the namespace") {
    Desk desk;
    const auto socket = desk.client();
    desk.send(*socket, R"(424["other"])");
    CHECK(desk.nsp.unknown == std::vector<std::string>{"other"});
    CHECK(desk.nsp.acks.size() == 1);
}

TEST_CASE("binary events come with their attachments, and go out with theirs") {
    Desk desk;
    const auto socket = desk.client();
    desk.send(*socket, R"(452-["message",{"_placeholder":true,"num":1},{"a":{"_placeholder":true,"num":0}}])");
    CHECK(desk.handler.events.empty());
    desk.send_binary(*socket, "\x01");
    desk.send_binary(*socket, "\x02\x03");
    CHECK(desk.handler.events ==
          std::vector<std::string>{
              "message {\"_placeholder\":true,\"num\":1} {\"a\":{\"_placeholder\":true,\"num\":0}} <\x01> <\x02\x03>"});
    const std::string_view arg = R"({"_placeholder":true,"num":0})";
    const std::string_view bytes = "\x07";
    desk.host.event_loops.on(0, [&] {
        desk.server().emit(desk.nsp.sockets[0], {.event = "back", .args = {&arg, 1}, .attachments = {&bytes, 1}});
    });
    CHECK(texts(*socket) == std::vector<std::string>{R"(451-["back",{"_placeholder":true,"num":0}])", "<\x07>"});
}

TEST_CASE("an acknowledgement is answered once, from the loop or from elsewhere, binary or not") {
    Desk desk;
    const auto socket = desk.client();
    desk.send(*socket, R"(4212["message"])");
    desk.send(*socket, R"(4213["message"])");
    const std::string_view args[] = {"1", R"({"_placeholder":true,"num":0})"};
    const std::string_view bytes = "\x07";
    desk.handler.acks.at(0)->respond({&kOne, 1});
    desk.handler.acks.at(0)->respond({&kOne, 1});
    desk.host.event_loops.run_ready();
    desk.host.event_loops.on(0, [&] { desk.handler.acks.at(1)->respond(args, {&bytes, 1}); });
    CHECK(texts(*socket) ==
          std::vector<std::string>{"4312[1]", R"(461-13[1,{"_placeholder":true,"num":0}])", "<\x07>"});
}

TEST_CASE("an acknowledgement may be answered after the client, or the plugin, has gone") {
    Desk desk;
    const auto socket = desk.client();
    desk.send(*socket, R"(421["message"])");
    desk.send(*socket, R"(422["message"])");
    desk.hang_up(*socket);
    desk.handler.acks.at(0)->respond({&kOne, 1});
    desk.host.event_loops.run_ready();
    desk.shut();
    desk.handler.acks.at(1)->respond({&kOne, 1});
    desk.host.event_loops.run_ready();
}

TEST_CASE("malformed packets close the client and nobody else") {
    for (const std::string_view bad : {"4",
                                       "4abc",
                                       "42",
                                       "42{}",
                                       "42[]",
                                       "42[{}]",
                                       R"(42["message")",
                                       R"(42["message"]x)",
                                       R"(42["connect"])",
                                       R"(42["message",01])",
                                       R"(42abc["message"])",
                                       R"(42/none,["message"])",
                                       "40",
                                       "44{}",
                                       "43{}",
                                       R"(450-["message"])",
                                       R"(451-["message"])",
                                       R"(459-["message"])",
                                       R"(451-["message",{"_placeholder":true,"num":1}])",
                                       "40{",
                                       R"(40"x")",
                                       "41{}",
                                       "42[\"\xC3\x28\"]"}) {
        INFO(bad);
        Desk desk;
        const auto bystander = desk.client();
        const auto socket = desk.client();
        desk.send(*socket, bad);
        REQUIRE(socket->closed);
        CHECK(socket->closed->code == 1002);
        CHECK_FALSE(bystander->closed);
        CHECK(desk.handler.events.empty());
        CHECK(desk.nsp.closes == std::vector<SocketClose>{SocketClose::transport_close});
    }
}

TEST_CASE("acknowledgements that nobody asked for are ignored") {
    Desk desk;
    const auto socket = desk.client();
    for (const std::string_view ack : {"43", "43[]", "431", "431[1]"}) desk.send(*socket, ack);
    CHECK_FALSE(socket->closed);
}

TEST_CASE("text between the parts of a binary packet, and bytes out of place, close the client") {
    Desk desk;
    const auto first = desk.client();
    desk.send(*first, R"(451-["message",{"_placeholder":true,"num":0}])");
    desk.send(*first, R"(42["message"])");
    CHECK(first->closed);
    const auto second = desk.client();
    desk.send_binary(*second, "\x01");
    CHECK(second->closed);
    const auto third = desk.client();
    desk.send(*third, R"(451-["message",{"_placeholder":true,"num":0}])");
    desk.send_binary(*third, std::string(2000, 'x'));
    CHECK(third->closed);
    CHECK(desk.handler.events.empty());
}

TEST_CASE("an event before its namespace is connected closes the client") {
    Desk desk;
    const auto socket = desk.websocket();
    desk.send(*socket, R"(42["message"])");
    CHECK(socket->closed);
}

TEST_CASE("while one event is held, later ones wait in order, and so does the farewell") {
    Desk desk;
    const auto socket = desk.client();
    desk.handler.holds_next = true;
    desk.send(*socket, R"(42["message",1])");
    desk.handler.holds_next = false;
    desk.send(*socket, R"(42["message",2])");
    desk.send(*socket, R"(42["message",3])");
    desk.send(*socket, "41");
    CHECK(desk.handler.events == std::vector<std::string>{"message 1"});
    CHECK(desk.nsp.closes.empty());
    desk.handler.holds.clear();
    CHECK(desk.handler.events.size() == 1);
    desk.host.event_loops.run_ready();
    CHECK(desk.handler.events == std::vector<std::string>{"message 1", "message 2", "message 3"});
    CHECK(desk.nsp.closes == std::vector<SocketClose>{SocketClose::client_disconnect});
}

TEST_CASE("an event among those that waited may hold the rest again") {
    Desk desk;
    const auto socket = desk.client();
    desk.handler.holds_next = true;
    desk.send(*socket, R"(42["message",1])");
    desk.send(*socket, R"(42["message",2])");
    desk.send(*socket, R"(42["message",3])");
    desk.handler.holds.erase(desk.handler.holds.begin());
    desk.host.event_loops.run_ready();
    CHECK(desk.handler.events.size() == 2);
    desk.handler.holds_next = false;
    desk.handler.holds.clear();
    desk.host.event_loops.run_ready();
    CHECK(desk.handler.events.size() == 3);
}

TEST_CASE("too many events behind one that is held close the client") {
    Desk desk;
    const auto socket = desk.client();
    desk.handler.holds_next = true;
    desk.send(*socket, R"(42["message",0])");
    for (int i = 0; i < 3; ++i) desk.send(*socket, R"(42["message",1])");
    CHECK_FALSE(socket->closed);
    desk.send(*socket, R"(42["message",1])");
    CHECK(socket->closed);
    CHECK(desk.nsp.closes.size() == 1);
    desk.handler.holds.clear();
    desk.host.event_loops.run_ready();
    CHECK(desk.handler.events.size() == 1);
}

TEST_CASE("a farewell that still waits when the connection goes is a farewell") {
    Desk desk;
    const auto socket = desk.client();
    desk.handler.holds_next = true;
    desk.send(*socket, R"(42["message",0])");
    desk.send(*socket, "41");
    desk.hang_up(*socket);
    CHECK(desk.nsp.closes == std::vector<SocketClose>{SocketClose::client_disconnect});
}

TEST_CASE("a worker handler runs with the strand held, and its answer arrives") {
    struct Worker final : SocketEventHandler {
        void on_event(const SocketEvent& event, AckResponder* ack, const CallContext&) override {
            events.emplace_back(event.args.front());
            if (ack != nullptr) ack->respond(event.args);
        }
        std::vector<std::string> events;
    } worker;
    Desk desk;
    REQUIRE(desk.server().on("/", "slow", worker).ok());
    const auto socket = desk.client();
    desk.send(*socket, R"(421["slow","a"])");
    desk.send(*socket, R"(42["message"])");
    CHECK(worker.events.empty());
    CHECK(desk.handler.events.empty());
    desk.host.manual_executor.run_ready();
    desk.host.event_loops.run_ready();
    CHECK(worker.events == std::vector<std::string>{R"("a")"});
    CHECK(desk.handler.events.size() == 1);
    CHECK(texts(*socket) == std::vector<std::string>{R"(431["a"])"});
    desk.host.manual_executor.refuse(true);
    desk.send(*socket, R"(422["slow","b"])");
    desk.host.event_loops.run_ready();
    CHECK(socket->sent.back().payload.starts_with(R"(432[{"ok":false,"code":"unavailable")"));
    desk.send(*socket, R"(42["message"])");
    CHECK(desk.handler.events.size() == 2);
}

TEST_CASE("emit says what became of it, and crosses loops") {
    Desk desk(small_config(), 2);
    const auto near = desk.client(0);
    const auto far = desk.client(1);
    const auto gone = desk.client(0);
    desk.hang_up(*gone);
    const auto& keys = desk.nsp.sockets;
    EmitResult result{};
    desk.host.event_loops.on(0, [&] { result = desk.server().emit(keys[0], event_of("news", kOne)); });
    CHECK(result == EmitResult::sent);
    desk.host.event_loops.on(0, [&] { result = desk.server().emit(keys[1], event_of("news", kOne)); });
    CHECK(result == EmitResult::queued);
    desk.host.event_loops.on(0, [&] { result = desk.server().emit(keys[2], event_of("news", kOne)); });
    CHECK(result == EmitResult::gone);
    CHECK(desk.server().emit(keys, event_of("all", kOne)) == EmitResult::queued);
    desk.host.event_loops.run_ready();
    CHECK(texts(*near) == std::vector<std::string>{R"(42["news",1])", R"(42["all",1])"});
    CHECK(texts(*far) == std::vector<std::string>{R"(42["news",1])", R"(42["all",1])"});
    CHECK(desk.server().emit(SocketKey{~std::uint64_t{0}}, event_of("news", kOne)) == EmitResult::gone);
}

TEST_CASE("a key is never that of another socket") {
    Desk desk;
    for (int i = 0; i < 10; ++i) {
        const auto socket = desk.client();
        desk.hang_up(*socket);
    }
    auto keys = desk.nsp.sockets;
    std::sort(keys.begin(), keys.end(), [](SocketKey a, SocketKey b) { return a.value < b.value; });
    CHECK(std::unique(keys.begin(), keys.end()) == keys.end());
}

TEST_CASE("the server may ask for an acknowledgement, and hears it, or that none came") {
    Desk desk;
    const auto socket = desk.client();
    std::vector<std::string> heard;
    const auto listen = [&](std::string name) {
        return [&heard, name](std::optional<SocketAck> answer) {
            heard.push_back(name + (answer ? " " + (answer->args.empty() ? "-" : answer->args.front()) : " nothing"));
        };
    };
    desk.host.event_loops.on(0, [&] {
        desk.server().emit_with_ack(desk.nsp.sockets[0], event_of("q", kOne), 100ms, listen("first"));
        desk.server().emit_with_ack(desk.nsp.sockets[0], event_of("q", kOne), 100ms, listen("second"));
    });
    desk.server().emit_with_ack(desk.nsp.sockets[0], event_of("q", kOne), 10s, listen("third"));
    desk.host.event_loops.run_ready();
    CHECK(texts(*socket) == std::vector<std::string>{R"(420["q",1])", R"(421["q",1])", R"(422["q",1])"});
    desk.send(*socket, R"(430["yes"])");
    desk.send(*socket, R"(430["again"])");
    desk.send(*socket, R"(4399["never asked"])");
    desk.advance(200ms);
    CHECK(heard == std::vector<std::string>{R"(first "yes")", "second nothing"});
    desk.hang_up(*socket);
    CHECK(heard.back() == "third nothing");
    desk.host.event_loops.on(
        0, [&] { desk.server().emit_with_ack(desk.nsp.sockets[0], event_of("q", kOne), 1s, listen("fourth")); });
    CHECK(heard.back() == "fourth nothing");
}

TEST_CASE("what a client attaches to its acknowledgement comes with it") {
    Desk desk;
    const auto socket = desk.client();
    std::optional<SocketAck> answer;
    desk.host.event_loops.on(0, [&] {
        desk.server().emit_with_ack(desk.nsp.sockets[0], event_of("q", kOne), 1s,
                                    [&](auto given) { answer = std::move(given); });
    });
    desk.send(*socket, R"(462-0[{"_placeholder":true,"num":1},{"a":{"_placeholder":true,"num":0}}])");
    CHECK_FALSE(answer);
    desk.send_binary(*socket, "first");
    desk.send_binary(*socket, "second");
    REQUIRE(answer);
    CHECK(answer->args ==
          std::vector<std::string>{R"({"_placeholder":true,"num":1})", R"({"a":{"_placeholder":true,"num":0}})"});
    CHECK(answer->attachments == std::vector<std::string>{"first", "second"});
}

TEST_CASE("more open questions to one client than allowed are answered with nothing") {
    Desk desk;
    const auto socket = desk.client();
    int nothing = 0;
    desk.host.event_loops.on(0, [&] {
        for (int i = 0; i < 6; ++i)
            desk.server().emit_with_ack(desk.nsp.sockets[0], event_of("q", kOne), 1s,
                                        [&](const auto& answer) { nothing += !answer; });
    });
    CHECK(nothing == 2);
    CHECK(socket->sent.size() == 4);
}

TEST_CASE("rooms reach their members on every loop, but for the one excepted") {
    Desk desk(small_config(), 2);
    const auto a = desk.client(0);
    const auto b = desk.client(1);
    const auto c = desk.client(1);
    const auto keys = desk.nsp.sockets;
    desk.host.event_loops.on(0, [&] {
        for (const auto key : keys) desk.server().join_room(key, "ward");
        desk.server().join_room(keys[0], "ward");
    });
    desk.host.event_loops.on(1, [&] { desk.server().emit_to_room("/", "ward", event_of("all", kOne), keys[1]); });
    CHECK(texts(*a) == std::vector<std::string>{R"(42["all",1])"});
    CHECK(b->sent.empty());
    CHECK(c->sent.size() == 1);
    desk.server().leave_room(keys[2], "ward");
    desk.host.event_loops.run_ready();
    desk.hang_up(*b);
    desk.server().emit_to_room("/", "ward", event_of("again", kOne));
    desk.server().emit_to_room("/none", "ward", event_of("again", kOne));
    desk.host.event_loops.run_ready();
    CHECK(a->sent.size() == 2);
    CHECK(c->sent.size() == 1);
}

TEST_CASE("a server's DISCONNECT ends one namespace, and the engine with the last") {
    Desk desk;
    RecordingNamespace other;
    REQUIRE(desk.server().open_namespace({"/custom"}, other).ok());
    const auto socket = desk.client();
    desk.send(*socket, "40/custom,");
    socket->sent.clear();
    desk.host.event_loops.on(0, [&] {
        desk.server().disconnect(other.sockets[0], DisconnectMode::namespace_only);
        CHECK(other.closes.empty());
    });
    CHECK(texts(*socket) == std::vector<std::string>{"41/custom,"});
    CHECK(other.closes == std::vector<SocketClose>{SocketClose::server_disconnect});
    desk.send(*socket, R"(42/custom,["on its way"])");
    CHECK_FALSE(socket->closed);
    desk.server().disconnect(desk.nsp.sockets[0], DisconnectMode::namespace_only);
    desk.host.event_loops.run_ready();
    CHECK(socket->sent.back().payload == "41");
    CHECK(socket->closed->code == 1000);
    CHECK(desk.nsp.closes == std::vector<SocketClose>{SocketClose::server_disconnect});
}

TEST_CASE("an engine may be closed without a DISCONNECT, from within a handler too") {
    Desk desk;
    const auto socket = desk.client();
    desk.handler.then = [&](const SocketEvent& event) {
        desk.server().disconnect(event.socket, DisconnectMode::engine);
    };
    desk.send(*socket, R"(42["message"])");
    CHECK(socket->sent.empty());
    CHECK(socket->closed);
    CHECK(desk.nsp.closes == std::vector<SocketClose>{SocketClose::server_disconnect});
    CHECK(desk.server().connected() == 0);
}

TEST_CASE("a client that has left its last namespace has a moment to connect another") {
    Desk desk;
    const auto leaver = desk.client();
    const auto changer = desk.client();
    desk.send(*leaver, "41");
    desk.send(*changer, "41");
    desk.send(*changer, "40/socket.io,");
    for (int i = 0; i < 5; ++i) {
        desk.advance(320ms);
        if (!leaver->closed) desk.send(*leaver, "3");
        desk.send(*changer, "3");
    }
    CHECK(leaver->closed);
    CHECK_FALSE(changer->closed);
}

TEST_CASE("why a connection ended is told") {
    Desk desk;
    const auto lost = desk.client();
    const auto silent = desk.client();
    desk.hang_up(*lost);
    desk.advance(600ms);
    CHECK(silent->closed);
    CHECK(desk.nsp.closes == std::vector<SocketClose>{SocketClose::transport_close, SocketClose::ping_timeout});
    const auto stopped = desk.client();
    desk.shut();
    CHECK(desk.nsp.closes.back() == SocketClose::shutdown);
}

TEST_CASE("the same packets travel over long-polling") {
    Desk desk;
    const std::string sid = desk.open_polling();
    CHECK(desk.post(sid, "40")->body() == "ok");
    CHECK(desk.poll(sid)->body() == "40{\"sid\":\"" + desk.nsp.sids.at(0) + "\"}");
    const auto poll = desk.poll(sid);
    desk.post(sid,
              "451-[\"message\",{\"_placeholder\":true,\"num\":0}]\x1e"
              "bAQ==\x1e"
              "423[\"message\",2]");
    CHECK(desk.handler.events ==
          std::vector<std::string>{"message {\"_placeholder\":true,\"num\":0} <\x01>", "message 2"});
    desk.host.event_loops.on(0, [&] {
        desk.handler.acks.at(0)->respond({&kOne, 1});
        desk.server().emit(desk.nsp.sockets[0], event_of("news", kOne));
    });
    CHECK(poll->body() ==
          "433[1]\x1e"
          "42[\"news\",1]");
    CHECK(desk.post(sid, R"(42["message")")->body() == "ok");
    CHECK(desk.nsp.closes.empty());
    CHECK(desk.poll(sid)->body() == "1");
    CHECK(desk.nsp.closes == std::vector<SocketClose>{SocketClose::transport_close});
}

TEST_CASE("namespaces and events are registered once, by good names") {
    Desk desk;
    RecordingNamespace other;
    RecordingHandler handler;
    CHECK(desk.server().open_namespace({"/x", "/"}, other).error().code == Errc::conflict);
    CHECK(desk.server().open_namespace({}, other).error().code == Errc::invalid);
    CHECK(desk.server().open_namespace({"x"}, other).error().code == Errc::invalid);
    CHECK(desk.server().on_loop("/", "message", handler).error().code == Errc::conflict);
    CHECK(desk.server().on_loop("/socket.io", "message", handler).error().code == Errc::conflict);
    CHECK(desk.server().on_loop("/none", "message", handler).error().code == Errc::not_found);
    CHECK(desk.server().on_loop("/", "disconnect", handler).error().code == Errc::invalid);
}

TEST_CASE("what happens is counted") {
    Desk desk;
    const auto socket = desk.client();
    desk.send(*socket, R"(42["message"])");
    desk.send(*socket, "4abc");
    const auto value = [&](std::string_view name, const MetricLabels& labels = {}) {
        for (const auto& family : desk.host.registry.collect())
            if (family.name == name)
                for (const auto& sample : family.samples)
                    if (sample.labels == labels) return sample.value;
        return -1.0;
    };
    CHECK(value("televisit_engineio_opened_total", {{"transport", "websocket"}}) == 1);
    CHECK(value("televisit_engineio_sessions") == 0);
    CHECK(value("televisit_engineio_closed_total", {{"cause", "parse_error"}}) == 1);
    CHECK(value("televisit_socketio_events_total", {{"direction", "in"}}) == 1);
    CHECK(value("televisit_socketio_malformed_total") == 1);
    CHECK(value("televisit_socketio_sockets") == 0);
}
