#include <catch2/catch.hpp>

#include "loader/abi_compare.hpp"
#include "televisit/sdk/abi.hpp"

using namespace televisit::loader;

TEST_CASE("the same ABI is no difference") {
    CHECK_FALSE(abi_difference(server_abi(), TELEVISIT_ABI_TAG));
}

TEST_CASE("a difference names each part that differs, and what to do") {
    const auto text =
        abi_difference("sdk-2;gcc-12;lib-1;c++-202002L;x86_64;none", "sdk-1;gcc-12;lib-1;c++-202002L;x86_64;address");
    REQUIRE(text);
    CHECK(
        *text ==
        "was built for another server: its SDK number is sdk-1, the server's is sdk-2; its sanitizer is address, the "
        "server's is none. Rebuild the plugin with the SDK of this server: sdk-2;gcc-12;lib-1;c++-202002L;x86_64;none");
}

TEST_CASE("a tag with fewer or more parts is different") {
    CHECK(abi_difference("a;b", "a")->find("its compiler is absent") != std::string::npos);
    CHECK(abi_difference("a;b;c;d;e;f", "a;b;c;d;e;f;g")->find("its further part is g") != std::string::npos);
}
