#include "net/transport.hpp"

#include "server_fixture.hpp"

namespace televisit::net::testing {
namespace {

/// XORs every byte, demands the byte 'H' first, and ends with the byte 'E'.
class Scrambler final : public Transport {
  public:
    static std::string scramble(std::string_view text) {
        std::string out(text);
        for (char& byte : out) byte = static_cast<char>(byte ^ 0x55);
        return out;
    }
    bool receive(std::span<const char> received, Buffer& plain, Buffer& wire) override {
        std::string_view text(received.data(), received.size());
        if (!greeted_) {
            if (!text.starts_with('H')) return wire.append("?"), false;
            text.remove_prefix(1);
            greeted_ = true;
            wire.append("h");
        }
        plain.append(scramble(text));
        return true;
    }
    bool send(std::span<const std::string_view> pieces, Buffer& wire) override {
        for (const std::string_view piece : pieces) wire.append(scramble(piece));
        return true;
    }
    void finish(Buffer& wire) override { wire.append("E"); }

  private:
    bool greeted_ = false;
};

ListenerOptions scrambled() {
    ListenerOptions options;
    options.transport = [] { return std::make_unique<Scrambler>(); };
    options.secure = true;
    return options;
}

}  // namespace

TEST_CASE("a transport stands between socket and codecs, for HTTP and for channels") {
    ServerFixture fixture;
    fixture.route(HttpMethod::get, "/origin", [](HttpRequest request, std::unique_ptr<HttpResponder> responder) {
        responder->respond({200, {}, request.origin});
    });
    fixture.echo("/echo");
    const auto port = fixture.server->listen(scrambled()).value().port;
    {
        Client client(port);
        client.send("H" + Scrambler::scramble("GET /origin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        const std::string all = client.receive_all();
        REQUIRE(all.size() > 2);
        CHECK(all.front() == 'h');
        CHECK(all.back() == 'E');
        CHECK(Scrambler::scramble(all.substr(1, all.size() - 2)).ends_with("\r\n\r\nhttps://a"));
    }
    Client client(port);
    client.send(
        "H" + Scrambler::scramble("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
    for (const char byte : Scrambler::scramble(Client::frame(0x81, "hello") + Client::frame(0x88, "\x03\xe8")))
        client.send({&byte, 1});
    const std::string all = client.receive_all();
    REQUIRE(all.size() > 2);
    CHECK(Scrambler::scramble(all.substr(1, all.size() - 2)).ends_with("\x81\x05hello\x88\x02\x03\xe8"));
}

TEST_CASE("a stream that its transport calls broken is closed after the transport's last words") {
    ServerFixture fixture;
    const auto port = fixture.server->listen(scrambled()).value().port;
    Client client(port);
    client.send("GET / HTTP/1.1\r\n\r\n");
    CHECK(client.receive_all().starts_with("?"));
}

}  // namespace televisit::net::testing
