#include <catch2/catch.hpp>

#include "certificate_pair.hpp"
#include "daemon/exit_codes.hpp"
#include "daemon/settings.hpp"
#include "runtime/openssl_secrets.hpp"
#include "temporary_folder.hpp"

using namespace televisit;
using namespace televisit::daemon;
using namespace televisit::daemon::testing;

namespace {

SettingsFault fault_of(const std::string& yaml) {
    const TemporaryFolder folder;
    runtime::OpensslSecrets secrets;
    const auto result = load_settings(folder.write("x.yaml", yaml), Purpose::look, secrets);
    REQUIRE(std::holds_alternative<SettingsFault>(result));
    return std::get<SettingsFault>(result);
}

/// The settings of a configuration that holds `yaml` besides what every one needs.
Settings settings_of(const std::string& yaml) {
    const TemporaryFolder folder;
    runtime::OpensslSecrets secrets;
    const auto file = folder.write("x.yaml", "state_dir: " + (folder / "state").string() +
                                                 "\nplugin_path: " TELEVISIT_PLUGIN_FOLDER
                                                 "\nplugins: [{id: mem, use: storage-memory}]"
                                                 "\nroles: {records: mem, presence: mem, backplane: mem}\n" +
                                                 yaml);
    auto result = load_settings(file, Purpose::look, secrets);
    if (const auto* fault = std::get_if<SettingsFault>(&result)) FAIL(fault->text);
    return std::get<Settings>(std::move(result));
}

consult::Settings consultations_of(const std::string& yaml) {
    return settings_of(yaml).consultations;
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

TEST_CASE("a listener with a certificate and its key is secure, the admin socket is not") {
    const TemporaryFolder folder;
    const auto files = write_pair(folder, std::chrono::floor<Duration>(std::chrono::system_clock::now()), 30);
    const std::string tls = "tls: {certificate: " + files.certificate.string() + ", key: " + files.key.string() + "}";
    const auto plain = settings_of("");
    CHECK_FALSE(plain.public_listener.secure);
    CHECK_FALSE(plain.public_listener.transport);
    CHECK(plain.net.hsts.count() == 0);

    const auto settings = settings_of("server: {hsts: 1d, " + tls + "}\nadmin: {port: 8087, " + tls + "}\n");
    CHECK(settings.tls.size() == 2);
    CHECK(settings.public_listener.secure);
    CHECK(settings.public_listener.transport());
    REQUIRE(settings.admin_listeners.size() == 2);
    CHECK_FALSE(settings.admin_listeners[0].secure);
    CHECK(settings.admin_listeners[1].secure);
    CHECK(settings.net.hsts == std::chrono::days(1));
}

TEST_CASE("what is wrong with a certificate or a key is told at the place that names the file") {
    const TemporaryFolder folder;
    const auto files = write_pair(folder, from_micros(1'769'000'000'000'000), 30);
    const std::string certificate = files.certificate.string(), key = files.key.string();
    const auto says = [](const std::string& yaml, const std::string& text) {
        const std::string told = fault_of(yaml).text;
        INFO(told);
        CHECK(told.find("x.yaml:" + text) != std::string::npos);
    };
    says("server:\n  tls: {certificate: " + certificate + "}\n", "2:22: server.tls: a certificate needs its key");
    says("admin:\n  tls:\n    key: " + key + "\n", "3:10: admin.tls: a key needs its certificate");
    says("server:\n  tls:\n    certificate: /nowhere/c.pem\n    key: " + key + "\n",
         "3:18: server.tls.certificate: '/nowhere/c.pem' does not exist");
    says("server:\n  tls:\n    certificate: " + certificate + "\n    key: /nowhere/k.pem\n",
         "4:10: server.tls.key: '/nowhere/k.pem' does not exist");
    ::chmod(key.c_str(), 0604);
    const std::string both = "server:\n  tls:\n    certificate: " + certificate + "\n    key: " + key + "\n";
    says(both, "4:10: server.tls.key: '" + key + "' may be read by everybody (mode 0604)");
}

TEST_CASE("a certificate's path that came from the environment is not repeated") {
    const TemporaryFolder folder;
    const auto files = write_pair(folder, from_micros(1'769'000'000'000'000), 30);
    ::setenv("TELEVISIT_TEST_KEY", "/nowhere/from-the-environment.pem", 1);
    const std::string told = fault_of("server: {tls: {certificate: " + files.certificate.string() +
                                      ", key: \"${env:TELEVISIT_TEST_KEY}\"}}\n")
                                 .text;
    CHECK(told.find("server.tls.key: the file of ${env:TELEVISIT_TEST_KEY} does not exist") != std::string::npos);
    CHECK(told.find("from-the-environment") == std::string::npos);
}
