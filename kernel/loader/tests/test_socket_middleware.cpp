#include "loader/socket_middleware.hpp"

#include <catch2/catch.hpp>

#include "border_fixture.hpp"

using namespace televisit;
using namespace televisit::loader;
using namespace televisit::loader::testing;

namespace {

/// What an engine hears of one client.
struct Verdicts {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> heard;  // guarded by mutex: "ok" or the code

    std::string wait() {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, std::chrono::seconds(30), [this] { return !heard.empty(); });
        return heard.empty() ? "none" : heard.front();
    }
};

/// As an engine's: made once, and refuses when it is destroyed before.
class Decision final : public ConnectDecision {
  public:
    explicit Decision(Verdicts& verdicts) : verdicts_(verdicts) {}
    ~Decision() override {
        if (!decided_) decide(error(Errc::unavailable, ""));
    }
    void decide(Result<void> verdict) override {
        decided_ = true;
        const std::lock_guard lock(verdicts_.mutex);
        verdicts_.heard.emplace_back(verdict ? "ok" : to_string(verdict.error().code));
        verdicts_.changed.notify_all();
    }

  private:
    Verdicts& verdicts_;
    bool decided_ = false;
};

struct Middleware final : SocketMiddleware {
    using Function = std::function<Result<void>(const SocketHandshake&)>;
    explicit Middleware(Function f) : function(std::move(f)) {}
    Result<void> on_connecting(SocketKey, std::string_view, const SocketHandshake& handshake,
                               const CallContext&) override {
        return function(handshake);
    }
    Function function;
};

void connect(SocketLoopMiddleware& adapter, Verdicts& verdicts) {
    std::string auth = R"({"a":1})";
    const std::vector<std::pair<std::string, std::string>> query{{"EIO", "4"}};
    const std::vector<HttpHeader> headers{{"Origin", "https://clinic.example"}};
    adapter.on_connecting(SocketKey{7}, "sid", {"/", auth, query, headers, "::1"},
                          std::make_unique<Decision>(verdicts));
    auth.assign(auth.size(), 'X');  // the views are over
}

}  // namespace

TEST_CASE("worker middleware gets a copy of the handshake, and its verdict reaches the engine") {
    BorderFixture f;
    Verdicts verdicts;
    std::string seen;
    Middleware middleware([&](const SocketHandshake& handshake) {
        seen = std::string(handshake.auth) + " " + handshake.headers.at(0).value + " " + handshake.query.at(0).second +
               " " + std::string(handshake.remote_address);
        return error(Errc::forbidden, "No.");
    });
    WorkerSocketMiddleware adapter(middleware, f.border, f.timers);
    connect(adapter, verdicts);
    CHECK(verdicts.wait() == "forbidden");
    CHECK(seen == R"({"a":1} https://clinic.example 4 ::1)");
}

TEST_CASE("at the deadline a client is refused, and a later verdict is dropped") {
    BorderFixture f(8, std::chrono::milliseconds(1));
    Verdicts verdicts;
    Middleware middleware([&](const SocketHandshake&) {
        f.release.wait();
        return Result<void>();
    });
    WorkerSocketMiddleware adapter(middleware, f.border, f.timers);
    connect(adapter, verdicts);
    // When the deadline has passed before the worker began, nobody is asked at all.
    const std::string verdict = verdicts.wait();
    CHECK((verdict == "timeout" || verdict == "unavailable"));
    f.release.set();
    REQUIRE(f.pool.stop(patience_from_now()));
    CHECK(verdicts.heard.size() == 1);
}

TEST_CASE("with a full pool a client is refused at once") {
    BorderFixture f(0);
    f.occupy();
    Verdicts verdicts;
    Middleware middleware([](const SocketHandshake&) { return Result<void>(); });
    WorkerSocketMiddleware adapter(middleware, f.border, f.timers);
    connect(adapter, verdicts);
    CHECK(verdicts.heard == std::vector<std::string>{"unavailable"});
    f.release.set();
}

TEST_CASE("middleware that throws lets nobody in, and is counted") {
    BorderFixture f;
    Verdicts verdicts;
    Middleware middleware([](const SocketHandshake&) -> Result<void> { throw 1; });
    WorkerSocketMiddleware adapter(middleware, f.border, f.timers);
    connect(adapter, verdicts);
    CHECK(verdicts.wait() == "internal");
    CHECK(f.logger.lines().size() == 1);
}

TEST_CASE("middleware is not asked any more once its plugin is being stopped, and nobody gets by") {
    BorderFixture f;
    f.border.open = false;
    Verdicts verdicts;
    Middleware middleware([](const SocketHandshake&) { return Result<void>(); });
    WorkerSocketMiddleware adapter(middleware, f.border, f.timers);
    connect(adapter, verdicts);
    CHECK(verdicts.heard == std::vector<std::string>{"unavailable"});
}

TEST_CASE("loop middleware that throws refuses, and is charged to its plugin") {
    struct Throws final : SocketLoopMiddleware {
        void on_connecting(SocketKey, std::string_view, const SocketHandshake&,
                           std::unique_ptr<ConnectDecision>) override {
            throw std::runtime_error("no");
        }
        void on_gone(SocketKey) override { throw std::runtime_error("no"); }
    } middleware;
    BorderFixture f;
    GuardedSocketMiddleware adapter(middleware, f.border);
    Verdicts verdicts;
    connect(adapter, verdicts);
    CHECK(verdicts.heard == std::vector<std::string>{"unavailable"});
    adapter.on_gone(SocketKey{7});
    CHECK(f.logger.lines().size() == 2);
    f.border.open = false;
    adapter.on_gone(SocketKey{7});
    CHECK(f.logger.lines().size() == 2);
}
