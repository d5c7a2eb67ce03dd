#include "server_fixture.hpp"

using std::chrono::milliseconds;

namespace televisit::net::testing {
namespace {

constexpr const char* kOther = "127.0.0.2";

int status_of(const std::string& answer) {
    return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

bool refused(const std::string& answer, int status, const std::string& code) {
    return status_of(answer) == status && contains(answer, "\"code\":\"" + code + "\"") &&
           contains(answer, "Retry-After: ") && contains(answer, "Connection: close\r\n");
}

}  // namespace

TEST_CASE("connections above the limit are told to come again") {
    ServerOptions options;
    options.max_connections = 2;
    ServerFixture fixture(options);
    const auto port = fixture.listen();
    Client first(port), second(port);
    CHECK(status_of(first.get("/hello")) == 200);
    CHECK(status_of(second.get("/hello")) == 200);
    Client third(port);
    CHECK(refused(third.get("/hello"), 503, "too_many_connections"));
    CHECK_FALSE(third.receive());
    CHECK(fixture.met(Limit::connections) == 1);
    third.close();
    first.close();
    fixture.wait_for(&LoopSnapshot::connections, 1);
    CHECK(status_of(Client(port).get("/hello")) == 200);
}

TEST_CASE("one address has so many connections at a time, and takes none from another") {
    ServerOptions options;
    options.max_per_address = 1;
    ServerFixture fixture(options);
    const auto port = fixture.listen();
    {
        Client first(port);
        CHECK(status_of(first.get("/hello")) == 200);
        CHECK(refused(Client(port).get("/hello"), 429, "too_many_connections_from_address"));
        CHECK(status_of(Client(port, 0, kOther).get("/hello")) == 200);
        CHECK(fixture.met(Limit::connections_per_address) == 1);
    }
    fixture.wait_for(&LoopSnapshot::connections, 0);
    CHECK(status_of(Client(port).get("/hello")) == 200);
}

TEST_CASE("of those that are one too many only some are told so at a time") {
    ServerOptions options;
    options.max_per_address = 1;
    ServerFixture fixture(options);
    const auto port = fixture.listen();
    Client first(port);
    CHECK(status_of(first.get("/hello")) == 200);
    std::deque<Client> silent;
    for (int i = 0; i < 64; ++i) silent.emplace_back(port);
    fixture.wait_for(&LoopSnapshot::connections, 65);
    Client further(port);
    CHECK_FALSE(further.receive());
    CHECK(fixture.met(Limit::connections_per_address) == 65);
    silent.clear();
    fixture.wait_for(&LoopSnapshot::connections, 1);
    CHECK(refused(Client(port).get("/hello"), 429, "too_many_connections_from_address"));
}

TEST_CASE("connections that never speak cannot fill the server") {
    ServerOptions options;
    options.max_handshakes = 3;
    ServerFixture fixture(options);
    const auto port = fixture.listen();
    Client speaking(port);
    CHECK(status_of(speaking.get("/hello")) == 200);
    std::deque<Client> silent;
    for (int i = 0; i < 3; ++i) silent.emplace_back(port);
    fixture.wait_for(&LoopSnapshot::connections, 4);
    Client further(port);
    CHECK_FALSE(further.receive());
    CHECK(fixture.met(Limit::handshakes) == 1);
    CHECK(status_of(speaking.get("/hello")) == 200);
    fixture.advance(milliseconds(15'100));
    fixture.wait_for(&LoopSnapshot::connections, 1);
    CHECK(status_of(Client(port).get("/hello")) == 200);
}

TEST_CASE("those of one address cannot keep another from speaking") {
    ServerOptions options;
    options.max_handshakes_per_address = 2;
    ServerFixture fixture(options);
    const auto port = fixture.listen();
    std::deque<Client> silent;
    for (int i = 0; i < 2; ++i) silent.emplace_back(port);
    fixture.wait_for(&LoopSnapshot::connections, 2);
    Client further(port);
    CHECK_FALSE(further.receive());
    CHECK(fixture.met(Limit::handshakes_per_address) == 1);
    CHECK(status_of(Client(port, 0, kOther).get("/hello")) == 200);
    CHECK(status_of(silent.front().get("/hello")) == 200);
    CHECK(status_of(Client(port).get("/hello")) == 200);
}

TEST_CASE("one address opens so many connections a second") {
    ServerOptions options;
    options.new_connections_per_address = Rate(1, 3);
    ServerFixture fixture(options);
    const auto port = fixture.listen();
    for (int i = 0; i < 3; ++i) CHECK(status_of(Client(port).get("/hello")) == 200);
    CHECK(refused(Client(port).get("/hello"), 429, "too_many_new_connections"));
    CHECK(status_of(Client(port, 0, kOther).get("/hello")) == 200);
    CHECK(fixture.met(Limit::new_connections_per_address) == 1);
    fixture.advance(milliseconds(1000));
    CHECK(status_of(Client(port).get("/hello")) == 200);
}

TEST_CASE("one address sends so many requests a second, over however many connections") {
    ServerOptions options;
    options.requests_per_address = Rate(1, 4);
    ServerFixture fixture(options);
    const auto port = fixture.listen();
    const auto admin = fixture.listen(ListenerKind::admin_listener);
    Client first(port), second(port);
    for (int i = 0; i < 2; ++i) {
        CHECK(status_of(first.get("/hello")) == 200);
        CHECK(status_of(second.get("/hello")) == 200);
    }
    CHECK(refused(first.get("/hello"), 429, "too_many_requests"));
    CHECK_FALSE(first.receive());
    CHECK(fixture.met(Limit::requests_per_address) == 1);
    CHECK(status_of(Client(port, 0, kOther).get("/hello")) == 200);
    for (int i = 0; i < 10; ++i) CHECK(status_of(Client(admin).get("/hello")) == 404);
    fixture.advance(milliseconds(1000));
    CHECK(status_of(second.get("/hello")) == 200);
}

TEST_CASE("behind a trusted proxy the clients it names are counted, and the proxy is not") {
    ServerOptions options;
    options.trusted_proxies = {"127.0.0.1"};
    options.max_per_address = 1;
    options.max_handshakes_per_address = 1;
    options.new_connections_per_address = Rate(1, 1);
    options.requests_per_address = Rate(1, 2);
    ServerFixture fixture(options);
    fixture.echo("/echo");
    const auto port = fixture.listen();
    const std::string one = "X-Forwarded-For: 192.0.2.1\r\n", two = "X-Forwarded-For: 192.0.2.2\r\n";
    Client first(port), second(port), third(port), fourth(port), unnamed(port);
    CHECK(status_of(first.open_channel("/echo", one)) == 101);
    CHECK(status_of(second.open_channel("/echo", one)) == 429);
    CHECK(status_of(third.open_channel("/echo", two)) == 101);
    CHECK(fixture.met(Limit::connections_per_address) == 1);

    CHECK(refused(fourth.get("/hello", one), 429, "too_many_requests"));
    CHECK(status_of(Client(port).get("/hello", two)) == 200);
    for (int i = 0; i < 10; ++i) CHECK(status_of(unnamed.get("/hello")) == 200);

    first.close();
    fixture.closed.take();
    fixture.advance(milliseconds(2000));
    CHECK(status_of(Client(port).open_channel("/echo", one)) == 101);
}

TEST_CASE("what one subscriber has of IPv6 is one address") {
    ServerOptions options;
    options.trusted_proxies = {"127.0.0.1"};
    options.requests_per_address = Rate(1, 2);
    ServerFixture fixture(options);
    const auto port = fixture.listen();
    Client client(port);
    CHECK(status_of(client.get("/hello", "X-Forwarded-For: 2001:db8:1:2::1\r\n")) == 200);
    CHECK(status_of(client.get("/hello", "X-Forwarded-For: 2001:db8:1:2::2\r\n")) == 200);
    CHECK(status_of(client.get("/hello", "X-Forwarded-For: 2001:db8:1:3::1\r\n")) == 200);
    CHECK(status_of(client.get("/hello", "X-Forwarded-For: 2001:db8:1:2:ffff::3\r\n")) == 429);
}

}  // namespace televisit::net::testing
