#include <catch2/catch.hpp>
#include <set>
#include <stdexcept>

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

/// A server by that name, whose URL is its name's.
FakeConfig named(const std::string& name, std::vector<std::string> secrets) {
    return named_server(name, {"turn:" + name + ".example"}, std::move(secrets));
}

IceServers ask(FakeHost& host, std::chrono::seconds wanted = 1h) {
    TurnProvider provider(host);
    REQUIRE(provider.start(host.context()));
    auto answer = provider.ice_servers({AttendeeId("att-1"), "203.0.113.9", wanted}, host.context());
    REQUIRE(answer);
    return *answer;
}

std::string refusal(FakeConfig config) {
    FakeHost host(std::move(config));
    try {
        const TurnProvider provider(host);
    } catch (const std::invalid_argument& failure) {
        return failure.what();
    }
    return "accepted";
}

bool says(const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("nothing configured gives nothing: no public server is a default") {
    FakeHost host(defaults());
    const auto answer = ask(host);
    CHECK(answer.servers.empty());
    CHECK(answer.ttl == 0s);
}

TEST_CASE("STUN servers come first, in one entry without credentials") {
    FakeHost host(with({{"stun", std::vector<std::string>{"stun:a.example", "b.example:3479"}},
                        {"urls", std::vector<std::string>{"t.example"}},
                        {"secret", "s"}}));
    const auto answer = ask(host);
    REQUIRE(answer.servers.size() == 2);
    CHECK(answer.servers[0].urls == std::vector<std::string>{"stun:a.example", "stun:b.example:3479"});
    CHECK(answer.servers[0].username.empty());
    CHECK(answer.servers[1].urls == std::vector<std::string>{"turn:t.example"});
}

TEST_CASE("a fixed user name and password are passed on, and do not expire") {
    FakeHost host(with({{"urls", std::vector<std::string>{"turn:t.example:3478", "turns:t.example:443"}},
                        {"username", "visit"},
                        {"password", "pw"}}));
    const auto answer = ask(host);
    REQUIRE(answer.servers.size() == 1);
    CHECK(answer.servers[0].urls.size() == 2);
    CHECK(answer.servers[0].username == "visit");
    CHECK(answer.servers[0].credential == "pw");
    CHECK(answer.ttl == 0s);
}

TEST_CASE("a shared secret gives each attendee credentials of coturn's form") {
    FakeHost host(with({{"urls", std::vector<std::string>{"turn:t.example"}}, {"secret", "north"}}));
    host.manual_clock.jump_to(from_micros(1'700'000'000'999'999));
    const auto answer = ask(host, 3600s);
    REQUIRE(answer.servers.size() == 1);
    CHECK(answer.servers[0].username == "1700003600:att-1");
    // printf %s 1700003600:att-1 | openssl dgst -sha1 -hmac north -binary | base64
    CHECK(answer.servers[0].credential == "TCd+GKO/EALx6H+PZ8JhblmYzZQ=");
    CHECK(answer.ttl == 3600s);
}

TEST_CASE("credentials last to the end of the window, or shorter when configured so") {
    const auto ttl = [](std::chrono::seconds configured, std::chrono::seconds wanted) {
        FakeHost host(with({{"urls", std::vector<std::string>{"turn:t"}}, {"secret", "s"}, {"ttl", configured}}));
        return ask(host, wanted).ttl;
    };
    CHECK(ttl(0s, 45min) == 45min);
    CHECK(ttl(10min, 45min) == 10min);
    CHECK(ttl(2h, 45min) == 45min);
}

TEST_CASE("credentials asked for at the very end of the window are still of use") {
    const auto ttl = [](std::chrono::seconds configured, std::chrono::seconds wanted) {
        FakeHost host(with({{"urls", std::vector<std::string>{"turn:t"}}, {"secret", "s"}, {"ttl", configured}}));
        return ask(host, wanted).ttl;
    };
    CHECK(ttl(0s, 1s) == 5min);
    CHECK(ttl(0s, -30s) == 5min);
    CHECK(ttl(20s, 1s) == 20s);
}

TEST_CASE("of several secrets the first makes new credentials") {
    FakeHost old_host(with({{"servers", std::vector<FakeConfig>{named("a", {"old"})}}}));
    FakeHost both_host(with({{"servers", std::vector<FakeConfig>{named("a", {"new", "old"})}}}));
    FakeHost new_host(with({{"servers", std::vector<FakeConfig>{named("a", {"new"})}}}));
    CHECK(ask(both_host).servers[0].credential == ask(new_host).servers[0].credential);
    CHECK(ask(both_host).servers[0].credential != ask(old_host).servers[0].credential);
}

TEST_CASE("who is in a room gets new credentials before the old ones end, not all at the same moment") {
    FakeHost host(with({{"urls", std::vector<std::string>{"turn:t"}}, {"secret", "s"}, {"ttl", 1000s}}));
    std::set<std::chrono::seconds> moments;
    for (int i = 0; i < 50; ++i) {
        const auto after = ask(host).refresh_after;
        CHECK(after >= 600s);
        CHECK(after <= 700s);
        moments.insert(after);
    }
    CHECK(moments.size() > 10);
}

TEST_CASE("a jitter that is larger than the moment itself has nobody's credentials renewed all the time") {
    FakeHost host(with({{"urls", std::vector<std::string>{"turn:t"}},
                        {"secret", "s"},
                        {"ttl", 1000s},
                        {"refresh_at", 20},
                        {"refresh_jitter", 50}}));
    for (int i = 0; i < 50; ++i) CHECK(ask(host).refresh_after >= 100s);
}

TEST_CASE("credentials that do not expire are not renewed, nor any when refreshing is off") {
    FakeHost fixed(with({{"urls", std::vector<std::string>{"turn:t"}}, {"username", "u"}, {"password", "p"}}));
    CHECK(ask(fixed).refresh_after == 0s);
    FakeHost off(with({{"urls", std::vector<std::string>{"turn:t"}}, {"secret", "s"}, {"refresh_at", 0}}));
    CHECK(ask(off).refresh_after == 0s);
}

TEST_CASE("credentials given are counted by server, never by person") {
    FakeHost host(with({{"servers", std::vector<FakeConfig>{named("a", {"s"}), named("b", {"s"})}}}));
    ask(host);
    int samples = 0;
    for (const auto& family : host.registry.collect()) {
        if (family.name != "televisit_turn_credentials_issued_total") continue;
        for (const auto& sample : family.samples) {
            ++samples;
            CHECK(sample.value == 1);
            CHECK(sample.labels.at(0).first == "server");
        }
    }
    CHECK(samples == 2);
}

TEST_CASE("all that is wrong with a configuration is told at once, each with its place") {
    const auto text = refusal(with({{"stun", std::vector<std::string>{"turn:t.example"}},
                                    {"urls", std::vector<std::string>{"turn://t.example", "stun:s.example"}}}));
    CHECK(says(text, "stun: 'turn:t.example' is a TURN URL, which belongs elsewhere"));
    CHECK(says(text, "urls: 'turn://t.example': such a URL has no slashes"));
    CHECK(says(text, "urls: 'stun:s.example' is a STUN URL, which belongs elsewhere"));
    CHECK(says(text, "urls: a TURN server needs a secret, a username with its password, or `rotation`"));
}

TEST_CASE("credentials that leave it open which ones count are refused") {
    const std::vector<std::string> urls{"turn:t.example"};
    CHECK(says(refusal(with({{"urls", urls}, {"secret", "s"}, {"username", "u"}, {"password", "p"}})), "not both"));
    CHECK(says(refusal(with({{"urls", urls}, {"username", "u"}})), "password: is missing beside the username"));
    CHECK(says(refusal(with({{"urls", urls}, {"password", "p"}})), "username: is missing beside the password"));
    CHECK(says(
        refusal(with({{"urls", urls}, {"secret", "s"}, {"servers", std::vector<FakeConfig>{named("default", {"s"})}}})),
        "the name 'default' is that of the server under `urls`"));
}

TEST_CASE("a rotation that no server uses is refused, so that nobody takes a secret for replaced that is not") {
    const auto refused = [](std::string secret, std::vector<FakeConfig> servers) {
        return refusal(with({{"urls", std::vector<std::string>{"turn:t.example"}},
                             {"secret", std::move(secret)},
                             {"servers", std::move(servers)},
                             {"rotation.file", "/nowhere/secrets"},
                             {"rotation.realm", "r"}}));
    };
    CHECK(says(refused("s", {}), "rotation: no server uses it"));
    CHECK(says(refused("s", {named("own", {"s"})}), "is TURN_SECRET still set?"));
    CHECK(refused("", {named("own", {"s"})}) == "accepted");
    CHECK(refused("s", {named("rotating", {})}) == "accepted");
}

TEST_CASE("a message about a URL never shows a password that was put into it") {
    const auto text =
        refusal(with({{"urls", std::vector<std::string>{"turn:user:hunter2@t.example"}}, {"secret", "s"}}));
    CHECK(says(text, "the user name and password do not belong into the URL"));
    CHECK_FALSE(says(text, "hunter2"));
}

TEST_CASE("user name, password or secret without a server are no mistake: the environment may hold them alone") {
    CHECK(refusal(with({{"secret", "s"}})) == "accepted");
    CHECK(refusal(with({{"urls", std::vector<std::string>{"", " "}}, {"username", "u"}})) == "accepted");
}
