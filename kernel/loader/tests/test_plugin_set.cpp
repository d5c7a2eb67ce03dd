#include <catch2/catch.hpp>

#include "fake_frontend.hpp"
#include "loader/plugin_set.hpp"
#include "plan_fixture.hpp"
#include "runtime/openssl_secrets.hpp"
#include "runtime/system_clock.hpp"
#include "waiting.hpp"

using namespace televisit;
using namespace televisit::loader;
using namespace televisit::loader::testing;
using runtime::testing::patience_from_now;

namespace {

class Board final : public StatusSource {
  public:
    ServerStatus status() const override { return {}; }
    void set_component(const std::string& id, const std::string&, const std::string& state,
                       const std::string&) override {
        const std::lock_guard lock(mutex_);
        history_ += id + ":" + state + " ";
    }
    std::string history() const {
        const std::lock_guard lock(mutex_);
        return history_;
    }

  private:
    mutable std::mutex mutex_;
    std::string history_;  // guarded by mutex_
};

/// A server without a transport, and what its plugins told of themselves. Never destroyed where a plugin hangs.
struct Fixture {
    explicit Fixture(const std::string& yaml, Deadlines deadlines = {}) {
        PluginPlan plan = plan_of(yaml);
        REQUIRE(config::to_text(plan.problems) == "");
        set = std::make_unique<PluginSet>(
            std::move(plan), KernelServices{clock, secrets, *log, metrics, timers, events, frontend, board}, slot,
            deadlines);
    }
    ~Fixture() {
        set->end_workers(std::chrono::seconds(30));
        set.reset();
        timers.stop();
    }

    runtime::SystemClock clock;
    runtime::OpensslSecrets secrets;
    std::unique_ptr<runtime::LogSink> log = std::move(*runtime::LogSink::open("/dev/null", LogLevel::debug, 1000));
    runtime::MetricStore metrics;
    runtime::TimerThread timers;
    runtime::MemoryEventBus events{metrics};
    FakeFrontend frontend;
    Board board;
    ConsultationsSlot slot;
    std::unique_ptr<PluginSet> set;
};

const std::string kTwo =
    "plugins:\n"
    "  - {id: user, use: sample-user}\n"
    "  - {id: auth, use: sample-provider}\n"
    "roles: {authenticator: auth}\n";

std::string with_behaviour(const std::string& behaviour) {
    return "plugins: [{id: first, use: sample-user}, {id: second, use: sample-user, config: {behaviour: " + behaviour +
           "}}]\n";
}

}  // namespace

TEST_CASE("plugins start in order, use each other through proxies, serve, and stop in reverse") {
    Fixture f(kTwo);
    REQUIRE(f.set->create().empty());
    REQUIRE(f.set->start({}));
    CHECK(f.board.history() == "auth:starting user:starting auth:running user:running ");

    auto answer = std::make_shared<FakeResponder::Answer>();
    f.frontend.handler("/sample")->handle({}, std::make_unique<FakeResponder>(answer));
    CHECK(answer->wait().body == "hello");

    f.set->drain();
    REQUIRE(f.set->stop());
    CHECK(f.frontend.handler("/sample") == nullptr);
    CHECK(f.board.history().ends_with("user:stopping auth:stopping "));
}

TEST_CASE("the domain starts after its providers and before its users, and stops in between") {
    Fixture f(kTwo);
    REQUIRE(f.set->create().empty());
    std::string seen;
    REQUIRE(f.set->start({[&](const ProviderTable& ports, const CallContext&) -> Result<void> {
                              CHECK(ports.authenticator != nullptr);
                              seen = "started";
                              return {};
                          },
                          [&](const CallContext&) { seen = "stopped"; }}));
    CHECK(seen == "started");
    REQUIRE(f.set->stop());
    CHECK(seen == "stopped");
}

TEST_CASE("a plugin that throws when it is made is named, with what it threw") {
    Fixture f(with_behaviour("throws_in_create"));
    const auto faults = f.set->create();
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].plugin == "second");
    CHECK(faults[0].text ==
          "plugin 'second' (sample-user) cannot be created: plugin second threw in create: thrown in create");
}

TEST_CASE("a plugin that cannot start is named, and those that had started are stopped") {
    const auto [behaviour, text] = GENERATE(table<std::string, std::string>({
        {"fails_in_start", "plugin 'second' (sample-user) cannot start: its database is away"},
        {"throws_in_start",
         "plugin 'second' (sample-user) cannot start: plugin second threw in start: thrown in start"},
    }));
    Fixture f(with_behaviour(behaviour));
    REQUIRE(f.set->create().empty());
    const auto started = f.set->start({});
    REQUIRE_FALSE(started);
    CHECK(started.error().message == text);
    CHECK_FALSE(f.set->fault().hung);
    CHECK(f.board.history().ends_with("second:failed first:stopping "));
}

TEST_CASE("a port that the manifest does not name cannot be used, nor any before start") {
    Fixture undeclared(with_behaviour("undeclared_port"));
    REQUIRE(undeclared.set->create().empty());
    const auto started = undeclared.set->start({});
    REQUIRE_FALSE(started);
    CHECK(started.error().message.find("without naming it under `requires` or `optional`") != std::string::npos);

    Fixture early(with_behaviour("too_early"));
    const auto faults = early.set->create();
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].text.find("before its start()") != std::string::npos);
}

TEST_CASE("a plugin that hangs when it starts is named at its deadline") {
    // The thread that hangs uses it for ever.
    auto* const f = new Fixture(with_behaviour("hangs_in_start"), {.start = std::chrono::milliseconds(200)});
    REQUIRE(f->set->create().empty());
    const auto started = f->set->start({});
    REQUIRE_FALSE(started);
    CHECK(f->set->fault().hung);
    CHECK(started.error().message == "plugin 'second' (sample-user) has not started within 200 ms");
}

TEST_CASE("a plugin that hangs when it stops is named at its deadline") {
    auto* const f = new Fixture(with_behaviour("hangs_in_stop"), {.stop = std::chrono::milliseconds(100)});
    REQUIRE(f->set->create().empty());
    REQUIRE(f->set->start({}));
    const auto stopped = f->set->stop();
    REQUIRE_FALSE(stopped);
    CHECK(f->set->fault().hung);
    CHECK(stopped.error().message == "plugin 'second' (sample-user) has not stopped within 100 ms");
}
