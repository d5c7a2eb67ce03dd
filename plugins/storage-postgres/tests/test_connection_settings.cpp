#include "connection_settings.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace televisit;
using namespace televisit::storage_postgres;

namespace {

std::string value(const Parameters& parameters, std::string_view key) {
    const auto found = std::ranges::find(parameters, key, &Parameters::value_type::first);
    return found == parameters.end() ? "" : found->second;
}

ConnectionSettings read(const std::string& url, const std::string& password = "") {
    const auto settings = read_settings(url, password);
    INFO((settings.ok() ? "" : settings.error().message));
    REQUIRE(settings.ok());
    return *settings;
}

}  // namespace

TEST_CASE("a URL names user, password, host, port, database and options") {
    const auto settings =
        read("postgresql://tele:p%40%20s%27@db.example.org:5433/visits?sslmode=verify-full&sslrootcert=/a/b.pem");
    REQUIRE(settings.hosts.size() == 1);
    const auto& host = settings.hosts[0];
    CHECK(value(host, "user") == "tele");
    CHECK(value(host, "password") == "p@ s'");
    CHECK(value(host, "host") == "db.example.org");
    CHECK(value(host, "port") == "5433");
    CHECK(value(host, "dbname") == "visits");
    CHECK(value(host, "sslmode") == "verify-full");
    CHECK(value(host, "sslrootcert") == "/a/b.pem");
    CHECK(value(host, "client_encoding") == "UTF8");
    CHECK(value(host, "target_session_attrs") == "read-write");
}

TEST_CASE("a password apart goes before the URL's") {
    CHECK(value(read("postgresql://u:one@h/d", "two three").hosts[0], "password") == "two three");
}

TEST_CASE("several hosts are tried each with its own port, or with the one of all") {
    const auto own = read("postgresql://a:1,b:2/d");
    REQUIRE(own.hosts.size() == 2);
    CHECK(value(own.hosts[1], "host") == "b");
    CHECK(value(own.hosts[1], "port") == "2");
    const auto shared = read("host=a,b,c port=7 dbname=d");
    REQUIRE(shared.hosts.size() == 3);
    CHECK(value(shared.hosts[2], "port") == "7");
}

TEST_CASE("a folder is that of a unix socket") {
    CHECK(value(read("postgresql://u@%2Frun%2Fpostgresql/d").hosts[0], "host") == "/run/postgresql");
    CHECK(value(read("postgresql:///d?host=/run/postgresql").hosts[0], "host") == "/run/postgresql");
}

TEST_CASE("what cannot be used is refused without a word of what it says") {
    for (const auto* url : {"postgresql://u:hidden@h:port:5/d?x=1", "hidden", "postgresql://u:hidden@a,b/d?port=1,2,3",
                            "postgresql://u:hidden@h/d?target_session_attrs=read-only", "host='hidden"}) {
        const auto refused = read_settings(url, "hidden");
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == Errc::invalid);
        CHECK(refused.error().message.find("hidden") == std::string::npos);
        CHECK(refused.error().detail.empty());
    }
}
