#include "connection_settings.hpp"

#include <catch2/catch.hpp>

using namespace televisit;
using namespace televisit::storage_redis;

namespace {

ConnectionSettings read(const std::string& url, const std::string& user = "", const std::string& password = "",
                        std::optional<std::int64_t> database = {}) {
    const auto settings = read_settings(url, user, password, database);
    INFO(url << (settings.ok() ? "" : settings.error().message));
    REQUIRE(settings.ok());
    return *settings;
}

std::string refusal(const std::string& url, const std::string& user = "", std::optional<std::int64_t> database = {}) {
    const auto settings = read_settings(url, user, "", database);
    INFO(url);
    REQUIRE_FALSE(settings.ok());
    CHECK(settings.error().code == Errc::invalid);
    return settings.error().message;
}

}  // namespace

TEST_CASE("a URL names the server, the user, the password and the database") {
    const auto all = read("redis://visit%40s:p%2Fw%3A1@redis.example.org:6380/3");
    CHECK(all.host == "redis.example.org");
    CHECK(all.port == 6380);
    CHECK(all.user == "visit@s");
    CHECK(all.password == "p/w:1");
    CHECK(all.database == 3);
    CHECK(all.path.empty());
}

TEST_CASE("of a URL the host is enough") {
    for (const auto* url : {"redis://localhost", "redis://localhost/", "redis://localhost:6379"}) {
        const auto plain = read(url);
        CHECK(plain.host == "localhost");
        CHECK(plain.port == 6379);
        CHECK(plain.user.empty());
        CHECK(plain.password.empty());
        CHECK(plain.database == 0);
    }
    CHECK(read("redis://[::1]:7000").host == "::1");
    CHECK(read("redis://:secret@localhost").password == "secret");
}

TEST_CASE("a unix socket is a path, with or without its scheme") {
    for (const auto* url : {"/run/redis/redis.sock", "unix:/run/redis/redis.sock", "unix:///run/redis/redis.sock"}) {
        const auto settings = read(url, "visits", "secret", 2);
        CHECK(settings.path == "/run/redis/redis.sock");
        CHECK(settings.host.empty());
        CHECK(settings.user == "visits");
        CHECK(settings.password == "secret");
        CHECK(settings.database == 2);
    }
}

TEST_CASE("what is given apart from the URL goes before it, and must not contradict it") {
    CHECK(read("redis://visits:old@localhost", "", "new").password == "new");
    CHECK(read("redis://localhost", "visits", "").user == "visits");
    CHECK(read("redis://visits@localhost/2", "visits", "", 2).database == 2);
    CHECK(refusal("redis://visits@localhost", "others") == "the URL of Redis names another user than `user`");
    CHECK(refusal("redis://localhost/2", "", 3) == "the URL of Redis names another database than `database`");
}

TEST_CASE("what is not supported is refused with what to do instead") {
    CHECK(refusal("rediss://localhost").find("stunnel") != std::string::npos);
    for (const auto* url : {"redis-sentinel://localhost:26379/mymaster", "redis+sentinel://localhost"})
        CHECK(refusal(url).find("always leads to the master") != std::string::npos);
    CHECK(refusal("redis-cluster://localhost").find("not part of a cluster") != std::string::npos);
    CHECK(refusal("redis://one:6379,two:6379").find("several servers") != std::string::npos);
}

TEST_CASE("a URL that is none is refused without being quoted") {
    for (const std::string url :
         {"", "hidden", "redis://", "http://hidden@localhost", "redis://hidden:hidden@localhost:hidden/1",
          "redis://localhost/hidden", "redis://localhost/-1", "redis://localhost?hidden=1",
          "redis://%zzhidden@localhost", "//hidden/path", "unix:hidden"})
        CHECK(refusal(url).find("hidden") == std::string::npos);
    CHECK(refusal("/" + std::string(107, 'x')) == "the URL of Redis has a path longer than 107 bytes");
}
