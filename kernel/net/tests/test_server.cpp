#include "server_fixture.hpp"

namespace televisit::net::testing {

TEST_CASE("a GET is answered, and the connection kept") {
    ServerFixture fixture;
    Client client(fixture.listen());
    for (int i = 0; i < 2; ++i) {
        const std::string answer = client.get("/hello?secret=1");
        CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nDate: "));
        CHECK(contains(answer, "\r\nContent-Length: 5\r\n"));
        CHECK(contains(answer, "\r\nX-Request-Id: "));
        CHECK(answer.ends_with("\r\n\r\nhello"));
        const Access access = fixture.access.take();
        CHECK(access.method == "GET");
        CHECK(access.route == "/hello");
        CHECK(access.path == "/hello");
        CHECK(access.remote == "127.0.0.1");
        CHECK(access.status == 200);
        CHECK(access.bytes == 5);
    }
    CHECK(fixture.count(&LoopSnapshot::accepted) == 1);
    CHECK(fixture.count(&LoopSnapshot::requests) == 2);
}

TEST_CASE("a WebSocket echoes text and binary messages") {
    ServerFixture fixture;
    fixture.echo("/echo");
    Client client(fixture.listen());
    const std::string answer = client.open_channel("/echo");
    CHECK(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
    CHECK(contains(answer, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    for (const std::size_t size : {0u, 1u, 125u, 126u, 5000u, 65535u, 65536u, 900'000u}) {
        const std::string text(size, 'x');
        REQUIRE(client.send_text(text));
        const auto [first, payload] = client.receive_frame();
        CHECK(first == 0x81);
        CHECK(payload == text);
    }
    REQUIRE(client.send(Client::frame(0x82, "\xff\x01")));
    CHECK(client.receive_frame() == std::pair<unsigned char, std::string>{0x82, "\xff\x01"});
    REQUIRE(client.send(Client::frame(0x88, "\x03\xe8")));
    CHECK(client.receive_close() == 1000);
    const ChannelClose close = fixture.closed.take();
    CHECK(close.code == 1000);
    CHECK(close.by_peer);
}

}  // namespace televisit::net::testing
