#include <catch2/catch.hpp>

#include "daemon/exit_codes.hpp"
#include "daemon/settings.hpp"
#include "runtime/openssl_secrets.hpp"
#include "temporary_folder.hpp"

using namespace televisit;
using namespace televisit::daemon;
using televisit::daemon::testing::TemporaryFolder;

namespace {

SettingsFault fault_of(const std::string& yaml) {
    const TemporaryFolder folder;
    runtime::OpensslSecrets secrets;
    const auto result = load_settings(folder.write("x.yaml", yaml), Purpose::look, secrets);
    REQUIRE(std::holds_alternative<SettingsFault>(result));
    return std::get<SettingsFault>(result);
}

}  // namespace

TEST_CASE("a file that is not there is a bad configuration") {
    runtime::OpensslSecrets secrets;
    const auto result = load_settings("/nowhere/x.yaml", Purpose::look, secrets);
    REQUIRE(std::holds_alternative<SettingsFault>(result));
    CHECK(std::get<SettingsFault>(result).exit_code == kBadConfiguration);
    CHECK(std::get<SettingsFault>(result).text == "/nowhere/x.yaml: does not exist\n");
}

TEST_CASE("faults of the kernel's part and of the plugins' are told together, in the order of the file") {
    const auto fault = fault_of(
        "server:\n"
        "  port: many\n"
        "plugins:\n"
        "  - {id: a, use: not-there}\n"
        "log:\n"
        "  level: chatty\n");
    CHECK(fault.exit_code == kBadConfiguration);
    const auto port = fault.text.find("x.yaml:2:9: server.port:");
    const auto plugin = fault.text.find("x.yaml:4:18: plugins[0].use: there is no not-there.so");
    const auto level = fault.text.find("x.yaml:6:10: log.level:");
    REQUIRE(port != std::string::npos);
    REQUIRE(plugin != std::string::npos);
    REQUIRE(level != std::string::npos);
    CHECK(port < plugin);
    CHECK(plugin < level);
}

TEST_CASE("roles that nobody fills are told at the place of the roles, or of the file") {
    CHECK(fault_of("log: {level: info}\n").text.find("x.yaml:1:1: roles: consultations → televisit.records/1") !=
          std::string::npos);
}

TEST_CASE("looking at a configuration makes nothing") {
    const TemporaryFolder folder;
    runtime::OpensslSecrets secrets;
    const auto file = folder.write(
        "x.yaml", "state_dir: " + (folder / "state").string() + "\nsecurity: {secret: \"${state:secret}\"}\n");
    static_cast<void>(load_settings(file, Purpose::look, secrets));
    CHECK_FALSE(std::filesystem::exists(folder / "state"));
}
