#include <Poco/JSON/Object.h>
#include <Poco/JWT/Signer.h>
#include <Poco/JWT/Token.h>

#include <catch2/catch.hpp>

#include "run_command.hpp"

using televisit::ctl::Folder;
using televisit::ctl::run_command;

namespace {

constexpr char kKey[] = "an example key of more than 32 characters";

std::string config_with(const std::string& authenticator) {
    return "state_dir: /nowhere/televisit\n"
           "security: {secret: another key of more than 32 characters}\n"
           "roles: {authenticator: auth}\n"
           "plugins:\n"
           "  - id: auth\n" +
           authenticator;
}

std::string good_config() {
    return config_with("    use: auth-jwt\n    config: {secret: " + std::string(kKey) +
                       ", issuer: clinic, audience: visits, role_claim: part}\n");
}

}  // namespace

TEST_CASE("a minted token holds what the configured authenticator checks") {
    const Folder folder;
    const std::string file = folder.write("c.yaml", good_config());
    const auto minted =
        run_command({"token", "mint", "--sub", "d1", "--role", "DOCTOR", "--ttl", "60", "--config", file});
    REQUIRE(minted.status == 0);
    CHECK(minted.error.empty());

    Poco::JWT::Signer signer{std::string(kKey)};
    const auto token = signer.verify(minted.out.substr(0, minted.out.size() - 1));
    CHECK(token.getSubject() == "d1");
    CHECK(token.getIssuer() == "clinic");
    CHECK(token.payload().getValue<std::string>("aud") == "visits");
    CHECK(token.payload().getValue<std::string>("part") == "DOCTOR");
    const auto issued = token.payload().getValue<Poco::Int64>("iat");
    CHECK(token.payload().getValue<Poco::Int64>("exp") == issued + 60);
}

TEST_CASE("a token is not minted for an unknown role, without a subject, or for longer than a year") {
    const Folder folder;
    const std::string file = folder.write("c.yaml", good_config());
    CHECK(run_command({"token", "mint", "--sub", "d1", "--role", "NURSE", "--config", file}).status == 64);
    CHECK(run_command({"token", "mint", "--role", "DOCTOR", "--config", file}).status == 64);
    CHECK(run_command({"token", "mint", "--sub", "d1", "--role", "DOCTOR", "--ttl", "99999999"}).status == 64);
}

TEST_CASE("a server whose login signs elsewhere gets no token from here") {
    const Folder folder;
    const auto mint = [&](const std::string& authenticator) {
        const std::string file = folder.write("c.yaml", config_with(authenticator));
        return run_command({"token", "mint", "--sub", "d1", "--role", "DOCTOR", "--config", file});
    };
    const auto other = mint("    use: other-login\n");
    CHECK(other.status == 1);
    CHECK_THAT(other.error, Catch::Contains("is not an auth-jwt"));
    const auto public_key = mint("    use: auth-jwt\n    config: {algorithm: RS256, public_key_file: /k.pem}\n");
    CHECK(public_key.status == 1);
    CHECK_THAT(public_key.error, Catch::Contains("public key"));
}

TEST_CASE("a secret that the server has not made yet is an error only where it is used") {
    const Folder folder;
    const std::string text = "state_dir: " + folder.path().string() +
                             "\n"
                             "security: {secret: \"${env:TELEVISITCTL_TEST_UNSET:-${state:secret}}\"}\n"
                             "roles: {authenticator: auth}\n"
                             "plugins:\n"
                             "  - {id: auth, use: auth-jwt, config: {secret: \"${state:jwt_secret}\"}}\n";
    const std::string file = folder.write("c.yaml", text);
    const std::vector<std::string> mint{"token", "mint", "--sub", "d1", "--role", "DOCTOR", "--config", file};
    const auto early = run_command(mint);
    CHECK(early.status == 2);
    CHECK_THAT(early.error, Catch::Contains("security.secret") && Catch::Contains("plugins[0].config.secret"));

    folder.write("secret", std::string(64, 'a') + "\n");
    folder.write("jwt_secret", std::string(64, 'b') + "\n");
    const auto later = run_command(mint);
    REQUIRE(later.status == 0);
    CHECK_NOTHROW(Poco::JWT::Signer(std::string(64, 'b')).verify(later.out.substr(0, later.out.size() - 1)));
}

TEST_CASE("a configuration file that is not there is a bad configuration") {
    const auto outcome = run_command({"health", "--config", "/nowhere/televisit.yaml"});
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.error, Catch::Contains("/nowhere/televisit.yaml"));
}

TEST_CASE("a server that is not there is not healthy") {
    const Folder folder;
    const std::string file = folder.write("c.yaml", "state_dir: " + folder.path().string() + "\n");
    const auto outcome = run_command({"health", "--config", file});
    CHECK(outcome.status == 1);
    CHECK_THAT(outcome.error, Catch::Contains("admin.sock"));
    CHECK(run_command({"health", "--config", file, "--quiet"}).error.empty());
}

TEST_CASE("every command explains itself") {
    for (const auto* command : televisit::ctl::commands()) {
        INFO(command->name);
        std::istringstream name{std::string(command->name)};
        std::vector<std::string> words{std::istream_iterator<std::string>(name), {}};
        words.emplace_back("--help");
        const auto help = run_command(words);
        CHECK(help.status == 0);
        CHECK_THAT(help.out, Catch::StartsWith("usage: televisitctl " + std::string(command->name)));
        for (const auto& option : command->options)
            CHECK_THAT(help.out, Catch::Contains("--" + std::string(option.name)));
    }
}

TEST_CASE("an unknown command lists those that there are") {
    const auto outcome = run_command({"sesion", "create"});
    CHECK(outcome.status == 64);
    CHECK_THAT(outcome.error, Catch::Contains("unknown command: sesion") && Catch::Contains("session create"));
    CHECK(run_command({"--help"}).status == 0);
}

TEST_CASE("a plugin that is not there is found at its place in the file") {
    const Folder folder;
    const std::string text = "plugin_path: [" + folder.path().string() + "]\nplugins:\n  - {id: a, use: nothing}\n";
    const std::string file = folder.write("c.yaml", text);
    for (const auto& words :
         {std::vector<std::string>{"config", "check"}, {"config", "show"}, {"plugin", "list", "--offline"}}) {
        auto command = words;
        command.insert(command.end(), {"--config", file});
        const auto outcome = run_command(command);
        CHECK(outcome.status == 2);
        CHECK_THAT(outcome.error, Catch::Contains(file + ":3:18: plugins[0].use: there is no nothing.so in"));
    }
}

TEST_CASE("a file that is no plugin is not inspected") {
    const Folder folder;
    const auto text = run_command({"plugin", "inspect", folder.write("a.so", "no library")});
    CHECK(text.status == 1);
    CHECK_THAT(text.error, Catch::Contains("a.so"));
    CHECK(run_command({"plugin", "inspect", "/nowhere/a.so"}).status == 1);
    CHECK(run_command({"plugin", "inspect"}).status == 64);
}

TEST_CASE("what is wrong with a configuration is told with its place and the nearest spelling") {
    const Folder folder;
    const std::string file = folder.write("c.yaml", "security: {secret: another key of more than 32 characters}\n");
    // The roles that every server needs are not filled here, which is said too.
    CHECK(run_command({"config", "check", "--config", file}).status == 2);
    const auto checked = run_command({"config", "check", "--config", folder.write("d.yaml", "server: {prot: 1}\n")});
    CHECK_THAT(checked.error, Catch::Contains("d.yaml:1:10: server.prot: unknown key; did you mean 'port'?"));
}
