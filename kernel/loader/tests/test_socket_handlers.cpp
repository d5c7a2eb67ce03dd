#include <catch2/catch.hpp>

#include "border_fixture.hpp"
#include "loader/socket_handlers.hpp"

using namespace televisit;
using namespace televisit::loader;
using namespace televisit::loader::testing;

namespace {

/// What an engine gives with an event, and what became of it.
struct Wire {
    std::mutex mutex;
    std::condition_variable changed;
    bool held = false;                // guarded by mutex, as is the rest
    std::vector<std::string> acks{};  // first arguments

    bool wait_for(const std::function<bool()>& condition) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, std::chrono::seconds(30), condition);
    }
    bool wait_until_free() {
        return wait_for([this] { return !held; });
    }
    bool wait_for_ack() {
        return wait_for([this] { return !acks.empty(); });
    }
};

class Hold final : public StrandHold {
  public:
    explicit Hold(Wire& wire) : wire_(wire) { set(true); }
    ~Hold() override { set(false); }

  private:
    void set(bool held) {
        const std::lock_guard lock(wire_.mutex);
        wire_.held = held;
        wire_.changed.notify_all();
    }
    Wire& wire_;
};

class Strand final : public StrandSource {
  public:
    explicit Strand(Wire& wire) : wire_(wire) {}
    std::unique_ptr<StrandHold> hold() override { return std::make_unique<Hold>(wire_); }

  private:
    Wire& wire_;
};

class Ack final : public AckResponder {
  public:
    explicit Ack(Wire& wire) : wire_(wire) {}
    void respond(std::span<const std::string_view> args, std::span<const std::string_view>) override {
        const std::lock_guard lock(wire_.mutex);
        wire_.acks.emplace_back(args.empty() ? "" : args[0]);
        wire_.changed.notify_all();
    }

  private:
    Wire& wire_;
};

class Handler final : public SocketEventHandler {
  public:
    using Function = std::function<void(const SocketEvent&, AckResponder*)>;
    explicit Handler(Function f) : function(std::move(f)) {}
    void on_event(const SocketEvent& event, AckResponder* ack, const CallContext&) override { function(event, ack); }
    Function function;
};

void answer(AckResponder* ack, std::string_view text) {
    const std::string_view args[] = {text};
    ack->respond(args);
}

void send(SocketLoopEventHandler& handler, Wire& wire, bool with_ack = true) {
    std::string argument = "{\"a\":1}";
    const std::vector<std::string_view> args{argument};
    Strand strand(wire);
    handler.on_event({SocketKey{7}, "sid", "/", "join", args, {}, 0, &strand},
                     with_ack ? std::make_unique<Ack>(wire) : nullptr);
    argument.assign(argument.size(), 'X');  // the views are over
}

}  // namespace

TEST_CASE("a worker handler gets a copy of the event, with the strand held until it is back") {
    BorderFixture f;
    Wire wire;
    std::string seen;
    Handler handler([&](const SocketEvent& event, AckResponder* ack) {
        {
            const std::lock_guard lock(wire.mutex);
            CHECK(wire.held);
        }
        seen = std::string(event.name) + " " + std::string(event.args[0]) + " " + std::string(event.sid);
        answer(ack, "{\"ok\":true}");
    });
    WorkerSocketEvent adapter(handler, f.border, f.timers, "event join");
    send(adapter, wire);
    REQUIRE(wire.wait_until_free());
    CHECK(seen == "join {\"a\":1} sid");
    CHECK(wire.acks == std::vector<std::string>{"{\"ok\":true}"});
}

TEST_CASE("at the deadline the strand is freed and the ack answered; the handler's own answer is then dropped") {
    BorderFixture f(8, std::chrono::milliseconds(1));
    Wire wire;
    Event finished;
    Handler handler([&](const SocketEvent&, AckResponder* ack) {
        f.release.wait();
        answer(ack, "{\"ok\":true}");
        finished.set();
    });
    WorkerSocketEvent adapter(handler, f.border, f.timers, "event join");
    send(adapter, wire);
    REQUIRE(wire.wait_for_ack());
    REQUIRE(wire.wait_until_free());
    f.release.set();
    // The deadline may have passed before the worker began; then the handler is not called at all.
    CHECK(wire.acks.at(0).find("\"ok\":false") != std::string::npos);
    REQUIRE(f.pool.stop(patience_from_now()));
    CHECK(wire.acks.size() == 1);
}

TEST_CASE("a full pool answers unavailable at once, and holds nothing") {
    BorderFixture f(0);
    f.occupy();
    Wire wire;
    Handler handler([](const SocketEvent&, AckResponder*) {});
    WorkerSocketEvent adapter(handler, f.border, f.timers, "event join");
    send(adapter, wire);
    CHECK_FALSE(wire.held);
    REQUIRE(wire.acks.size() == 1);
    CHECK(wire.acks[0].find("\"code\":\"unavailable\"") != std::string::npos);
    f.release.set();
}

TEST_CASE("what a worker handler throws is answered internal, and counted") {
    BorderFixture f;
    Wire wire;
    Handler handler([](const SocketEvent&, AckResponder*) { throw 1; });
    WorkerSocketEvent adapter(handler, f.border, f.timers, "event join");
    send(adapter, wire);
    REQUIRE(wire.wait_for_ack());
    CHECK(wire.acks[0].find("\"code\":\"internal\"") != std::string::npos);
    REQUIRE(wire.wait_until_free());
    CHECK(f.logger.lines().size() == 1);
}

TEST_CASE("an event without an ack has none for its handler, and is freed all the same") {
    BorderFixture f;
    Wire wire;
    bool none = false;
    Handler handler([&](const SocketEvent&, AckResponder* ack) { none = ack == nullptr; });
    WorkerSocketEvent adapter(handler, f.border, f.timers, "event join");
    send(adapter, wire, false);
    REQUIRE(wire.wait_until_free());
    REQUIRE(f.pool.stop(patience_from_now()));
    CHECK(none);
    CHECK(wire.acks.empty());
}

TEST_CASE("a loop handler is charged to its plugin, and what it throws is contained") {
    class Throws final : public SocketLoopEventHandler {
      public:
        void on_event(const SocketEvent&, std::unique_ptr<AckResponder>) override { throw std::runtime_error("no"); }
    } handler;
    BorderFixture f;
    LoopSocketEvent adapter(handler, f.border, "event offer");
    Wire wire;
    send(adapter, wire);
    CHECK(f.frontend.charged == "sample");
    REQUIRE(f.logger.lines().size() == 1);
    CHECK(f.logger.lines()[0].find("call=event offer") != std::string::npos);
}
