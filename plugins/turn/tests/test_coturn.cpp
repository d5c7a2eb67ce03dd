#include <catch2/catch.hpp>
#include <chrono>

#include "coturn.hpp"
#include "televisit/testkit/fake_host.hpp"
#include "turn_provider.hpp"

using namespace std::chrono_literals;
using namespace televisit;
using namespace televisit::turn;
using namespace televisit::turn::testing;
using testkit::FakeConfig;
using testkit::FakeHost;

namespace {

using Texts = std::vector<std::string>;

IceServer ask(const std::string& secret, const std::string& username, const std::string& password,
              std::chrono::seconds age = 0s) {
    FakeHost host({{"stun", Texts{}},
                   {"urls", Texts{"127.0.0.1"}},
                   {"username", username},
                   {"password", password},
                   {"secret", secret},
                   {"servers", std::vector<FakeConfig>{}},
                   {"servers_per_client", 3},
                   {"ttl", 0s},
                   {"min_ttl", 1s}});
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
