#include "net/tls/transport.hpp"

#include <algorithm>

#include "tls_client.hpp"

namespace televisit::net::testing {
namespace {

using State = Transport::State;

/// A server's end and a client, joined in memory.
class Line {
  public:
    explicit Line(TlsClient::Options options = {}, tls::Version least = tls::Version::tls_1_2)
        : Line(*tls::make_key(), std::move(options), least) {}
    Line(EVP_PKEY& key, TlsClient::Options options, tls::Version least = tls::Version::tls_1_2)
        : client(std::make_unique<TlsClient>(options)) {
        folder.write(key);
        source = tls::Source::open(folder.files(), least).value();
        server = source->transport();
    }

    /// Hands bytes to the server, and its answer to the client.
    void to_server(std::string_view bytes) {
        plain_.resize(bytes.size() + Transport::kMostKept);
        Buffer answer;
        const auto [count, its_state] = server->receive(std::span(bytes.data(), bytes.size()), plain_, answer);
        received.append(plain_.data(), count);
        state = its_state;
        last_answer = answer.view();
        client->feed(last_answer);
    }
    /// Until nobody has anything to say, `step` bytes at a time.
    void run(std::size_t step = SIZE_MAX) {
        for (std::string bytes = client->take(); !bytes.empty() && state == State::open; bytes = client->take())
            for (std::size_t at = 0; at < bytes.size() && state == State::open; at += std::min(step, bytes.size() - at))
                to_server(std::string_view(bytes).substr(at, step));
    }
    std::string sealed(std::string_view head, std::vector<std::string_view> pieces = {}) {
        Buffer wire;
        CHECK(server->send(head, pieces, wire));
        return std::string(wire.view());
    }
    /// A client that comes later, with a session of before.
    void again(TlsClient::Options options) {
        client = std::make_unique<TlsClient>(options);
        server = source->transport();
        state = State::open;
        received.clear();
        run();
    }

    CertificateFolder folder;
    std::shared_ptr<tls::Source> source;
    std::unique_ptr<Transport> server;
    std::unique_ptr<TlsClient> client;
    std::string received, last_answer;
    State state = State::open;

  private:
    std::vector<char> plain_;
};

/// The types of the records in bytes of the wire.
std::vector<int> records(std::string_view wire) {
    std::vector<int> types;
    while (wire.size() >= 5) {
        types.push_back(wire[0]);
        const std::size_t size = static_cast<unsigned char>(wire[3]) * 256u + static_cast<unsigned char>(wire[4]);
        wire.remove_prefix(std::min(wire.size(), 5 + size));
    }
    return types;
}

constexpr int kAlert = 21, kApplicationData = 23;
constexpr int kBothVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

}  // namespace

TEST_CASE("a handshake may come byte by byte, in either version and with either kind of key") {
    const tls::Owned<EVP_PKEY> keys[] = {tls::make_key(), tls::Owned<EVP_PKEY>(EVP_RSA_gen(2048))};
    for (const auto& key : keys) {
        for (const int version : kBothVersions) {
            Line line(*key, {.version = version});
            line.run(1);
            REQUIRE(line.client->shaken());
            CHECK(SSL_version(line.client->ssl()) == version);
            line.client->write("hello");
            line.run(1);
            CHECK(line.received == "hello");
            line.client->feed(line.sealed("good ", {"morn", "ing"}));
            CHECK(line.client->received == "good morning");
            CHECK(line.source->figures().completed == 1);
        }
    }
}

TEST_CASE("a handshake may be cut in two at any byte") {
    for (const int version : kBothVersions) {
        const std::string hello = TlsClient({.version = version}).take();
        Line line({.version = version});
        for (std::size_t cut = 1; cut < hello.size(); ++cut) {
            line.client = std::make_unique<TlsClient>(TlsClient::Options{.version = version});
            line.server = line.source->transport();
            line.run(cut);
            REQUIRE(line.client->shaken());
        }
    }
}

TEST_CASE("head and pieces of a message are one record, and a large one takes as few as it can") {
    Line line;
    line.run();
    CHECK(records(line.sealed("\x81\x05", {"hel", "lo"})) == std::vector<int>{kApplicationData});
    const std::string most(16384, 'x');
    CHECK(records(line.sealed(most.substr(4), {"abcd"})).size() == 1);
    CHECK(records(line.sealed(most, {"a"})).size() == 2);
    CHECK(line.sealed("").empty());
}

TEST_CASE("a large message arrives whole in both directions") {
    std::string large;
    for (int i = 0; large.size() < 900'000; ++i) large += std::to_string(i);
    for (const int version : kBothVersions) {
        Line line({.version = version});
        line.run();
        line.client->write(large);
        line.run(32 * 1024);
        CHECK(line.received == large);
        line.client->feed(line.sealed("head", {large, "tail"}));
        CHECK(line.client->received == "head" + large + "tail");
    }
}

TEST_CASE("what is no TLS breaks the stream; HTTP in the clear is told what is spoken here") {
    Line nothing;
    nothing.to_server("\x01\x02\x03\x04\x05 this is nothing");
    CHECK(nothing.state == State::broken);
    CHECK(nothing.last_answer.empty());
    Line line;
    line.to_server(std::string_view("\x16\x03\x01\x00\x05hello", 10));
    CHECK(line.state == State::broken);
    CHECK(records(line.last_answer) == std::vector<int>{kAlert});

    for (const std::string first : {"GET / HTTP/1.1\r\n\r\n", "P", "OPTIONS * HTTP/1.1"}) {
        Line other;
        other.to_server(first);
        CHECK(other.state == State::broken);
        CHECK(other.last_answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
        CHECK(other.last_answer.find("\"code\":\"tls_required\"") != std::string::npos);
        CHECK(other.source->figures().failed == 1);
        other.to_server(first);
        CHECK(other.last_answer.empty());
    }
}

TEST_CASE("a stream that was tampered with is broken, and says nothing more") {
    Line line;
    line.run();
    line.client->write("hello");
    std::string bytes = line.client->take();
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    line.to_server(bytes);
    CHECK(line.state == State::broken);
    CHECK(line.received.empty());
    CHECK(line.client->failed());
    Buffer wire;
    CHECK_FALSE(line.server->send("x", {}, wire));
    line.server->finish(wire);
    CHECK(wire.empty());
}

TEST_CASE("a handshake that does not come to its end within its bytes is cut off") {
    Line line;
    // A ClientHello that announces 130,000 bytes, in records of 4 KiB.
    std::string record =
        std::string("\x16\x03\x01\x10\x00", 5) + std::string("\x01\x01\xfb\xd0", 4) + std::string(4092, 'x');
    std::size_t sent = 0;
    while (line.state == State::open && sent < 1'000'000) {
        line.to_server(record);
        sent += record.size();
        record.replace(5, 4, "xxxx");
    }
    CHECK(line.state == State::broken);
    CHECK(sent <= tls::TlsTransport::kMostHandshake + 2 * record.size());
}

TEST_CASE("the end of a stream is told in both directions, once") {
    Line line;
    line.run();
    Buffer wire;
    line.server->finish(wire);
    line.server->finish(wire);
    CHECK(records(wire.view()).size() == 1);
    line.client->feed(wire.view());
    CHECK(line.client->peer_ended());

    Line other;
    other.run();
    other.client->write("last words");
    other.client->finish();
    other.run();
    CHECK(other.state == State::ended);
    CHECK(other.received == "last words");
}

TEST_CASE("before the handshake is done nothing can be sent, not even the end") {
    Line line;
    Buffer wire;
    CHECK_FALSE(line.server->send("x", {}, wire));
    line.server->finish(wire);
    CHECK(wire.empty());
}

TEST_CASE("who wants to renegotiate is refused and cut off; new keys of TLS 1.3 are no renegotiation") {
    Line line({.version = TLS1_2_VERSION});
    line.run();
    REQUIRE(SSL_renegotiate(line.client->ssl()) == 1);
    SSL_do_handshake(line.client->ssl());
    line.run();
    CHECK(line.state == State::broken);
    CHECK(records(line.last_answer) == std::vector<int>{kAlert});

    Line other;
    other.run();
    REQUIRE(SSL_key_update(other.client->ssl(), SSL_KEY_UPDATE_REQUESTED) == 1);
    other.client->write("hello");
    other.run();
    CHECK(other.state == State::open);
    CHECK(other.received == "hello");
    other.client->feed(other.sealed("back"));
    CHECK(other.client->received == "back");
}

TEST_CASE("of the protocols that a client names only http/1.1 is spoken") {
    const auto chosen = [](Line& line) {
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(line.client->ssl(), &name, &size);
        return std::string(reinterpret_cast<const char*>(name), size);
    };
    Line both({.alpn = "\x02h2\x08http/1.1"});
    both.run();
    CHECK(both.client->shaken());
    CHECK(chosen(both) == "http/1.1");

    Line none;
    none.run();
    CHECK(none.client->shaken());
    CHECK(chosen(none).empty());

    Line other({.alpn = "\x02h2\x08http/1.0"});
    other.run();
    CHECK(other.client->failed());
    CHECK(other.client->failure() == "tlsv1 alert no application protocol");
    CHECK(other.source->figures().failed == 1);
}

TEST_CASE("old versions and weak ciphers are refused, and 1.2 too where only 1.3 is wanted") {
    const auto refused = [](TlsClient::Options options, tls::Version least = tls::Version::tls_1_2) {
        Line line(std::move(options), least);
        line.run();
        return line.client->failed() && line.state == State::broken;
    };
    CHECK(refused({.version = TLS1_1_VERSION}));
    CHECK(refused({.version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-SHA256"}));
    CHECK(refused({.version = TLS1_2_VERSION, .ciphers = "AES128-GCM-SHA256"}));
    CHECK(refused({.version = TLS1_2_VERSION}, tls::Version::tls_1_3));
    CHECK_FALSE(refused({.version = TLS1_3_VERSION}, tls::Version::tls_1_3));
}

TEST_CASE("the server's order of ciphers counts") {
    Line line({.version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"});
    line.run();
    CHECK(std::string(SSL_get_cipher_name(line.client->ssl())) == "ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST_CASE("a session is resumed by its ticket until the tickets' keys are renewed") {
    for (const int version : kBothVersions) {
        Line line({.version = version});
        line.run();
        SSL_SESSION* const session = line.client->ticket();
        REQUIRE(session);
        REQUIRE(SSL_SESSION_up_ref(session) == 1);
        line.again({.version = version, .session = session});
        CHECK(SSL_session_reused(line.client->ssl()) == 1);
        CHECK(line.source->figures().resumed == 1);
        REQUIRE(line.source->renew_tickets().ok());
        line.again({.version = version, .session = session});
        CHECK(line.client->shaken());
        CHECK(SSL_session_reused(line.client->ssl()) == 0);
        SSL_SESSION_free(session);
    }
}

}  // namespace televisit::net::testing
