#include "server_fixture.hpp"
#include "tls_client.hpp"

namespace televisit::net::testing {
namespace {

/// A server with one TLS listener.
struct SecureServer : ServerFixture {
    explicit SecureServer(ServerOptions options = {}) : ServerFixture(std::move(options)) {
        source = tls::Source::open(folder.files(), tls::Version::tls_1_2).value();
        ListenerOptions listener;
        listener.transport = [this] { return source->transport(); };
        listener.secure = true;
        port = server->listen(listener).value().port;
    }
    ~SecureServer() { server->stop(); }  // before what its connections use goes

    CertificateFolder folder;
    std::shared_ptr<tls::Source> source;
    std::uint16_t port = 0;
};

/// A client on a socket.
class SecureClient {
  public:
    explicit SecureClient(std::uint16_t port) : socket(port) {
        while (!tls.shaken() && flush() && receive()) {
        }
    }
    bool flush() { return socket.send(tls.take()); }
    /// Waits for more; false at the end of the stream.
    bool receive() {
        if (!socket.receive()) return false;
        tls.feed(socket.take());
        return flush();
    }
    void send(std::string_view plain) {
        tls.write(plain);
        flush();
    }
    /// What came, as soon as it holds `part`; or everything, when the stream ends first.
    std::string until(std::string_view part) {
        while (!contains(tls.received, part) && receive()) {
        }
        return std::exchange(tls.received, {});
    }

    Client socket;
    TlsClient tls;
};

constexpr char kUpgrade[] =
    "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: https://a\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

}  // namespace

TEST_CASE("requests and channels are served over TLS, and origins say https") {
    SecureServer fixture;
    fixture.echo("/echo");
    fixture.route(HttpMethod::get, "/origin", [](HttpRequest request, std::unique_ptr<HttpResponder> responder) {
        responder->respond({200, {}, request.origin});
    });
    SecureClient client(fixture.port);
    client.send("GET /origin HTTP/1.1\r\nHost: visit.example.org\r\n\r\n");
    CHECK(client.until("\r\n\r\nhttps://visit.example.org").ends_with("https://visit.example.org"));
    client.send(kUpgrade);
    CHECK(client.until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    client.send(Client::frame(0x81, "hello"));
    CHECK(client.until("hello") == "\x81\x05hello");
    client.send(Client::frame(0x88, "\x03\xe8"));
    CHECK(client.until("(nothing)") == "\x88\x02\x03\xe8");
    CHECK(client.tls.peer_ended());
}

TEST_CASE("over TLS browsers are asked to come by https alone, also when their request is refused") {
    ServerOptions options;
    options.hsts = std::chrono::hours(1);
    SecureServer fixture(std::move(options));
    SecureClient client(fixture.port);
    client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(contains(client.until("hello"), "Strict-Transport-Security: max-age=3600\r\n"));
    client.send("rubbish\r\n\r\n");
    CHECK(contains(client.until("(nothing)"), "Strict-Transport-Security: max-age=3600\r\n"));
}

TEST_CASE("handshake and first request have one deadline") {
    SecureServer fixture;
    Client silent(fixture.port);
    Client halfway(fixture.port);
    halfway.send(TlsClient().take().substr(0, 100));
    SecureClient shaken(fixture.port);
    fixture.wait_for(&LoopSnapshot::connections, 3);
    while (fixture.source->figures().completed == 0) fixture.advance(std::chrono::milliseconds(0));
    fixture.advance(Timeouts{}.head + std::chrono::milliseconds(100));
    CHECK(silent.receive_all().empty());
    CHECK(halfway.receive_all().empty());
    CHECK(shaken.until("(nothing)").empty());
    fixture.wait_for(&LoopSnapshot::timeouts, 3);
}

TEST_CASE("a client that goes away in the middle of its handshake leaves nothing behind") {
    SecureServer fixture;
    const std::string hello = TlsClient().take();
    for (std::size_t cut = 0; cut <= hello.size(); cut += 7) {
        Client client(fixture.port);
        client.send(std::string_view(hello).substr(0, cut));
        client.end_sending();
        client.receive_all();
    }
    fixture.wait_for(&LoopSnapshot::connections, 0);
    CHECK(fixture.source->figures().completed == 0);
}

TEST_CASE("HTTP in the clear is refused in the clear, however much of it comes") {
    SecureServer fixture;
    Client client(fixture.port);
    client.send("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x'));
    const std::string answer = client.receive_all();
    CHECK(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(contains(answer, "tls_required"));
    fixture.wait_for(&LoopSnapshot::protocol_errors, 1);
}

TEST_CASE("a client that says it has finished is answered with the same") {
    SecureServer fixture;
    SecureClient client(fixture.port);
    client.tls.write("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    client.tls.finish();
    client.flush();
    CHECK(client.until("(nothing)").ends_with("\r\n\r\nhello"));
    CHECK(client.tls.peer_ended());
}

TEST_CASE("a channel goes on with what it began with when the certificate is replaced; new ones get the new one") {
    SecureServer fixture;
    fixture.echo("/echo");
    SecureClient before(fixture.port);
    before.send(kUpgrade);
    before.until("\r\n\r\n");
    fixture.folder.write(*tls::make_key());
    REQUIRE(fixture.source->reload().ok());
    SecureClient after(fixture.port);
    CHECK(X509_cmp(tls::Owned<X509>(SSL_get1_peer_certificate(before.tls.ssl())).get(),
                   tls::Owned<X509>(SSL_get1_peer_certificate(after.tls.ssl())).get()) != 0);
    before.send(Client::frame(0x81, "still here"));
    CHECK(before.until("still here") == "\x81\x0astill here");
}

TEST_CASE("a reader that does not read is cut at its limit, which counts encrypted bytes") {
    SecureServer fixture;
    std::size_t most = 0;
    fixture.channel("/echo", [&](const HttpRequest&) -> Result<ChannelAccept> {
        auto listener = std::make_unique<TestListener>();
        listener->message = [&](Channel& channel, MessageKind, std::string_view) {
            const std::string text(1000, 'x');
            while (send(channel, text) != SendResult::dropped) most = std::max(most, channel.queued_bytes());
        };
        listener->closed = [&](const ChannelClose& close) { fixture.closed.put(close); };
        return ChannelAccept{std::move(listener), {}};
    });
    SecureClient client(fixture.port);
    client.send(kUpgrade);
    client.until("\r\n\r\n");
    client.send(Client::frame(0x81, "go"));
    CHECK(fixture.closed.take().reason == "slow_reader");
    CHECK(most <= ServerOptions{}.max_queued);
    CHECK(most + 1100 > ServerOptions{}.max_queued);
    fixture.wait_for(&LoopSnapshot::slow_readers, 1);
}

TEST_CASE("a drained server says the end of the stream to idle connections") {
    SecureServer fixture;
    SecureClient client(fixture.port);
    client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    client.until("hello");
    std::thread drain([&] { fixture.server->drain(ListenerKind::public_listener, std::chrono::seconds(10)); });
    client.until("(nothing)");
    CHECK(client.tls.peer_ended());
    client.socket.close();
    drain.join();
}

}  // namespace televisit::net::testing
