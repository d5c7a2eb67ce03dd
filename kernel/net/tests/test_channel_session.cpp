#include <unistd.h>

#include "server_fixture.hpp"

namespace televisit::net::testing {
namespace {

using std::chrono::milliseconds;

int status_of(const std::string& answer) {
    return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

std::string handshake(const std::string& fields) {
    return "GET /echo HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

const std::string kGood = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
const std::string kKey = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const std::string kVersion = "Sec-WebSocket-Version: 13\r\n";

}  // namespace

TEST_CASE("bad handshakes are refused as HTTP") {
    ServerFixture fixture;
    fixture.echo("/echo");
    const auto port = fixture.listen();
    const std::vector<std::pair<std::string, int>> cases{
        {kGood + kVersion, 400},
        {kGood + kVersion + "Sec-WebSocket-Key: short\r\n", 400},
        {kGood + kVersion + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==\r\n", 400},
        {kGood + kVersion + kKey + kKey, 400},
        {kGood + kVersion + kKey + "Sec-WebSocket-Protocol: not a name\r\n", 400},
        {kGood + kKey, 426},
        {kGood + kKey + "Sec-WebSocket-Version: 8\r\n", 426},
        {kGood + kKey + kVersion + "Content-Length: 1\r\n\r\nx", 400},
        {"Upgrade: websocket\r\n" + kKey + kVersion, 426},
        {"", 426},
    };
    for (const auto& [fields, status] : cases) {
        INFO(fields);
        Client client(port);
        client.send(handshake(fields));
        CHECK(status_of(client.receive_answer()) == status);
    }
    Client post(port);
    post.send("POST /echo HTTP/1.1\r\nHost: a\r\n" + kGood + kKey + kVersion + "\r\n");
    CHECK(status_of(post.receive_answer()) == 400);
    CHECK(fixture.count(&LoopSnapshot::channels) == 0);
}

TEST_CASE("the first subprotocol that is offered is taken, and none when none is") {
    ServerFixture fixture;
    fixture.echo("/echo");
    const auto port = fixture.listen();
    const auto answered = [&](const std::string& fields) {
        Client client(port);
        const std::string answer = client.open_channel("/echo", fields);
        CHECK(status_of(answer) == 101);
        return answer;
    };
    CHECK(contains(answered("Sec-WebSocket-Protocol: visit.v2, visit.v1\r\n"),
                   "\r\nSec-WebSocket-Protocol: visit.v2\r\n"));
    CHECK(contains(answered("Sec-WebSocket-Protocol: visit.v2\r\nSec-WebSocket-Protocol: visit.v1\r\n"),
                   "\r\nSec-WebSocket-Protocol: visit.v2\r\n"));
    CHECK(!contains(answered(""), "Sec-WebSocket-Protocol"));
}

TEST_CASE("pages of configured origins and of this very host may connect, others not") {
    ServerOptions options;
    options.cors_origins = {"https://portal.example"};
    ServerFixture fixture(options);
    fixture.echo("/echo");
    fixture.echo("/any", [](ChannelRoute& route) { route.any_origin = true; });
    const auto port = fixture.listen();
    const auto open = [&](const std::string& path, const std::string& origin) {
        Client client(port);
        return status_of(client.open_channel(path, origin.empty() ? "" : "Origin: " + origin + "\r\n"));
    };
    CHECK(open("/echo", "") == 101);
    CHECK(open("/echo", "https://portal.example") == 101);
    CHECK(open("/echo", "https://test") == 101);
    CHECK(open("/echo", "https://evil.example") == 403);
    CHECK(open("/echo", "null") == 403);
    CHECK(open("/any", "https://evil.example") == 101);
}

TEST_CASE("an acceptor's error is answered by its code") {
    ServerFixture fixture;
    fixture.channel("/no", [](const HttpRequest&) -> Result<ChannelAccept> {
        Error refused = error(Errc::rate_limited, "too_many", "Slow down.");
        refused.retry_after = std::chrono::seconds(7);
        return refused;
    });
    fixture.channel("/throw", [](const HttpRequest&) -> Result<ChannelAccept> { throw std::runtime_error("inside"); });
    fixture.channel("/empty", [](const HttpRequest&) -> Result<ChannelAccept> { return ChannelAccept{}; });
    const auto port = fixture.listen();
    const std::string answer = Client(port).open_channel("/no");
    CHECK(status_of(answer) == 429);
    CHECK(contains(answer, "Retry-After: 7\r\n"));
    CHECK(contains(answer, "\"code\":\"too_many\""));
    CHECK(status_of(Client(port).open_channel("/throw")) == 500);
    CHECK(fixture.faults.take() == "test: inside");
    CHECK(status_of(Client(port).open_channel("/empty")) == 500);
}

TEST_CASE("an acceptor sees the request, and HTTP is served at the same path") {
    ServerFixture fixture;
    Mailbox<std::string> seen;
    fixture.channel("/x/{id}", [&](const HttpRequest& request) -> Result<ChannelAccept> {
        seen.put(std::string(request.param("id")) + request.raw_query + std::string(request.header("x-a")));
        return ChannelAccept{std::make_unique<TestListener>(), {}};
    });
    fixture.route(HttpMethod::get, "/x/{name}", [](HttpRequest request, std::unique_ptr<HttpResponder> responder) {
        responder->respond({200, {}, std::string(request.param("name"))});
    });
    const auto port = fixture.listen();
    Client client(port);
    CHECK(status_of(client.open_channel("/x/7?q=1", "X-A: b\r\n")) == 101);
    CHECK(seen.take() == "7q=1b");
    CHECK(fixture.access.take().status == 101);
    CHECK(Client(port).get("/x/8").ends_with("\r\n\r\n8"));
}

TEST_CASE("frames sent right behind the handshake are not lost") {
    ServerFixture fixture;
    fixture.echo("/echo");
    Client client(fixture.listen());
    client.send(handshake(kGood + kKey + kVersion) + Client::frame(0x81, "early"));
    CHECK(status_of(client.receive_answer()) == 101);
    CHECK(client.receive_frame().second == "early");
}

TEST_CASE("frames byte by byte, in fragments, with pings between them make one message") {
    ServerFixture fixture;
    fixture.echo("/echo");
    Client client(fixture.listen());
    client.open_channel("/echo");
    const std::string bytes = Client::frame(0x01, "he") + Client::frame(0x89, "ping") + Client::frame(0x80, "llo");
    for (const char byte : bytes) client.send({&byte, 1});
    CHECK(client.receive_frame() == std::pair<unsigned char, std::string>{0x8a, "ping"});
    CHECK(client.receive_frame() == std::pair<unsigned char, std::string>{0x81, "hello"});
}

TEST_CASE("bad frames close with their code, and the listener is told why") {
    const std::vector<std::tuple<std::string, int, std::string>> cases{
        {std::string("\x81\x01") + "a", 1002, "unmasked_frame"},
        {Client::frame(0xc1, "a"), 1002, "reserved_bits"},
        {Client::frame(0x81, "\xff"), 1007, "bad_utf8"},
        {Client::frame(0x81, std::string(2000, 'a')), 1009, "too_big"},
        {Client::frame(0x88, "\x03\xed"), 1002, "bad_close_code"},
    };
    ServerFixture fixture;
    fixture.echo("/echo", [](ChannelRoute& route) { route.max_message = 1000; });
    const auto port = fixture.listen();
    for (const auto& [bytes, code, reason] : cases) {
        Client client(port);
        client.open_channel("/echo");
        client.send(bytes);
        CHECK(client.receive_close() == code);
        CHECK_FALSE(client.receive());
        const ChannelClose close = fixture.closed.take();
        CHECK(close.code == code);
        CHECK_FALSE(close.by_peer);
        CHECK(close.reason == reason);
    }
    CHECK(fixture.count(&LoopSnapshot::protocol_errors) == 5);
    CHECK(fixture.count(&LoopSnapshot::channels) == 0);
}

TEST_CASE("a close frame is answered with its own code") {
    ServerFixture fixture;
    fixture.echo("/echo");
    const auto port = fixture.listen();
    for (const auto& [payload, code] : std::vector<std::pair<std::string, int>>{
             {"", 1005}, {"\x03\xe8", 1000}, {"\x03\xe9gone", 1001}, {"\x0b\xb8", 3000}}) {
        Client client(port);
        client.open_channel("/echo");
        client.send(Client::frame(0x88, payload));
        CHECK(client.receive_close() == code);
        CHECK_FALSE(client.receive());
        const ChannelClose close = fixture.closed.take();
        CHECK(close.code == code);
        CHECK(close.by_peer);
    }
}

TEST_CASE("a listener's close sends what is queued first, and hears of the end later") {
    ServerFixture fixture;
    Mailbox<std::string> told;
    fixture.channel("/x", [&](const HttpRequest&) -> Result<ChannelAccept> {
        auto listener = std::make_unique<TestListener>();
        listener->message = [&](Channel& channel, MessageKind, std::string_view) {
            send(channel, "last words");
            channel.close(4000, "enough");
            channel.close(4001, "again");
            told.put(send(channel, "too late") == SendResult::closed ? "closed" : "sent");
        };
        listener->closed = [&](const ChannelClose& close) { told.put(std::to_string(close.code) + close.reason); };
        return ChannelAccept{std::move(listener), {}};
    });
    Client client(fixture.listen());
    client.open_channel("/x");
    client.send_text("go");
    CHECK(client.receive_frame().second == "last words");
    CHECK(client.receive_frame() == std::pair<unsigned char, std::string>{0x88,
                                                                          "\x0f\xa0"
                                                                          "enough"});
    CHECK(told.take() == "closed");
    CHECK(told.empty());
    client.send_text("not wanted any more");
    client.send(Client::frame(0x88, "\x0f\xa0"));
    CHECK(told.take() == "4000enough");
    CHECK_FALSE(client.receive());
}

TEST_CASE("a peer that does not answer a close is cut at the deadline") {
    ServerFixture fixture;
    fixture.channel("/x", [&](const HttpRequest&) -> Result<ChannelAccept> {
        auto listener = std::make_unique<TestListener>();
        listener->opened = [](Channel& channel) { channel.close(1000, ""); };
        listener->closed = [&](const ChannelClose& close) { fixture.closed.put(close); };
        return ChannelAccept{std::move(listener), {}};
    });
    Client client(fixture.listen());
    client.open_channel("/x");
    CHECK(client.receive_close() == 1000);
    fixture.advance(milliseconds(5100));
    CHECK(fixture.closed.take().code == 1000);
    CHECK_FALSE(client.receive());
}

TEST_CASE("a lost connection is 1006") {
    ServerFixture fixture;
    fixture.echo("/echo");
    Client client(fixture.listen());
    client.open_channel("/echo");
    client.close();
    const ChannelClose close = fixture.closed.take();
    CHECK(close.code == 1006);
    CHECK_FALSE(close.by_peer);
    fixture.wait_for(&LoopSnapshot::connections, 0);
}

TEST_CASE("a listener that throws is closed with 1011, and named") {
    ServerFixture fixture;
    fixture.channel("/x", [&](const HttpRequest&) -> Result<ChannelAccept> {
        auto listener = std::make_unique<TestListener>();
        listener->message = [](Channel&, MessageKind, std::string_view) { throw std::runtime_error("inside"); };
        return ChannelAccept{std::move(listener), {}};
    });
    Client client(fixture.listen());
    client.open_channel("/x");
    client.send_text("go");
    CHECK(client.receive_close() == 1011);
    CHECK(fixture.faults.take() == "test: inside");
}

TEST_CASE("a reader that never reads is closed at its limit, and costs its partner nothing") {
    ServerOptions options;
    options.max_queued = 100'000;
    ServerFixture fixture(options);
    Channel* reader = nullptr;  // the loop's own
    Mailbox<std::string> opened;
    fixture.channel("/reader", [&](const HttpRequest&) -> Result<ChannelAccept> {
        auto listener = std::make_unique<TestListener>();
        listener->opened = [&](Channel& channel) {
            reader = &channel;
            opened.put("open");
        };
        listener->closed = [&](const ChannelClose& close) {
            reader = nullptr;
            fixture.closed.put(close);
        };
        return ChannelAccept{std::move(listener), {}};
    });
    Mailbox<SendResult> results;
    Mailbox<std::string> violations;
    fixture.channel("/sender", [&](const HttpRequest&) -> Result<ChannelAccept> {
        auto listener = std::make_unique<TestListener>();
        listener->message = [&](Channel& channel, MessageKind, std::string_view text) {
            if (reader) {
                const SendResult result = send(*reader, text);
                if (reader->queued_bytes() > 200'000) violations.put("more queued than allowed");
                if (result == SendResult::dropped) {
                    results.put(result);
                    if (!fixture.closed.empty()) violations.put("told from within the call");
                    if (send(*reader, text) != SendResult::closed) violations.put("sent after the end");
                }
            }
            send(channel, "ok");
        };
        return ChannelAccept{std::move(listener), {}};
    });
    const auto port = fixture.listen();
    Client slow(port, 4096);
    slow.open_channel("/reader");
    opened.take();
    Client sender(port);
    sender.open_channel("/sender");
    const std::string text(50'000, 'x');
    while (results.empty()) {
        REQUIRE(sender.send_text(text));
        REQUIRE(sender.receive_frame().second == "ok");
    }
    const ChannelClose close = fixture.closed.take();
    CHECK(close.code == 1006);
    CHECK(close.reason == "slow_reader");
    CHECK(violations.empty());
    CHECK(fixture.count(&LoopSnapshot::slow_readers) == 1);
    REQUIRE(sender.send_text("still here"));
    CHECK(sender.receive_frame().second == "ok");
}

TEST_CASE("a channel that floods with control frames is closed with 1008, and messages do not count") {
    ServerOptions options;
    options.control_frames = Rate(1, 20);
    ServerFixture fixture(options);
    fixture.echo("/echo");
    const auto port = fixture.listen();
    const auto opcode = static_cast<unsigned char>(GENERATE(0x89, 0x8a));  // ping, pong
    Client client(port);
    client.open_channel("/echo");
    for (int i = 0; i < 100; ++i) {
        REQUIRE(client.send_text("hello"));
        REQUIRE(client.receive_frame().second == "hello");
    }
    std::string flood;
    for (int i = 0; i < 200; ++i) flood += Client::frame(opcode, "x");
    REQUIRE(client.send(flood));
    auto frame = client.receive_frame();
    std::size_t pongs = 0;
    for (; frame.first == 0x8a; frame = client.receive_frame()) ++pongs;
    CHECK(pongs < 30);
    CHECK(frame.first == 0x88);
    CHECK(frame.second == "\x03\xf0too_many_control_frames");
    CHECK(fixture.count(&LoopSnapshot::control_floods) == 1);
}

TEST_CASE("queued messages arrive whole and in order once the reader reads") {
    ServerOptions options;
    options.max_queued = 50'000'000;
    ServerFixture fixture(options);
    fixture.channel("/burst", [&](const HttpRequest&) -> Result<ChannelAccept> {
        auto listener = std::make_unique<TestListener>();
        listener->opened = [](Channel& channel) {
            for (int i = 0; i < 2000; ++i) {
                const std::string number = std::to_string(i);
                const std::string filler(static_cast<std::size_t>(i) * 5, 'x');
                channel.send(MessageKind::text, std::array<std::string_view, 3>{number, ":", filler});
            }
        };
        return ChannelAccept{std::move(listener), {}};
    });
    Client client(fixture.listen(), 4096);
    client.send("GET /burst HTTP/1.1\r\nHost: a\r\n" + kGood + kKey + kVersion + "\r\n");
    while (fixture.count(&LoopSnapshot::queued) == 0) fixture.advance(milliseconds(0));
    CHECK(status_of(client.receive_answer()) == 101);
    for (int i = 0; i < 2000; ++i)
        REQUIRE(client.receive_frame().second ==
                std::to_string(i) + ":" + std::string(static_cast<std::size_t>(i) * 5, 'x'));
}

TEST_CASE("a message of very many pieces goes out whole") {
    ServerFixture fixture;
    fixture.channel("/pieces", [&](const HttpRequest&) -> Result<ChannelAccept> {
        auto listener = std::make_unique<TestListener>();
        listener->opened = [](Channel& channel) {
            const std::string piece(1000, 'p');
            channel.send(MessageKind::text, std::vector<std::string_view>(100, piece));
            channel.send(MessageKind::text, {});
        };
        return ChannelAccept{std::move(listener), {}};
    });
    Client client(fixture.listen());
    client.open_channel("/pieces");
    CHECK(client.receive_frame().second == std::string(100'000, 'p'));
    CHECK(client.receive_frame().second.empty());
}

TEST_CASE("a channel moves to the loop it is told to, with what was sent early") {
    ServerOptions options;
    options.loops = 3;
    Mailbox<std::string> violations;
    ServerFixture fixture(options);
    fixture.channel("/x", [&](const HttpRequest& request) -> Result<ChannelAccept> {
        auto listener = std::make_unique<TestListener>();
        const auto to = static_cast<LoopId>(std::stoi(request.raw_query));
        listener->opened = [&, to](Channel& channel) {
            if (fixture.server->loops().current() != to || channel.loop() != to) violations.put("opened elsewhere");
        };
        listener->message = [&, to](Channel& channel, MessageKind, std::string_view text) {
            if (fixture.server->loops().current() != to) violations.put("message elsewhere");
            send(channel, text);
        };
        listener->closed = [&, to](const ChannelClose& close) {
            if (fixture.server->loops().current() != to) violations.put("closed elsewhere");
            fixture.closed.put(close);
        };
        return ChannelAccept{std::move(listener), to};
    });
    const auto port = fixture.listen();
    for (int i = 0; i < 12; ++i) {
        Client client(port);
        client.send("GET /x?" + std::to_string(i % 3) + " HTTP/1.1\r\nHost: a\r\n" + kGood + kKey + kVersion + "\r\n" +
                    Client::frame(0x81, "early"));
        CHECK(status_of(client.receive_answer()) == 101);
        CHECK(client.receive_frame().second == "early");
        client.send_text("late");
        CHECK(client.receive_frame().second == "late");
        client.close();
        CHECK(fixture.closed.take().code == 1006);
    }
    CHECK(violations.empty());
    fixture.wait_for(&LoopSnapshot::connections, 0);
    Client wrong(port);
    CHECK(status_of(wrong.open_channel("/x?3")) == 500);
}

TEST_CASE("a listener that holds its loop is reported by name") {
    ServerFixture fixture;
    fixture.channel("/block", [&](const HttpRequest&) -> Result<ChannelAccept> {
        auto listener = std::make_unique<TestListener>();
        listener->message = [&](Channel&, MessageKind, std::string_view) { fixture.clock.advance(milliseconds(300)); };
        return ChannelAccept{std::move(listener), {}};
    });
    Client client(fixture.listen());
    client.open_channel("/block");
    client.send_text("go");
    CHECK(fixture.slow.take() == "test//block");
}

TEST_CASE("every message is followed by readable padding") {
    ServerFixture fixture;
    Mailbox<int> sums;
    fixture.channel("/x", [&](const HttpRequest&) -> Result<ChannelAccept> {
        auto listener = std::make_unique<TestListener>();
        listener->message = [&](Channel&, MessageKind, std::string_view text) {
            volatile int sum = 0;
            for (std::size_t i = 0; i < kInputPadding; ++i) sum = sum + text.data()[text.size() + i];
            sums.put(sum);
        };
        return ChannelAccept{std::move(listener), {}};
    });
    Client client(fixture.listen());
    client.open_channel("/x");
    client.send(Client::frame(0x81, std::string(100, 'a')) + Client::frame(0x01, "a") +
                Client::frame(0x80, std::string(300, 'b')));
    sums.take();
    sums.take();
    client.send_text(std::string(500'000, 'c'));
    sums.take();
}

}  // namespace televisit::net::testing
