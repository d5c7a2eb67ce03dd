#include <Poco/Util/OptionException.h>

#include <catch2/catch.hpp>

#include "daemon/application.hpp"

using televisit::daemon::Application;

TEST_CASE("options are read in the forms that people write") {
    CHECK(Application::read_options({}).config.empty());
    CHECK(Application::read_options({"--config=a.yaml"}).config == "a.yaml");
    CHECK(Application::read_options({"--config", "a.yaml"}).config == "a.yaml");
    CHECK(Application::read_options({"-c", "a.yaml"}).config == "a.yaml");
    const auto request = Application::read_options({"--daemon", "--pidfile=/run/x.pid", "--check"});
    CHECK(request.daemon);
    CHECK(request.check);
    CHECK(Application::read_options({"--version"}).version);
    CHECK(Application::read_options({"-h"}).help);
}

TEST_CASE("options that are not known, or not whole, are refused") {
    CHECK_THROWS_AS(Application::read_options({"--bogus"}), Poco::Util::OptionException);
    CHECK_THROWS_AS(Application::read_options({"stray"}), Poco::Util::OptionException);
    CHECK_THROWS_AS(Application::read_options({"--config"}), Poco::Util::OptionException);
}
