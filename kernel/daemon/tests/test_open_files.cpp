#include "daemon/open_files.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>

TEST_CASE("the limit of open files is raised as far as it may be") {
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit low{64, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &low) == 0);
    CHECK(televisit::daemon::raise_open_files() == before.rlim_max);
    rlimit after{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &after) == 0);
    CHECK(after.rlim_cur == before.rlim_max);
    CHECK(televisit::daemon::raise_open_files() == before.rlim_max);
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
}
