#include <catch2/catch.hpp>

#include "daemon/options.hpp"

using namespace televisit;
using namespace televisit::daemon;

TEST_CASE("options are read in the forms that people write") {
    CHECK(read_options({})->config.empty());
    CHECK(read_options({"--config=a.yaml"})->config == "a.yaml");
    CHECK(read_options({"--config", "a.yaml"})->config == "a.yaml");
    CHECK(read_options({"-c", "a.yaml"})->config == "a.yaml");
    const auto request = read_options({"--daemon", "--pidfile=/run/x.pid", "--check"});
    REQUIRE(request);
    CHECK(request->daemon);
    CHECK(request->check);
    CHECK(read_options({"--version"})->version);
    CHECK(read_options({"-h"})->help);
}

TEST_CASE("options that are not known, or not whole, are refused") {
    CHECK(read_options({"--bogus"}).error().code == Errc::invalid);
    CHECK(read_options({"stray"}).error().code == Errc::invalid);
    CHECK(read_options({"--config"}).error().code == Errc::invalid);
}
