#include "net/address.hpp"

#include <catch2/catch.hpp>

#include "net/forwarded.hpp"

namespace televisit::net {
namespace {
IpAddress ip(const char* text) {
    return IpAddress::parse(text).value();
}
}  // namespace

TEST_CASE("addresses are read and printed") {
    for (const char* text : {"127.0.0.1", "::1", "2001:db8::5", "255.255.255.255"}) CHECK(ip(text).text() == text);
    CHECK(ip("::ffff:10.0.0.1").text() == "10.0.0.1");
    for (const char* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "::g", "localhost", "1.2.3.4:80"})
        CHECK_FALSE(IpAddress::parse(text));
    CHECK(IpAddress{}.text() == "unix");
}

TEST_CASE("blocks of both families are trusted, and nothing beside them") {
    const auto proxies = TrustedProxies::parse({"10.0.0.0/8", "192.168.1.7", "2001:db8::/33", "172.16.0.0/12"});
    REQUIRE(proxies.ok());
    for (const char* text : {"10.255.0.1", "192.168.1.7", "2001:db8:7fff::1", "172.31.0.1"})
        CHECK(proxies->trusts(ip(text)));
    for (const char* text : {"11.0.0.1", "192.168.1.8", "2001:db8:8000::1", "172.32.0.1", "::1"})
        CHECK_FALSE(proxies->trusts(ip(text)));
    CHECK_FALSE(proxies->trusts(IpAddress{}));
    CHECK(TrustedProxies::parse({"0.0.0.0/0"})->trusts(ip("8.8.8.8")));
    CHECK_FALSE(TrustedProxies::parse({"0.0.0.0/0"})->trusts(ip("2001:db8::1")));
}

TEST_CASE("a bad block is named") {
    for (const char* text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "proxy", "::/129", "10.0.0.0/8/8"}) {
        const auto proxies = TrustedProxies::parse({"10.0.0.0/8", text});
        REQUIRE_FALSE(proxies.ok());
        CHECK(proxies.error().message.find(text) != std::string::npos);
    }
}

TEST_CASE("the client is the rightmost address that is no trusted proxy") {
    const auto proxies = TrustedProxies::parse({"10.0.0.0/8"}).value();
    const auto client = [&](const char* peer, const char* list) { return proxies.client_of(ip(peer), list).text(); };
    CHECK(client("1.1.1.1", "9.9.9.9") == "1.1.1.1");
    CHECK(client("10.0.0.1", "") == "10.0.0.1");
    CHECK(client("10.0.0.1", "9.9.9.9") == "9.9.9.9");
    CHECK(client("10.0.0.1", "6.6.6.6, 9.9.9.9") == "9.9.9.9");
    CHECK(client("10.0.0.1", "9.9.9.9, 10.0.0.2,10.0.0.3") == "9.9.9.9");
    CHECK(client("10.0.0.1", "9.9.9.9:4711") == "9.9.9.9");
    CHECK(client("10.0.0.1", "[2001:db8::1]:4711") == "2001:db8::1");
    CHECK(client("10.0.0.1", "2001:db8::1") == "2001:db8::1");
    CHECK(client("10.0.0.1", "6.6.6.6, unknown") == "10.0.0.1");
    CHECK(client("10.0.0.1", "6.6.6.6, [::1") == "::1");
    CHECK(client("10.0.0.1", "6.6.6.6, unknown, 10.0.0.9") == "10.0.0.9");
}

TEST_CASE("forwarded fields count from trusted proxies only") {
    const auto proxies = TrustedProxies::parse({"10.0.0.0/8"}).value();
    HttpRequest request;
    request.headers = {
        {"X-Forwarded-For", "9.9.9.9"}, {"x-forwarded-proto", "http, https"}, {"X-Forwarded-Host", "visit.example"}};
    Peer peer;
    peer.address = ip("10.0.0.1");
    CHECK(forwarded(peer, "inner:80", request, proxies).address == "9.9.9.9");
    CHECK(forwarded(peer, "inner:80", request, proxies).origin == "https://visit.example");
    peer.address = ip("1.1.1.1");
    CHECK(forwarded(peer, "inner:80", request, proxies).address == "1.1.1.1");
    CHECK(forwarded(peer, "inner:80", request, proxies).origin == "http://inner:80");
    peer.secure = true;
    CHECK(forwarded(peer, "inner:80", {}, proxies).origin == "https://inner:80");
    CHECK(forwarded(peer, "inner:80", {}, proxies).secure);
    CHECK(forwarded(peer, "", {}, proxies).origin.empty());
}

TEST_CASE("several hops are followed over all fields, through proxies of both families") {
    const auto proxies = TrustedProxies::parse({"10.0.0.0/8", "2001:db8:1::/48"}).value();
    HttpRequest request;
    request.headers = {{"X-Forwarded-For", "6.6.6.6, 2001:db8:9::7"},
                       {"X-Forwarded-For", "10.0.0.2"},
                       {"X-Forwarded-For", "\"[2001:db8:1::2]:443\", [2001:db8:1::3]:443 , ::ffff:10.0.0.3"}};
    Peer peer;
    peer.address = ip("2001:db8:1::1");
    // What is in quotes is no address: nothing left of it is believed.
    CHECK(forwarded(peer, "a", request, proxies).address == "2001:db8:1::3");
    request.headers[2].value = "[2001:db8:1::3]:443 , ::ffff:10.0.0.3";
    CHECK(forwarded(peer, "a", request, proxies).address == "2001:db8:9::7");
    peer.address = ip("2001:db8:2::1");
    CHECK(forwarded(peer, "a", request, proxies).address == "2001:db8:2::1");
}

TEST_CASE("garbage in place of addresses leaves the last one that a proxy vouched for") {
    const auto proxies = TrustedProxies::parse({"10.0.0.0/8"}).value();
    Peer peer;
    peer.address = ip("10.0.0.1");
    for (const std::string& garbage :
         {std::string(","), std::string(" , ,"), std::string("\t"), std::string("_hidden"), std::string("999.1.1.1"),
          std::string("1.1.1.1 2.2.2.2"), std::string("[]"), std::string("["), std::string(":80"),
          std::string(15'000, ','), std::string(15'000, '1'), std::string("fe80::1%eth0"),
          std::string("1.1.1.1\0", 8)}) {
        HttpRequest request;
        request.headers = {{"X-Forwarded-For", "6.6.6.6, " + garbage}};
        CHECK(forwarded(peer, "a", request, proxies).address == "10.0.0.1");
    }
}

TEST_CASE("a bad forwarded host or protocol changes nothing") {
    const auto proxies = TrustedProxies::parse({"10.0.0.0/8"}).value();
    HttpRequest request;
    request.headers = {{"X-Forwarded-Proto", "gopher"}, {"X-Forwarded-Host", "evil.example/path"}};
    Peer peer;
    peer.address = ip("10.0.0.1");
    CHECK(forwarded(peer, "inner", request, proxies).origin == "http://inner");
}

TEST_CASE("a request id from outside is taken when it is sane") {
    CHECK(sane_request_id("a-B_3.x"));
    CHECK(sane_request_id(std::string(64, 'a')));
    CHECK_FALSE(sane_request_id(""));
    CHECK_FALSE(sane_request_id(std::string(65, 'a')));
    CHECK_FALSE(sane_request_id("a b"));
    CHECK_FALSE(sane_request_id("a\"b"));
}

}  // namespace televisit::net
