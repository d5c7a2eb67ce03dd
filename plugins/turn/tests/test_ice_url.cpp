#include <catch2/catch.hpp>

#include "ice_url.hpp"

using namespace televisit::turn;

namespace {

IceUrl read(const char* text, IceScheme fallback = IceScheme::turn) {
    auto url = parse_ice_url(text, fallback);
    INFO(text);
    REQUIRE(url);
    return *url;
}

std::string fault(const char* text, IceScheme fallback = IceScheme::turn) {
    auto url = parse_ice_url(text, fallback);
    INFO(text);
    REQUIRE_FALSE(url);
    return url.error().message;
}

}  // namespace

TEST_CASE("a URL is read into scheme, host, port and transport") {
    const auto url = read("turn:turn.example.org:3479?transport=tcp");
    CHECK(url.scheme == IceScheme::turn);
    CHECK(url.host == "turn.example.org");
    CHECK(url.port == 3479);
    CHECK(url.transport == Transport::tcp);
    CHECK(url.text == "turn:turn.example.org:3479?transport=tcp");
}

TEST_CASE("ports and transports have the defaults of their schemes") {
    CHECK(read("stun:a.example").port == 3478);
    CHECK(read("stuns:a.example").port == 5349);
    CHECK(read("turn:a.example").transport == Transport::udp);
    CHECK(read("turns:a.example").port == 5349);
    CHECK(read("turns:a.example").transport == Transport::tcp);
    CHECK(read("turns:a.example:443?transport=tcp").transport == Transport::tcp);
}

TEST_CASE("text without a scheme gets the fallback") {
    CHECK(read("10.0.0.1:3478", IceScheme::turn).text == "turn:10.0.0.1:3478");
    CHECK(read("a.example", IceScheme::stun).text == "stun:a.example");
    CHECK(read("turn.example:3478", IceScheme::turn).text == "turn:turn.example:3478");
}

TEST_CASE("the scheme is read in any case and written in lower case") {
    CHECK(read("TURNS:a.example").text == "turns:a.example");
}

TEST_CASE("an IPv6 address stands in brackets") {
    CHECK(read("turn:[2001:db8::1]:3478").host == "2001:db8::1");
    CHECK(read("turn:[::1]").port == 3478);
    CHECK(fault("turn:2001:db8::1") == "an IPv6 address stands in brackets: [2001:db8::1]:3478");
    CHECK(fault("turn:[2001:db8::1") == "the IPv6 address has no closing bracket");
    CHECK(fault("turn:[not-six]") == "there is no IPv6 address between the brackets");
    CHECK(fault("turn:[::1]3478") == "only a port may follow the bracket");
}

TEST_CASE("what browsers refuse is refused here, with what to write instead") {
    CHECK(fault("turn://a.example") == "such a URL has no slashes: write turn:host:port");
    CHECK(fault("https://a.example") == "such a URL has no slashes: write turn:host:port");
    CHECK(fault("turn:user:pw@a.example") == "the user name and password do not belong into the URL");
    CHECK(fault("stun:a.example?transport=udp") == "a STUN URL has nothing after its port");
    CHECK(fault("turn:a.example?transport=sctp") == "after the port only ?transport=udp or ?transport=tcp may stand");
    CHECK(fault("turns:a.example?transport=udp") == "TLS goes over TCP: leave ?transport=udp out");
    CHECK(fault("turn:a.example?") == "after the port only ?transport=udp or ?transport=tcp may stand");
}

TEST_CASE("host and port must be possible") {
    for (const auto* text : {"turn:", "turn::3478", "", "turn:a b", "turn:-a.example", "turn:a..b", "turn:10.0.0",
                             "turn:3478", "turn:300.1.1.1"})
        CHECK(fault(text) == "it needs the name or the address of a host");
    for (const auto* text : {"turn:a:0", "turn:a:65536", "turn:a:", "turn:a:34x", "turn:a:-1"})
        CHECK(fault(text) == "the port must be a number from 1 to 65535");
}
