/// Nodes that talk through a Redis server which the tests start, cut off, hold still and kill.
#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "redis_backplane.hpp"
#include "televisit/testkit/backplane_conformance.hpp"
#include "televisit/testkit/deterministic_secrets.hpp"
#include "televisit/testkit/observers.hpp"
#include "throwaway_server.hpp"

using namespace televisit;
using namespace televisit::storage_redis;
using namespace televisit::storage_redis::testing;
using namespace std::chrono_literals;

namespace {

CallContext soon() {
    return {in_time(), RequestId("test")};
}

/// What a node has heard; lets a test wait for it.
class Ear final : public BackplaneListener {
  public:
    void on_message(const BackplaneMessage& message) override {
        const std::lock_guard lock(mutex_);
        heard_.push_back(message);
        changed_.notify_all();
    }
    void on_link(bool up) override {
        const std::lock_guard lock(mutex_);
        links_.push_back(up);
        changed_.notify_all();
    }

    /// The numbers of all messages, once there are so many.
    std::vector<std::uint64_t> numbers(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_until(lock, in_time(), [&] { return heard_.size() >= count; });
        std::vector<std::uint64_t> numbers;
        for (const auto& message : heard_) numbers.push_back(message.number);
        return numbers;
    }
    /// What was told of the link, once there is so much.
    std::vector<bool> links(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_until(lock, in_time(), [&] { return links_.size() >= count; });
        return links_;
    }
    std::size_t count() {
        const std::lock_guard lock(mutex_);
        return heard_.size();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<BackplaneMessage> heard_;  // guarded by mutex_
    std::vector<bool> links_;              // guarded by mutex_
};

/// One node with its ear.
struct Talker {
    explicit Talker(BackplaneSettings with) : backplane(std::move(with), secrets, log) {
        const auto started = backplane.start(in_time());
        INFO((started ? "" : started.error().detail));
        REQUIRE(started);
        backplane.set_listener(&ear);
    }
    ~Talker() { backplane.set_listener(nullptr); }

    void subscribe(const std::string& room) { REQUIRE(backplane.subscribe(RoomId(room), soon())); }
    Result<void> say(const std::string& room, std::uint64_t number, std::string payload = "x") {
        return backplane.publish({RoomId(room), NodeId("n"), number, std::move(payload)});
    }

    testkit::CapturingLogger log;
    testkit::DeterministicSecrets secrets{1};
    RedisBackplane backplane;
    Ear ear;
};

BackplaneSettings settings_for(const ThrowawayServer& server) {
    BackplaneSettings settings;
    settings.connection = server.settings();
    settings.heartbeat = 20ms;
    settings.longest_pause = 50ms;
    return settings;
}

/// Settings of a node that can be locked out.
BackplaneSettings settings_for(const ThrowawayServer& server, Connection& control, const std::string& user) {
    REQUIRE(control.call({"ACL", "SETUSER", user, "on", ">pass", "~*", "&*", "+@all"}).ok());
    auto settings = settings_for(server);
    settings.connection.user = user;
    settings.connection.password = "pass";
    return settings;
}

/// Two nodes of which the second is kept out for a while.
struct CutOff {
    CutOff() : control(server.connected()), near(settings_for(server)), far(settings_for(server, *control, "far")) {}
    void cut() {
        REQUIRE(control->call({"ACL", "SETUSER", "far", "off"}).ok());
        REQUIRE(control->call({"CLIENT", "KILL", "USER", "far"}).ok());
        REQUIRE(far.ear.links(1) == std::vector<bool>{false});
    }
    void mend() {
        REQUIRE(control->call({"ACL", "SETUSER", "far", "on"}).ok());
        REQUIRE(far.ear.links(2) == std::vector<bool>{false, true});
    }

    ThrowawayServer server;
    std::unique_ptr<Connection> control;
    Talker near;
    Talker far;
};

struct TwoNodes final : testkit::BackplaneSubject {
    TwoNodes() : control(shared_server().connected()) {
        for (std::size_t i = 0; i < nodes(); ++i) {
            auto settings = settings_for(shared_server(), *control, user(i));
            settings.prefix = "conformance" + std::to_string(made) + ":";
            nodes_[i] = std::make_unique<RedisBackplane>(settings, secrets, log);
            REQUIRE(nodes_[i]->start(in_time()));
        }
        ++made;
    }
    std::size_t nodes() override { return std::size(nodes_); }
    Backplane& node(std::size_t index) override { return *nodes_[index]; }
    CallContext context() override { return soon(); }
    bool break_link(std::size_t index) override {
        return control->call({"ACL", "SETUSER", user(index), "off"}).ok() &&
               control->call({"CLIENT", "KILL", "USER", user(index)}).ok();
    }
    void mend_link(std::size_t index) override { REQUIRE(control->call({"ACL", "SETUSER", user(index), "on"}).ok()); }

    static std::string user(std::size_t index) { return "node-" + std::to_string(index); }
    static inline int made = 0;
    std::unique_ptr<Connection> control;
    testkit::CapturingLogger log;
    testkit::DeterministicSecrets secrets{1};
    std::unique_ptr<RedisBackplane> nodes_[2];
};

}  // namespace

TEST_CASE("the backplane over Redis is a backplane") {
    for (const auto& part : testkit::backplane_parts()) DYNAMIC_SECTION(part.name) {
            TwoNodes subject;
            CHECK(failures_of(part, static_cast<testkit::BackplaneSubject&>(subject)) == testkit::Failures{});
        }
}

TEST_CASE("who begins to listen while the link is down is told so") {
    ThrowawayServer server;
    Talker node(settings_for(server));
    node.backplane.set_listener(nullptr);
    server.kill();
    while (node.backplane.snapshot().up) std::this_thread::yield();
    Ear late;
    node.backplane.set_listener(&late);
    CHECK(late.links(1) == std::vector<bool>{false});
    node.backplane.set_listener(nullptr);
}

TEST_CASE(
    "a node that was cut off hears what it missed, in order, before anything newer, and then that the link is up") {
    CutOff nodes;
    for (const auto* room : {"a", "b"}) nodes.near.subscribe(room), nodes.far.subscribe(room);
    REQUIRE(nodes.near.say("a", 1));
    REQUIRE(nodes.far.ear.numbers(1) == std::vector<std::uint64_t>{1});
    nodes.cut();
    for (std::uint64_t i = 2; i <= 40; ++i) REQUIRE(nodes.near.say("a", i));
    REQUIRE(nodes.near.ear.numbers(40).size() == 40);
    nodes.mend();
    REQUIRE(nodes.near.say("a", 41));
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = 1; i <= 41; ++i) all.push_back(i);
    CHECK(nodes.far.ear.numbers(41) == all);
    CHECK(nodes.far.backplane.figures().replayed == 39);
}

TEST_CASE("what is replayed is the latest, and bounded, and what is too large for it goes out all the same") {
    CutOff nodes;
    nodes.near.subscribe("r"), nodes.far.subscribe("r");
    nodes.cut();
    for (std::uint64_t i = 1; i <= 2'000; ++i) REQUIRE(nodes.near.say("r", i));
    REQUIRE(nodes.near.say("r", 2'001, std::string(100'000, 'x')));
    REQUIRE(nodes.near.ear.numbers(2'001).size() == 2'001);
    const auto kept = nodes.control->call({"XLEN", "televisit:replay:r"});
    CHECK(kept.integer == 64);
    const auto expires = nodes.control->call({"PTTL", "televisit:replay:r"});
    CHECK(expires.integer > 0);
    nodes.mend();
    REQUIRE(nodes.near.say("r", 2'002, std::string(100'000, 'x')));
    const auto heard = nodes.far.ear.numbers(65);
    std::vector<std::uint64_t> latest;
    for (std::uint64_t i = 2'000 - 63; i <= 2'000; ++i) latest.push_back(i);
    latest.push_back(2'002);
    CHECK(heard == latest);
}

TEST_CASE("while the link is down publishing and subscribing are refused at once, and work again afterwards") {
    ThrowawayServer server;
    Talker node(settings_for(server));
    node.subscribe("r");
    server.kill();
    REQUIRE(node.ear.links(1) == std::vector<bool>{false});
    const auto refused = node.say("r", 1);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::unavailable);
    CHECK(node.backplane.subscribe(RoomId("s"), soon()).error().code == Errc::unavailable);
    CHECK(node.backplane.unsubscribe(RoomId("s"), soon()));
    server.start();
    REQUIRE(node.ear.links(2) == std::vector<bool>{false, true});
    REQUIRE(node.say("r", 2));
    CHECK(node.ear.numbers(1) == std::vector<std::uint64_t>{2});
    CHECK(node.backplane.snapshot().rooms == 1);
    CHECK(node.backplane.figures().lost == 1);
    CHECK(node.log.mentions("backplane lost"));
}

TEST_CASE("a Redis that answers nobody is noticed, and nobody waits for it") {
    ThrowawayServer server;
    auto settings = settings_for(server);
    settings.deadline = 200ms;
    settings.queue = {100, 1024 * 1024};
    Talker node(settings);
    node.subscribe("r");
    server.signal(SIGSTOP);
    std::uint64_t accepted = 0;
    while (node.say("r", accepted + 1)) ++accepted;
    CHECK(accepted <= 100);
    REQUIRE(node.ear.links(1) == std::vector<bool>{false});
    server.signal(SIGCONT);
    REQUIRE(node.ear.links(2) == std::vector<bool>{false, true});
    for (std::size_t count = 1; accepted > 0 && node.ear.numbers(count).back() != accepted; ++count) continue;
    REQUIRE(node.say("r", 1'000));
    // Whatever was accepted has come, some of it twice: the connection that was given up had carried it, too.
    std::vector<std::uint64_t> heard;
    for (std::size_t count = 1; heard.empty() || heard.back() != 1'000; ++count) heard = node.ear.numbers(count);
    for (std::uint64_t i = 1; i <= accepted; ++i) CHECK(std::count(heard.begin(), heard.end(), i) >= 1);
}

TEST_CASE("what was under way when the connection broke arrives, in order") {
    ThrowawayServer server;
    const auto control = server.connected();
    Talker node(settings_for(server));
    node.subscribe("r");
    std::uint64_t said = 0;
    for (std::size_t cuts = 1; cuts <= 5; ++cuts) {
        for (int i = 0; i < 2'000; ++i)
            if (node.say("r", said + 1)) ++said;
        REQUIRE(control->call({"CLIENT", "KILL", "TYPE", "pubsub"}).ok());
        REQUIRE(node.ear.links(2 * cuts).size() == 2 * cuts);
    }
    REQUIRE(node.say("r", ++said));
    std::vector<std::uint64_t> first_heard;
    for (std::size_t count = 1; first_heard.empty() || first_heard.back() != said; ++count) {
        first_heard.clear();
        for (const auto number : node.ear.numbers(std::max<std::size_t>(count, node.ear.count())))
            if (first_heard.empty() || number > first_heard.back()) first_heard.push_back(number);
    }
    REQUIRE(first_heard.size() == said);
    CHECK(first_heard.front() == 1);
}

TEST_CASE("a Redis that has forgotten the script, or may not be written to, is not mistaken for one that works") {
    ThrowawayServer server;
    const auto control = server.connected();
    Talker node(settings_for(server));
    node.subscribe("r");
    REQUIRE(control->call({"SCRIPT", "FLUSH"}).ok());
    REQUIRE(node.say("r", 1));
    CHECK(node.ear.numbers(1) == std::vector<std::uint64_t>{1});
    REQUIRE(node.ear.links(2) == std::vector<bool>{false, true});
    REQUIRE(control->call({"CONFIG", "SET", "maxmemory", "1"}).ok());
    REQUIRE(node.say("r", 2));
    REQUIRE(node.ear.links(3) == std::vector<bool>{false, true, false});
    REQUIRE(control->call({"CONFIG", "SET", "maxmemory", "0"}).ok());
    REQUIRE(node.ear.links(4) == std::vector<bool>{false, true, false, true});
    CHECK(node.ear.numbers(2) == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("ten thousand rooms are heard again in one go after a new connection") {
    ThrowawayServer server;
    const auto control = server.connected();
    Talker node(settings_for(server));
    constexpr int kRooms = 10'000;
    for (int i = 0; i < kRooms; ++i) node.subscribe("room-" + std::to_string(i));
    for (const int room : {0, kRooms - 1}) REQUIRE(node.say("room-" + std::to_string(room), 1));
    REQUIRE(node.ear.numbers(2).size() == 2);
    const auto commands = [&] {
        const auto answer = control->call({"INFO", "commandstats"});
        const auto at = answer.text.find("cmdstat_subscribe:calls=");
        return std::stol(answer.text.substr(at + std::string("cmdstat_subscribe:calls=").size()));
    };
    const auto before = commands();
    REQUIRE(control->call({"CLIENT", "KILL", "TYPE", "pubsub"}).ok());
    REQUIRE(node.ear.links(2) == std::vector<bool>{false, true});
    CHECK(commands() - before <= kRooms / 10);
    for (const int room : {0, kRooms / 2, kRooms - 1}) REQUIRE(node.say("room-" + std::to_string(room), 2));
    CHECK(node.ear.numbers(5) == std::vector<std::uint64_t>{1, 1, 2, 2, 2});
}

TEST_CASE("a start without a Redis says why it cannot be") {
    ThrowawayServer server;
    auto settings = settings_for(server);
    server.kill();
    testkit::CapturingLogger log;
    testkit::DeterministicSecrets secrets{1};
    RedisBackplane backplane(settings, secrets, log);
    const auto started = backplane.start(in_time());
    REQUIRE_FALSE(started);
    CHECK(started.error().code == Errc::unavailable);
    CHECK_FALSE(started.error().detail.empty());
    backplane.stop();
    CHECK_FALSE(backplane.publish({RoomId("r"), NodeId("n"), 1, "x"}));
}
