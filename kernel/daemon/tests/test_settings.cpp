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

/// The rules of a visit, of a configuration that holds `yaml` besides what every one needs.
consult::Settings consultations_of(const std::string& yaml) {
    const TemporaryFolder folder;
    runtime::OpensslSecrets secrets;
    const auto file = folder.write("x.yaml", "state_dir: " + (folder / "state").string() +
                                                 "\nplugin_path: " TELEVISIT_PLUGIN_FOLDER
                                                 "\nplugins: [{id: mem, use: storage-memory}]"
                                                 "\nroles: {records: mem, presence: mem, backplane: mem}\n" +
                                                 yaml);
    auto result = load_settings(file, Purpose::look, secrets);
    if (const auto* fault = std::get_if<SettingsFault>(&result)) FAIL(fault->text);
    return std::get<Settings>(result).consultations;
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

TEST_CASE("what a configuration does not say of retention, admission and guessing has the documented meaning") {
    const auto settings = consultations_of("");
    CHECK_FALSE(settings.retention.names);
    CHECK_FALSE(settings.retention.metadata);
    CHECK_FALSE(settings.retention.device_information);
    CHECK_FALSE(settings.retention.closed_sessions);
    CHECK_FALSE(settings.admit_without_policy);
    CHECK(settings.admission_deadline == std::chrono::seconds(3));
    CHECK(settings.guessing.attempts == 20);
    CHECK(settings.guessing.recovery == std::chrono::seconds(3));
}

TEST_CASE("what it says of them reaches the rules of a visit") {
    using days = std::chrono::days;
    const auto settings = consultations_of(
        "retention: {names: 30d, metadata: 31d, device_information: 7d, closed_sessions: 3650d}\n"
        "sessions: {admission: {deadline: 250ms, when_unavailable: admit}}\n"
        "security: {guessing: {attempts: 0, recovery: 1m, addresses: 100, credentials: 200}}\n");
    CHECK(settings.retention.names == days(30));
    CHECK(settings.retention.metadata == days(31));
    CHECK(settings.retention.device_information == days(7));
    CHECK(settings.retention.closed_sessions == days(3650));
    CHECK(settings.admit_without_policy);
    CHECK(settings.admission_deadline == std::chrono::milliseconds(250));
    CHECK(settings.guessing.attempts == 0);
    CHECK(settings.guessing.recovery == std::chrono::minutes(1));
    CHECK(settings.guessing.addresses == 100);
    CHECK(settings.guessing.credentials == 200);
}

TEST_CASE("retention takes no less than a day") {
    CHECK(fault_of("retention: {names: 23h}\n").text.find("x.yaml:1:20: retention.names:") != std::string::npos);
}
