#include "connection.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "connection_pool.hpp"
#include "throwaway_server.hpp"

using namespace televisit;
using namespace televisit::storage_redis;
using namespace televisit::storage_redis::testing;
using namespace std::chrono_literals;

namespace {

std::string every_byte() {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    return all;
}

/// Something that listens on a unix socket and is no Redis.
class Impostor {
  public:
    explicit Impostor(const ThrowawayServer& beside) {
        const auto path = (beside.folder() / "impostor").string();
        settings_.path = path;
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        listening_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
        REQUIRE(::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(listening_, 8) == 0);
    }
    ~Impostor() {
        ::close(listening_);
        std::filesystem::remove(settings_.path);
    }
    const ConnectionSettings& settings() const { return settings_; }
    int accept() const { return ::accept(listening_, nullptr, nullptr); }

  private:
    ConnectionSettings settings_;
    int listening_ = -1;
};

}  // namespace

TEST_CASE("replies of every kind come back, with every byte") {
    const auto connection = shared_server().connected();
    const auto all = every_byte();
    CHECK(connection->call({"SET", all, all}).text == "OK");
    CHECK(connection->call({"GET", all}).text == all);
    CHECK(connection->call({"GET", "absent"}).is_nothing());
    CHECK(connection->call({"SET", "empty", ""}).ok());
    const auto empty = connection->call({"GET", "empty"});
    CHECK((empty.kind == Reply::Kind::text && empty.text.empty()));
    CHECK(connection->call({"DEL", all, "empty"}).integer == 2);
    const auto list = connection->call({"EVAL", "return {1, 'two', {false, {}}}", "0"});
    REQUIRE(list.items.size() == 3);
    CHECK(list.items[0].integer == 1);
    CHECK(list.items[1].text == "two");
    CHECK(list.items[2].items[0].is_nothing());
    CHECK(list.items[2].items[1].items.empty());
    const std::string large(3'000'000, 'x');
    CHECK(connection->call({"ECHO", large}).text == large);
}

TEST_CASE("an error is its code alone, and leaves the connection in order") {
    const auto connection = shared_server().connected();
    CHECK(connection->call({"NOSUCHCOMMAND", "hidden"}).failure == "ERR");
    CHECK(connection->call({"EVALSHA", "0000000000000000000000000000000000000000", "0"}).failure == "NOSCRIPT");
    CHECK(connection->call({"EVAL", "return redis.error_reply('lower case')", "0"}).failure == "ERR");
    CHECK(connection->reusable());
    CHECK(connection->alive());
    CHECK(connection->call({"PING"}).text == "PONG");
}

TEST_CASE("several commands may be under way at once, and their replies come in order") {
    const auto connection = shared_server().connected();
    for (const auto* word : {"one", "two", "three"}) CHECK(connection->send({"ECHO", word}).empty());
    CHECK_FALSE(connection->reusable());
    for (const auto* word : {"one", "two", "three"}) CHECK(connection->receive().text == word);
    CHECK(connection->reusable());
}

TEST_CASE("what is published arrives at a connection that has subscribed, and can be waited for") {
    const auto subscriber = shared_server().connected();
    REQUIRE(subscriber->send({"SUBSCRIBE", "news"}).empty());
    CHECK(subscriber->receive().items.at(0).text == "subscribe");
    CHECK_FALSE(subscriber->has_received());
    CHECK(shared_server().connected()->call({"PUBLISH", "news", "first"}).integer == 1);
    pollfd poll{subscriber->descriptor(), POLLIN, 0};
    REQUIRE(::poll(&poll, 1, 60'000) == 1);
    CHECK(subscriber->receive().items.at(2).text == "first");
}

TEST_CASE("a server that is stopped costs a caller no more than the deadline, and the connection is spoilt") {
    ThrowawayServer server;
    const auto connection = server.connected();
    server.signal(SIGSTOP);
    connection->work_until(in_time(20ms));
    CHECK(connection->call({"PING"}).failure == kLate);
    CHECK_FALSE(connection->reusable());
    const auto refused = Connection::open(server.settings(), in_time(20ms));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().detail == "connect: no answer by the deadline");
    server.signal(SIGCONT);
    connection->work_until(in_time());
    CHECK(connection->call({"PING"}).failure == kLate);
    CHECK(server.connected()->call({"PING"}).text == "PONG");
}

TEST_CASE("a server that reads nothing costs a caller no more than the deadline") {
    ThrowawayServer server;
    const auto connection = server.connected();
    server.signal(SIGSTOP);
    connection->work_until(in_time(20ms));
    CHECK(connection->send({"ECHO", std::string(30'000'000, 'x')}) == kLate);
}

TEST_CASE("a server that trickles its answer is late at the deadline all the same") {
    const Impostor impostor(shared_server());
    std::thread trickling([&] {
        const int client = impostor.accept();
        while (::send(client, "+", 1, MSG_NOSIGNAL) == 1) std::this_thread::sleep_for(1ms);
        ::close(client);
    });
    auto refused = Connection::open(impostor.settings(), in_time(50ms));
    trickling.join();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().detail == "connect: no answer by the deadline");
}

TEST_CASE("an answer that is cut off, or is none, is a lost connection") {
    for (const std::string answer : {"", "$10\r\nshort", "*2\r\n:1\r\n", "?\r\n", ":\r\n", "$nonsense\r\n"}) {
        const Impostor impostor(shared_server());
        bool asked = false;
        std::thread answering([&] {
            const int client = impostor.accept();
            char ignored[512];
            asked = ::recv(client, ignored, sizeof ignored, 0) > 0 &&
                    ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(answer.size());
            ::shutdown(client, SHUT_WR);
            while (::recv(client, ignored, sizeof ignored, 0) > 0) {
            }
            ::close(client);
        });
        const auto refused = Connection::open(impostor.settings(), in_time());
        answering.join();
        INFO(answer);
        CHECK(asked);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().detail == "connect: the connection was lost, or cannot be made");
    }
}

TEST_CASE("who may not come in learns why, without the password being told") {
    const ThrowawayServer server(Disk::unused,
                                 {"--requirepass", "hidden", "--user", "visits", "on", ">hidden", "~*", "&*", "+info"});
    const auto why = [&](const std::string& user, const std::string& password, std::int64_t database = 0) {
        auto settings = server.settings();
        settings.user = user;
        settings.password = password;
        settings.database = database;
        const auto connection = Connection::open(settings, in_time());
        if (connection.ok()) return std::string();
        CHECK(connection.error().code == Errc::unavailable);
        CHECK(connection.error().detail.find("hidden") == std::string::npos);
        return connection.error().detail;
    };
    CHECK(why("", "hidden").empty());
    CHECK(why("visits", "hidden").empty());
    CHECK(why("", "") == "connect: Redis NOAUTH (it wants a password)");
    CHECK(why("", "hiddenx") == "connect: Redis WRONGPASS (the user or the password is wrong)");
    CHECK(why("nobody", "hidden") == "connect: Redis WRONGPASS (the user or the password is wrong)");
    CHECK(why("visits", "hidden", 1) == "connect: Redis NOPERM (this user lacks a permission: see docs/operations.md)");
    CHECK(why("", "hidden", 99) == "connect: Redis ERR (no such command or database, or too many clients)");
}

TEST_CASE("a server that has too many clients is unavailable, and says so") {
    const ThrowawayServer server(Disk::unused, {"--maxclients", "1"});
    const auto first = server.connected();
    const auto refused = Connection::open(server.settings(), in_time());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::unavailable);
}

TEST_CASE("an idle connection that has gone is noticed before it is used again") {
    ThrowawayServer server;
    ConnectionPool pool(server.settings(), 2);
    REQUIRE(pool.take(in_time(), "work").ok());
    server.kill();
    server.start();
    auto lease = pool.take(in_time(), "work");
    REQUIRE(lease.ok());
    CHECK((*lease)->call({"PING"}).text == "PONG");
    CHECK(pool.figures().lost == 1);
}
