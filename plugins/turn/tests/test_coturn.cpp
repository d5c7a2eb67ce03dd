#include <catch2/catch.hpp>
#include <chrono>

#include "coturn.hpp"
#include "probing.hpp"
#include "televisit/testkit/fake_host.hpp"
#include "turn_config.hpp"
#include "turn_provider.hpp"

using namespace std::chrono_literals;
using namespace televisit;
using namespace televisit::turn;
using namespace televisit::turn::testing;
using testkit::FakeHost;

namespace {

IceServer ask(const std::string& secret, const std::string& username, const std::string& password,
              std::chrono::seconds age = 0s) {
    FakeHost host(with({{"urls", std::vector<std::string>{"127.0.0.1"}},
                        {"username", username},
                        {"password", password},
                        {"secret", secret},
                        {"min_ttl", 1s}}));
    // coturn looks at the real clock.
    host.manual_clock.jump_to(std::chrono::floor<Duration>(std::chrono::system_clock::now()) - age);
    TurnProvider provider(host);
    REQUIRE(provider.start(host.context()));
    auto answer =
        provider.ice_servers({AttendeeId("0b8f4f0e-4f0e-4f0e-8f0e-0b8f4f0e4f0e"), "127.0.0.1", 600s}, host.context());
    REQUIRE(answer);
    REQUIRE(answer->servers.size() == 1);
    return answer->servers.front();
}

}  // namespace

TEST_CASE("coturn relays for credentials made with its secret, and for no others") {
    const Coturn coturn("north");
    const auto good = ask("north", "", "");
    CHECK(can_relay(coturn.port(), good.username, good.credential));
    const auto foreign = ask("south", "", "");
    CHECK_FALSE(can_relay(coturn.port(), foreign.username, foreign.credential));
    const auto expired = ask("north", "", "", 601s);
    CHECK_FALSE(can_relay(coturn.port(), expired.username, expired.credential));
}

TEST_CASE("coturn relays for the fixed user name and password") {
    const Coturn coturn("", "visit:pw");
    const auto server = ask("", "visit", "pw");
    CHECK(can_relay(coturn.port(), server.username, server.credential));
    CHECK_FALSE(can_relay(coturn.port(), server.username, "another"));
}

TEST_CASE("a probe finds coturn up over UDP, TCP and TLS") {
    const Certificate certificate("127.0.0.1");
    const Coturn coturn("north", "", &certificate);
    const auto host = "127.0.0.1:" + std::to_string(coturn.port());
    const auto secure = "turns:127.0.0.1:" + std::to_string(coturn.tls_port());
    const auto credentials = fresh_credentials("north");
    for (const auto& url : {"turn:" + host, "turn:" + host + "?transport=tcp", secure, "stun:" + host}) {
        INFO(url);
        const auto outcome = probe(url, credentials, certificate.file());
        CHECK(code_of(outcome.fault) == "ok");
        CHECK(outcome.latency > 0us);
    }
}

TEST_CASE("a probe gives its relay back, and finds a quota that is used up") {
    const Coturn coturn("north", "", nullptr, {"--user-quota=1"});
    const auto url = "turn:127.0.0.1:" + std::to_string(coturn.port());
    const auto credentials = fresh_credentials("north");
    CHECK(code_of(probe(url, credentials).fault) == "ok");
    // coturn takes a moment to count it out; a relay that was not given back would stay for ten minutes.
    auto next = probe(url, credentials);
    CHECK((next.fault == ProbeFault::none || next.fault == ProbeFault::quota_reached));
    while (next.fault == ProbeFault::quota_reached) next = probe(url, credentials);
    CHECK(code_of(next.fault) == "ok");
}

TEST_CASE("a probe of coturn says what is wrong with the credentials") {
    const Coturn coturn("north");
    const auto url = "turn:127.0.0.1:" + std::to_string(coturn.port());
    CHECK(probe(url, fresh_credentials("south")).fault == ProbeFault::unauthorized);
    CHECK(probe(url, fresh_credentials("north", -60s)).fault == ProbeFault::unauthorized);
    CHECK(probe(url, fresh_credentials("north")).fault == ProbeFault::none);
}

TEST_CASE("a probe says what is wrong with a certificate") {
    const auto credentials = fresh_credentials("north");
    const auto fault = [&](const Certificate& shown, const std::string& trusted) {
        const Coturn coturn("north", "", &shown);
        return probe("turns:127.0.0.1:" + std::to_string(coturn.tls_port()), credentials, trusted).fault;
    };
    const Certificate good("127.0.0.1");
    const Certificate other("turn.example.org");
    const Certificate expired("127.0.0.1", -60s);
    CHECK(fault(other, other.file()) == ProbeFault::tls_name);
    CHECK(fault(expired, expired.file()) == ProbeFault::tls_expired);
    CHECK(fault(good, other.file()) == ProbeFault::tls_untrusted);
}
