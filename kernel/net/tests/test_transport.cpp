#include "net/transport.hpp"

#include "server_fixture.hpp"

namespace televisit::net::testing {
namespace {

/// XORs every byte, demands the byte 'H' first, and ends with the byte 'E'; a peer's
/// byte 1 is its last.
class Scrambler final : public Transport {
  public:
    static std::string scramble(std::string_view text) {
        std::string out(text);
        for (char& byte : out) byte = static_cast<char>(byte ^ 0x55);
        return out;
    }
    Received receive(std::span<const char> wire, std::span<char> plain, Buffer& answer) override {
        std::string_view text(wire.data(), wire.size());
        if (!greeted_) {
            if (!text.starts_with('H')) return answer.append("?"), Received{0, State::broken};
            text.remove_prefix(1);
            greeted_ = true;
            answer.append("h");
        }
        const bool last = text.ends_with(kEnd);
        if (last) text.remove_suffix(1);
        const std::string clear = scramble(text);
        std::copy(clear.begin(), clear.end(), plain.begin());
        return {clear.size(), last ? State::ended : State::open};
    }
    bool send(std::string_view head, std::span<const std::string_view> pieces, Buffer& wire) override {
        wire.append(scramble(head));
        for (const std::string_view piece : pieces) wire.append(scramble(piece));
        return true;
    }
    void finish(Buffer& wire) override {
        if (!std::exchange(finished_, true)) wire.append("E");
    }

  private:
    static constexpr char kEnd = '\x01';
    bool greeted_ = false;
    bool finished_ = false;
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

TEST_CASE("what comes with a peer's last word is still served, and answered with ours") {
    ServerFixture fixture;
    const auto port = fixture.server->listen(scrambled()).value().port;
    Client client(port);
    client.send("H" + Scrambler::scramble("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n") + "\x01");
    const std::string all = client.receive_all();
    REQUIRE(all.size() > 2);
    CHECK(all.back() == 'E');
    CHECK(Scrambler::scramble(all.substr(1, all.size() - 2)).ends_with("\r\n\r\nhello"));
}

TEST_CASE("a channel that a peer's last word comes with goes to its loop, and hears of its end there") {
    ServerOptions options;
    options.loops = 2;
    ServerFixture fixture(std::move(options));
    Mailbox<LoopId> places;
    fixture.channel("/moving", [&](const HttpRequest& request) -> Result<ChannelAccept> {
        auto listener = std::make_unique<TestListener>();
        listener->opened = [&](Channel& channel) { places.put(channel.loop()); };
        listener->closed = [&](const ChannelClose& close) { fixture.closed.put(close); };
        places.put(request.loop);
        return ChannelAccept{std::move(listener), static_cast<LoopId>(1 - request.loop)};
    });
    const auto port = fixture.server->listen(scrambled()).value().port;
    Client client(port);
    client.send(
        "H" +
        Scrambler::scramble("GET /moving HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n") +
        "\x01");
    client.receive_all();
    const LoopId came_in = places.take();
    CHECK(places.take() == 1 - came_in);
    CHECK(fixture.closed.take().code == ws_close::kLost);
}

}  // namespace televisit::net::testing
