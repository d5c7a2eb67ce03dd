#include <sys/resource.h>
#include <sys/stat.h>

#include "server_fixture.hpp"

namespace televisit::net::testing {
namespace {

using std::chrono::milliseconds;

int status_of(const std::string& answer) {
    return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

/// A folder of its own for a socket.
struct Folder {
    std::string path = "/tmp/televisit-net-XXXXXX";
    Folder() { REQUIRE(mkdtemp(path.data())); }
    ~Folder() {
        ::unlink((path + "/admin.sock").c_str());
        ::rmdir(path.c_str());
    }
};

}  // namespace

TEST_CASE("a GET is answered, and the connection kept") {
    ServerFixture fixture;
    Client client(fixture.listen());
    for (int i = 0; i < 2; ++i) {
        const std::string answer = client.get("/hello?secret=1");
        CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nDate: Wed, 21 Jan 2026 "));
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
    CHECK(fixture.count(&LoopSnapshot::messages_in) == 9);
    fixture.wait_for(&LoopSnapshot::messages_out, 9);  // counted when it is out
}

TEST_CASE("a port in use is named") {
    ServerFixture fixture;
    const auto port = fixture.listen();
    ListenerOptions options;
    options.port = port;
    const auto again = fixture.server->listen(options);
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().code == Errc::conflict);
    CHECK(again.error().message == "cannot listen on 127.0.0.1:" + std::to_string(port) + ": it is in use");
    options.host = "no.such.host.invalid";
    CHECK_FALSE(fixture.server->listen(options).ok());
    CHECK(fixture.server->endpoints(ListenerKind::public_listener).size() == 1);
}

TEST_CASE("listeners take IPv6 addresses") {
    ServerFixture fixture;
    ListenerOptions options;
    options.host = "::1";
    const auto endpoint = fixture.server->listen(options);
    // A machine may be without IPv6; then the error says so.
    if (!endpoint.ok()) {
        CHECK(contains(endpoint.error().message, "::1"));
        return;
    }
    CHECK(endpoint->address == "[::1]:" + std::to_string(endpoint->port));
}

TEST_CASE("the admin socket is its owner's alone, and replaces one that was left behind") {
    const Folder folder;
    ServerFixture fixture;
    ListenerOptions options;
    options.kind = ListenerKind::admin_listener;
    options.unix_path = folder.path + "/admin.sock";
    fixture.route(
        HttpMethod::get, "/admin",
        [&](HttpRequest request, std::unique_ptr<HttpResponder> responder) {
            const bool on_admin_loop =
                request.listener == ListenerKind::admin_listener && request.loop == fixture.server->loops().count();
            responder->respond({200, {}, (on_admin_loop ? "admin " : "public ") + request.remote_address});
        },
        [](HttpRoute& route) {
            route.on_public = false;
            route.on_admin = true;
        });
    {
        // What a killed server leaves: a file that nobody listens on.
        const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, options.unix_path.c_str(), sizeof address.sun_path - 1);
        REQUIRE(::bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        ::close(left);
    }
    REQUIRE(fixture.server->listen(options).ok());
    struct stat status {};
    REQUIRE(::stat(options.unix_path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(Client(options.unix_path).get("/admin").ends_with("admin unix"));
    CHECK(status_of(Client(options.unix_path).get("/hello")) == 404);
    CHECK(fixture.server->listen(options).error().code == Errc::conflict);
    CHECK(Client(options.unix_path).get("/admin").ends_with("admin unix"));
    fixture.server->stop_accepting(ListenerKind::admin_listener);
    CHECK(::stat(options.unix_path.c_str(), &status) != 0);
}

TEST_CASE("admin and public listeners serve their own routes") {
    ServerFixture fixture;
    const auto port = fixture.listen();
    const auto admin = fixture.listen(ListenerKind::admin_listener);
    CHECK(status_of(Client(port).get("/hello")) == 200);
    CHECK(status_of(Client(admin).get("/hello")) == 404);
}

TEST_CASE("without a descriptor left the server waits, and goes on when one is free") {
    ServerFixture fixture;
    const auto port = fixture.listen();
    Client before(port);
    CHECK(status_of(before.get("/hello")) == 200);
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const int next = ::dup(0);
    ::close(next);
    // Sockets of the client are made first, for they need descriptors too.
    Client waiting(port);
    fixture.wait_for(&LoopSnapshot::connections, 2);
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    rlimit tight = limit;
    tight.rlim_cur = static_cast<rlim_t>(probe) + 1;
    REQUIRE(setrlimit(RLIMIT_NOFILE, &tight) == 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    while (fixture.server->snapshot().accept_pauses == 0) fixture.advance(milliseconds(0));
    CHECK(status_of(before.get("/hello")) == 200);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    fixture.advance(milliseconds(150));
    fixture.wait_for(&LoopSnapshot::connections, 3);
    ::close(probe);
}

TEST_CASE("accepted connections are spread over the loops") {
    ServerOptions options;
    options.loops = 2;
    ServerFixture fixture(options);
    const auto port = fixture.listen();
    std::deque<Client> clients;
    for (int i = 0; i < 10; ++i) CHECK(status_of(clients.emplace_back(port).get("/hello")) == 200);
    const auto snapshot = fixture.server->snapshot();
    CHECK(snapshot.loops[0].connections == 5);
    CHECK(snapshot.loops[1].connections == 5);
}

TEST_CASE("what an owner registered is not served any more once removed") {
    ServerFixture fixture;
    const auto port = fixture.listen();
    CHECK(status_of(Client(port).get("/hello")) == 200);
    fixture.server->remove("test");
    CHECK(status_of(Client(port).get("/hello")) == 404);
    CHECK(fixture.server->routes().empty());
}

TEST_CASE("routes may be added while the server runs") {
    ServerFixture fixture;
    const auto port = fixture.listen();
    Client client(port);
    CHECK(status_of(client.get("/later")) == 404);
    fixture.route(HttpMethod::get, "/later", [](HttpRequest, std::unique_ptr<HttpResponder> responder) {
        responder->respond({204, {}, {}});
    });
    CHECK(status_of(client.get("/later")) == 204);
}

TEST_CASE("draining closes idle connections, lets answers out, and closes channels with 1001") {
    ServerFixture fixture;
    fixture.echo("/echo");
    Mailbox<std::unique_ptr<HttpResponder>> waiting;
    fixture.route(HttpMethod::get, "/wait",
                  [&](HttpRequest, std::unique_ptr<HttpResponder> responder) { waiting.put(std::move(responder)); });
    const auto port = fixture.listen();
    const auto admin = fixture.listen(ListenerKind::admin_listener);
    Client idle(port), busy(port), channel(port), operators(admin);
    idle.get("/hello");
    operators.get("/hello");
    channel.open_channel("/echo");
    busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto responder = waiting.take();

    auto drained = std::async(std::launch::async,
                              [&] { return fixture.server->drain(ListenerKind::public_listener, milliseconds(1000)); });
    CHECK_FALSE(idle.receive());
    idle.close();
    responder->respond({200, {}, "done"});
    const std::string answer = busy.receive_all();
    CHECK(contains(answer, "Connection: close\r\n"));
    CHECK(answer.ends_with("done"));
    busy.close();
    channel.send_text("still served");
    CHECK(channel.receive_frame().second == "still served");
    CHECK_FALSE(Client(port).connected());

    fixture.advance(milliseconds(1100));
    CHECK(channel.receive_close() == 1001);
    channel.send(Client::frame(0x88, "\x03\xe9"));
    CHECK_FALSE(channel.receive());
    channel.close();
    CHECK_FALSE(drained.get());
    CHECK(fixture.closed.take().code == 1001);
    CHECK(status_of(operators.get("/hello")) == 404);
}

TEST_CASE("a drain that everybody follows ends before its deadline") {
    ServerFixture fixture;
    Client client(fixture.listen());
    client.get("/hello");
    auto drained = std::async(
        std::launch::async, [&] { return fixture.server->drain(ListenerKind::public_listener, milliseconds(60'000)); });
    CHECK_FALSE(client.receive());
    client.close();
    CHECK(drained.get());
}

TEST_CASE("who ignores the drain is cut after the close handshake's time") {
    ServerFixture fixture;
    fixture.echo("/echo");
    const auto port = fixture.listen();
    Client deaf(port);
    deaf.open_channel("/echo");
    auto drained = std::async(std::launch::async,
                              [&] { return fixture.server->drain(ListenerKind::public_listener, milliseconds(100)); });
    while (Client(port).connected()) {
    }
    for (int i = 0; i < 6; ++i) {
        fixture.advance(milliseconds(1000));
        fixture.advance(milliseconds(0));
    }
    while (drained.wait_for(std::chrono::seconds(0)) != std::future_status::ready) fixture.advance(milliseconds(100));
    CHECK_FALSE(drained.get());
    CHECK(fixture.closed.take().code == 1001);
}

TEST_CASE("stopping ends every channel, and tells its listener") {
    ServerFixture fixture;
    fixture.echo("/echo");
    Client client(fixture.listen());
    client.open_channel("/echo");
    fixture.server->stop();
    CHECK(fixture.closed.take().code == 1006);
    CHECK_FALSE(client.receive());
    ListenerOptions options;
    CHECK(fixture.server->listen(options).error().code == Errc::unavailable);
}

TEST_CASE("a bad trusted proxy fails the making of a server") {
    ServerOptions options;
    options.trusted_proxies = {"10.0.0.0/8", "nonsense"};
    const ManualClock clock;
    const auto server = Server::create(options, {}, clock);
    REQUIRE_FALSE(server.ok());
    CHECK(contains(server.error().message, "nonsense"));
}

TEST_CASE("behind a trusted proxy the client and the origin are the ones it names") {
    ServerOptions options;
    options.trusted_proxies = {"127.0.0.0/8"};
    ServerFixture fixture(options);
    fixture.route(HttpMethod::get, "/who", [](HttpRequest request, std::unique_ptr<HttpResponder> responder) {
        responder->respond({200, {}, request.remote_address + " " + request.origin});
    });
    Client client(fixture.listen());
    CHECK(client
              .get("/who",
                   "X-Forwarded-For: 6.6.6.6, 9.9.9.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: v.example\r\n")
              .ends_with("\r\n\r\n9.9.9.9 https://v.example"));
    CHECK(fixture.access.take().remote == "9.9.9.9");
}

}  // namespace televisit::net::testing
