#include <catch2/catch.hpp>

#include "border_fixture.hpp"
#include "loader/engineio_proxy.hpp"
#include "loader/socketio_proxy.hpp"

using namespace televisit;
using namespace televisit::loader;
using namespace televisit::loader::testing;

namespace {

/// A Socket.IO engine that remembers what it was asked for, and can be told to throw.
class FakeEngine final : public SocketIoServer {
  public:
    Result<void> open_namespace(std::vector<std::string> names, SocketNamespaceListener& added) override {
        opened = std::move(names);
        listener = &added;
        return {};
    }
    Result<void> on(std::string_view, std::string, SocketEventHandler&) override {
        return error(Errc::internal, "the host never registers worker handlers with an engine");
    }
    Result<void> on_loop(std::string_view, std::string event, SocketLoopEventHandler& added) override {
        events.push_back(std::move(event));
        handler = &added;
        return {};
    }
    Result<void> use(std::string_view, SocketMiddleware&) override {
        return error(Errc::internal, "the host never registers worker middleware with an engine");
    }
    Result<void> use_on_loop(std::string_view, SocketLoopMiddleware& added) override {
        middleware = &added;
        return {};
    }
    EmitResult emit(SocketKey, const Emission&) override {
        if (throws) throw std::runtime_error("engine fault");
        return EmitResult::sent;
    }
    EmitResult emit(std::span<const SocketKey>, const Emission&) override { return EmitResult::queued; }
    void emit_with_ack(SocketKey, const Emission&, std::chrono::milliseconds, AckCallback on_ack) override {
        on_ack(std::nullopt);
    }
    void join_room(SocketKey, std::string_view) override {}
    void leave_room(SocketKey, std::string_view) override {}
    void emit_to_room(std::string_view, std::string_view, const Emission&, std::optional<SocketKey>) override {}
    void disconnect(SocketKey, DisconnectMode) override {}
    std::size_t connected() const noexcept override { return 3; }

    std::vector<std::string> opened;
    std::vector<std::string> events;
    SocketNamespaceListener* listener = nullptr;
    SocketLoopEventHandler* handler = nullptr;
    SocketLoopMiddleware* middleware = nullptr;
    bool throws = false;
};

class Namespace final : public SocketNamespaceListener {
  public:
    Result<void> on_connecting(SocketKey, std::string_view, const SocketHandshake&) override {
        throw std::runtime_error("no");
    }
    void on_connected(SocketKey, std::string_view, LoopId, const SocketHandshake&) override { ++connected; }
    void on_disconnected(SocketKey, SocketClose) override {}
    void on_unknown_event(const SocketEvent&, std::unique_ptr<AckResponder>) override {}
    int connected = 0;
};

class Worker final : public SocketEventHandler {
  public:
    void on_event(const SocketEvent&, AckResponder*, const CallContext&) override {}
};
class OnLoop final : public SocketLoopEventHandler {
  public:
    void on_event(const SocketEvent&, std::unique_ptr<AckResponder>) override {}
};

struct Fixture : BorderFixture {
    explicit Fixture(bool loop = true) : BorderFixture(8, std::chrono::minutes(1), loop) {}
    FakeEngine engine;
    runtime::Guard engine_guard{"engine", logger, metrics};
    SocketIoProxy proxy{engine, engine_guard, border, timers};
};

}  // namespace

TEST_CASE("a namespace's listener is called behind the border") {
    Fixture f;
    Namespace listener;
    REQUIRE(f.proxy.open_namespace({"/", "/socket.io"}, listener));
    CHECK(f.engine.opened == std::vector<std::string>{"/", "/socket.io"});
    const std::vector<std::pair<std::string, std::string>> query;
    const std::vector<HttpHeader> headers;
    const SocketHandshake handshake{"/", "", query, headers, "::1"};
    f.engine.listener->on_connected({}, "sid", 0, handshake);
    CHECK(listener.connected == 1);
    const auto connecting = f.engine.listener->on_connecting({}, "sid", handshake);
    CHECK(connecting.error().code == Errc::internal);
    f.border.open = false;
    f.engine.listener->on_connected({}, "sid", 0, handshake);
    CHECK(listener.connected == 1);
}

TEST_CASE("worker handlers are registered as loop handlers of the host's own") {
    Fixture f(false);
    Worker worker;
    REQUIRE(f.proxy.on("/", "join", worker));
    CHECK(f.engine.events == std::vector<std::string>{"join"});
}

TEST_CASE("worker middleware is registered as loop middleware of the host's own") {
    struct Nobody final : SocketMiddleware {
        Result<void> on_connecting(SocketKey, std::string_view, const SocketHandshake&, const CallContext&) override {
            return error(Errc::forbidden, "No.");
        }
        bool wants_handshake() const override { return false; }
    } nobody;
    Fixture f(false);
    REQUIRE(f.proxy.use("/", nobody));
    REQUIRE(f.engine.middleware != nullptr);
    CHECK_FALSE(f.engine.middleware->wants_handshake());
}

TEST_CASE("without loop: true neither namespaces nor loop handlers nor engine endpoints are granted") {
    Fixture f(false);
    Namespace listener;
    OnLoop handler;
    CHECK(f.proxy.open_namespace({"/"}, listener).error().code == Errc::forbidden);
    CHECK(f.proxy.on_loop("/", "offer", handler).error().code == Errc::forbidden);
    struct Open final : SocketLoopMiddleware {
        void on_connecting(SocketKey, std::string_view, const SocketHandshake&,
                           std::unique_ptr<ConnectDecision> decision) override {
            decision->decide({});
        }
    } open;
    CHECK(f.proxy.use_on_loop("/", open).error().code == Errc::forbidden);
    CHECK(f.engine.middleware == nullptr);
    CHECK(f.engine.events.empty());
}

TEST_CASE("an engine that throws is contained under its own name") {
    Fixture f;
    CHECK(f.proxy.emit(SocketKey{1}, {}) == EmitResult::sent);
    f.engine.throws = true;
    CHECK(f.proxy.emit(SocketKey{1}, {}) == EmitResult::gone);
    REQUIRE(f.logger.lines().size() == 1);
    CHECK(f.logger.lines()[0].find("plugin_id=engine") != std::string::npos);
}

TEST_CASE("an acknowledgement's callback is guarded, and silent once the plugin is being stopped") {
    Fixture f;
    int called = 0;
    f.proxy.emit_with_ack({}, {}, std::chrono::seconds(1), [&](auto) { ++called; });
    CHECK(called == 1);
    f.proxy.emit_with_ack({}, {}, std::chrono::seconds(1), [](auto) { throw 1; });
    CHECK(f.logger.lines().at(0).find("plugin_id=sample") != std::string::npos);
    f.border.open = false;
    f.proxy.emit_with_ack({}, {}, std::chrono::seconds(1), [&](auto) { ++called; });
    CHECK(called == 1);
}

namespace {

class Listener final : public EngineListener {
  public:
    void on_open(EngineSession&) override {}
    void on_message(MessageKind, std::string_view) override { throw std::runtime_error("cannot read that"); }
    void on_closed(std::string_view) override {}
};
class Acceptor final : public EngineAcceptor {
  public:
    Result<std::unique_ptr<EngineListener>> accept(const HttpRequest&) override {
        return std::unique_ptr<EngineListener>(std::make_unique<Listener>());
    }
};
class FakeEngineIo final : public EngineIoServer {
  public:
    Result<void> serve(EngineEndpoint, EngineAcceptor& added) override {
        acceptor = &added;
        return {};
    }
    EngineAcceptor* acceptor = nullptr;
};
class Session final : public EngineSession {
  public:
    std::string_view id() const noexcept override { return "s"; }
    LoopId loop() const noexcept override { return 0; }
    SendResult send(MessageKind, std::span<const std::string_view>) override { return SendResult::sent; }
    void close(std::string_view reason) override { closed = reason; }
    std::string closed;
};

}  // namespace

TEST_CASE("an Engine.IO listener that throws loses its session, nobody else's") {
    BorderFixture f;
    FakeEngineIo engine;
    runtime::Guard engine_guard("engine", f.logger, f.metrics);
    EngineIoProxy proxy(engine, engine_guard, f.border);
    Acceptor acceptor;
    REQUIRE(proxy.serve({}, acceptor));
    auto listener = engine.acceptor->accept({});
    REQUIRE(listener);
    Session session;
    (*listener)->on_open(session);
    CHECK(session.closed.empty());
    (*listener)->on_message(MessageKind::text, "x");
    CHECK(session.closed == "plugin_fault");
    (*listener)->on_closed("plugin_fault");
}
