#include <atomic>
#include <catch2/catch.hpp>

#include "coturn.hpp"
#include "nasty_server.hpp"
#include "stun_answers.hpp"
#include "televisit/testkit/fake_host.hpp"
#include "turn_config.hpp"
#include "turn_provider.hpp"

using namespace std::chrono_literals;
using namespace televisit;
using namespace televisit::turn;
using namespace televisit::turn::testing;
using testkit::FakeConfig;
using testkit::FakeHost;

namespace {

/// Answers well while it is told to, with fixed credentials "visit", "pw".
struct Switchable {
    std::atomic<bool> good{true};
    NastyServer server{Transport::tcp, [this](std::string_view request) {
                           return good ? good_answer(request, "visit", "pw") : std::string("no such thing");
                       }};
    std::string url() const { return "turn:127.0.0.1:" + std::to_string(server.port()) + "?transport=tcp"; }
};

FakeConfig fixed_user(const std::string& name, const std::string& url) {
    auto server = named_server(name, {url}, {});
    server.set("username", "visit");
    server.set("password", "pw");
    return server;
}

struct Node {
    explicit Node(std::vector<FakeConfig> servers, std::chrono::seconds interval = 10s)
        : host(with({{"servers", std::move(servers)}, {"probe.interval", interval}})), provider(host) {
        REQUIRE(provider.start(host.context()));
    }
    ~Node() { provider.stop(host.context()); }

    std::vector<std::string> urls() {
        std::vector<std::string> all;
        const auto answer = provider.ice_servers({AttendeeId("a"), "127.0.0.1", 1h}, host.context());
        for (const auto& server : answer->servers) all.insert(all.end(), server.urls.begin(), server.urls.end());
        return all;
    }
    double metric(const std::string& name, const std::string& server, const std::string& result = {}) {
        for (const auto& family : host.registry.collect())
            for (const auto& sample : family.samples)
                if (family.name == name && sample.labels.at(0).second == server &&
                    (result.empty() || sample.labels.at(2).second == result))
                    return sample.value;
        return -1;
    }

    FakeHost host;
    TurnProvider provider;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a server that nobody listens for leaves the list by itself, and is named in metrics and log") {
    Switchable good;
    const auto closed = "turn:127.0.0.1:" + std::to_string(free_port()) + "?transport=tcp";
    Node node({fixed_user("good", good.url()), fixed_user("closed", closed)});
    CHECK(node.urls().size() == 2);
    node.host.manual_executor.advance(3s);
    CHECK(node.urls() == Texts{good.url()});
    CHECK(node.metric("televisit_turn_health", "good") == 1);
    CHECK(node.metric("televisit_turn_health", "closed") == 0);
    CHECK(node.metric("televisit_turn_probes_total", "closed", "refused") >= 2);
    CHECK(node.metric("televisit_turn_latency_seconds", "good") >= 0);
    bool told = false;
    for (const auto& record : node.host.log.records()) {
        if (record.event != "turn url changed") continue;
        told = true;
        CHECK(record.level == LogLevel::warning);
        CHECK(record.fields.at("server") == "closed");
        CHECK(record.fields.at("found") == "refused");
        CHECK(record.fields.at("meaning").find("nobody listens") != std::string::npos);
    }
    CHECK(told);
}

TEST_CASE("a server that goes bad leaves the list, and comes back by itself when it is good again") {
    Switchable one;
    Switchable other;
    Node node({fixed_user("one", one.url()), fixed_user("other", other.url())});
    node.host.manual_executor.advance(1s);
    CHECK(node.urls().size() == 2);
    one.good = false;
    node.host.manual_executor.advance(15s);
    CHECK(node.urls() == Texts{other.url()});
    one.good = true;
    node.host.manual_executor.advance(15s);
    CHECK(node.urls().size() == 2);
}

TEST_CASE("who has a server that is lost is told of, once, and of no other") {
    struct Listener final : IceListener {
        void servers_lost(std::uint64_t marks) override { heard.push_back(marks); }
        std::vector<std::uint64_t> heard;
    } listener;
    Switchable one;
    Switchable other;
    Node node({fixed_user("one", one.url()), fixed_user("other", other.url())});
    node.provider.set_listener(&listener);
    node.host.manual_executor.advance(1s);
    CHECK(listener.heard.empty());
    other.good = false;
    node.host.manual_executor.advance(30s);
    CHECK(listener.heard == std::vector<std::uint64_t>{0b10});
    CHECK(node.provider.ice_servers({AttendeeId("a"), "127.0.0.1", 1h}, node.host.context())->marks == 0b01);
    node.provider.set_listener(nullptr);
    one.good = false;
    node.host.manual_executor.advance(30s);
    CHECK(listener.heard.size() == 1);
}

TEST_CASE("the list never becomes empty") {
    const auto closed = "turn:127.0.0.1:" + std::to_string(free_port()) + "?transport=tcp";
    Node node({fixed_user("closed", closed)});
    node.host.manual_executor.advance(5s);
    CHECK(node.metric("televisit_turn_health", "closed") == 0);
    CHECK(node.urls() == Texts{closed});
}

TEST_CASE("a server that refuses is down as soon as leaves one that hangs the time to be so within the interval") {
    Switchable one;
    Node node({fixed_user("one", one.url())}, 15s);
    node.host.manual_executor.advance(1s);
    CHECK(node.metric("televisit_turn_probes_total", "one", "ok") == 1);
    one.good = false;
    node.host.manual_executor.advance(15s - 2 * 3s);  // two probes would time out
    CHECK(node.metric("televisit_turn_health", "one") == 0);
}

TEST_CASE("the pause between probes leaves time for those that have to be believed, and is never none") {
    ProbeSettings probe;
    CHECK(probe.pause() + 2 * (probe.timeout + kProbeTick) + probe.retry == probe.interval);
    probe.interval = 2s;
    CHECK(probe.pause() == 500ms);
}

TEST_CASE("names are looked up again while probes are under way") {
    const auto closed = "turn:127.0.0.1:" + std::to_string(free_port()) + "?transport=tcp";
    FakeHost host(with({{"servers", std::vector<FakeConfig>{fixed_user("closed", closed)}}, {"probe.interval", 10s}}));
    const auto settings = read_settings(host.config());
    ServerHealth health({1, 0}, settings.probe.hysteresis);
    const auto later = [&](std::size_t) {
        host.manual_clock.advance(61s);
        return TurnCredentials{"visit", "pw"};
    };
    Prober prober(host, settings, health, {later, [](std::size_t) {}});
    prober.tick();
    host.manual_executor.run_ready();
    REQUIRE(host.manual_executor.pending() == 0);
    host.manual_clock.advance(2s);  // the next probe is due
    prober.tick();
    CHECK(host.manual_executor.pending() == 1);
}
