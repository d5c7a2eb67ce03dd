#include <catch2/catch.hpp>

#include "coturn.hpp"
#include "nasty_server.hpp"
#include "probing.hpp"
#include "stun_answers.hpp"

using namespace std::chrono_literals;
using namespace televisit;
using namespace televisit::turn;
using namespace televisit::turn::testing;

namespace {

const TurnCredentials kCredentials{"1:a", "pw"};

std::string url_of(const NastyServer& server, Transport transport) {
    return "turn:127.0.0.1:" + std::to_string(server.port()) + (transport == Transport::tcp ? "?transport=tcp" : "");
}

/// What a probe with little patience finds of a server that answers so.
ProbeFault found(Transport transport, NastyServer::Answer answer) {
    const NastyServer server(transport, std::move(answer));
    return probe(url_of(server, transport), kCredentials, {}, 300ms).fault;
}

std::string nothing(std::string_view) {
    return {};
}

}  // namespace

TEST_CASE("a server that answers well is up, over UDP and over TCP") {
    const auto good = [](std::string_view request) { return good_answer(request, "1:a", "pw"); };
    for (const auto transport : {Transport::udp, Transport::tcp}) {
        const NastyServer server(transport, good);
        CHECK(probe(url_of(server, transport), kCredentials).fault == ProbeFault::none);
    }
}

TEST_CASE("a port at which nobody listens is refused") {
    const auto port = std::to_string(free_port());
    CHECK(probe("turn:127.0.0.1:" + port, kCredentials).fault == ProbeFault::refused);
    CHECK(probe("turn:127.0.0.1:" + port + "?transport=tcp", kCredentials).fault == ProbeFault::refused);
    CHECK(probe("turns:127.0.0.1:" + port, kCredentials).fault == ProbeFault::refused);
}

TEST_CASE("silence is a timeout, over UDP, TCP and under TLS") {
    CHECK(found(Transport::udp, nothing) == ProbeFault::timed_out);
    CHECK(found(Transport::tcp, nothing) == ProbeFault::timed_out);
    const NastyServer server(Transport::tcp, nothing);
    CHECK(probe("turns:127.0.0.1:" + std::to_string(server.port()), kCredentials, {}, 300ms).fault ==
          ProbeFault::timed_out);
}

TEST_CASE("what is no STUN is garbage, and over TCP it is known at once") {
    const auto http = [](std::string_view) { return std::string("HTTP/1.1 400 Bad Request\r\n\r\n"); };
    CHECK(found(Transport::udp, http) == ProbeFault::garbage);
    const NastyServer server(Transport::tcp, http);
    CHECK(probe(url_of(server, Transport::tcp), kCredentials).fault == ProbeFault::garbage);
    CHECK(probe("turns:127.0.0.1:" + std::to_string(server.port()), kCredentials).fault == ProbeFault::tls_failed);
}

TEST_CASE("answers to somebody else's transaction are named") {
    const auto foreign = [](std::string_view request) { return of_another_transaction(success(request)); };
    CHECK(found(Transport::udp, foreign) == ProbeFault::foreign);
    CHECK(found(Transport::tcp, foreign) == ProbeFault::foreign);
}

TEST_CASE("a connection that is closed is told apart from one that is silent") {
    const NastyServer server(Transport::tcp, [](std::string_view) { return std::string("close"); });
    const auto fault = probe(url_of(server, Transport::tcp), kCredentials).fault;
    CHECK((fault == ProbeFault::garbage || fault == ProbeFault::closed));
}

TEST_CASE("a lost datagram is sent again") {
    int heard = 0;
    const NastyServer server(Transport::udp, [&](std::string_view request) {
        return ++heard % 2 == 1 ? std::string() : good_answer(request, "1:a", "pw");
    });
    CHECK(probe(url_of(server, Transport::udp), kCredentials).fault == ProbeFault::none);
}

TEST_CASE("a server that sends without an end is garbage, and ends with its time") {
    const auto flood = [](std::string_view request) {
        return of_another_transaction(success(request)) + std::string(1000, 'x');
    };
    CHECK(found(Transport::udp, flood) == ProbeFault::garbage);
}

TEST_CASE("a name without an address is told so") {
    CHECK(probe("turn:no-such-name.invalid", kCredentials).fault == ProbeFault::unknown_name);
}

TEST_CASE("servers that hang keep nobody waiting") {
    const NastyServer silent(Transport::udp, nothing);
    const NastyServer silent_stream(Transport::tcp, nothing);
    const NastyServer good(Transport::udp, [](std::string_view request) { return good_answer(request, "1:a", "pw"); });
    const auto results =
        probe_all({url_of(silent, Transport::udp), url_of(silent_stream, Transport::tcp),
                   "turns:127.0.0.1:" + std::to_string(silent_stream.port()), url_of(good, Transport::udp)},
                  kCredentials, {}, 500ms);
    REQUIRE(results.size() == 4);
    CHECK(results.front().first == url_of(good, Transport::udp));
    CHECK(results.front().second.fault == ProbeFault::none);
}
