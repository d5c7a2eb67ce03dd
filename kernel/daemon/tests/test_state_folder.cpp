#include <catch2/catch.hpp>

#include "daemon/state_folder.hpp"
#include "runtime/openssl_secrets.hpp"
#include "temporary_folder.hpp"

using namespace televisit;
using namespace televisit::daemon;
using televisit::daemon::testing::TemporaryFolder;
namespace fs = std::filesystem;

TEST_CASE("the state folder is made for its owner alone, with two secrets that differ") {
    const TemporaryFolder folder;
    runtime::OpensslSecrets secrets;
    const fs::path state = folder / "a/b/state";
    REQUIRE(prepare_state_folder(state, secrets));
    CHECK((fs::status(state).permissions() & fs::perms::mask) == fs::perms::owner_all);
    for (const char* const name : {"secret", "jwt_secret"})
        CHECK((fs::status(state / name).permissions() & fs::perms::mask) ==
              (fs::perms::owner_read | fs::perms::owner_write));
    const std::string secret = folder.read("a/b/state/secret");
    CHECK(secret.size() == 65);
    CHECK(secret != folder.read("a/b/state/jwt_secret"));
    CHECK(std::distance(fs::directory_iterator(state), {}) == 2);
}

TEST_CASE("secrets are made once") {
    const TemporaryFolder folder;
    runtime::OpensslSecrets secrets;
    REQUIRE(prepare_state_folder(folder / "state", secrets));
    const std::string secret = folder.read("state/secret");
    REQUIRE(prepare_state_folder(folder / "state", secrets));
    CHECK(folder.read("state/secret") == secret);
}

TEST_CASE("what cannot be a state folder is refused by its name") {
    const TemporaryFolder folder;
    runtime::OpensslSecrets secrets;
    const fs::path file = folder.write("file", "x");
    const auto refused = prepare_state_folder(file, secrets);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find(file.string()) != std::string::npos);
    CHECK_FALSE(prepare_state_folder(file / "below", secrets));
}

TEST_CASE("state references give the secrets and nothing else of the folder") {
    const TemporaryFolder folder;
    folder.write("secret", "abc\n");
    folder.write("other", "private");
    const auto lookup = state_lookup(folder / "");
    CHECK(lookup("secret") == "abc");
    CHECK(lookup("jwt_secret") == std::nullopt);
    CHECK(lookup("other") == std::nullopt);
    CHECK(lookup("../secret") == std::nullopt);
    CHECK(state_lookup(folder / "", "placeholder")("jwt_secret") == "placeholder");
    CHECK(state_lookup(folder / "", "placeholder")("secret") == "abc");
}
