#include <catch2/catch.hpp>

#include "plan_fixture.hpp"

using namespace televisit;
using namespace televisit::loader;
using namespace televisit::loader::testing;

namespace {

std::string ids(const PluginPlan& plan) {
    std::string text;
    for (const PlannedPlugin& plugin : plan.plugins) text += plugin.id + " ";
    return text;
}

}  // namespace

TEST_CASE("a plan starts providers before those who use them") {
    const auto plan = plan_of(
        "plugins:\n"
        "  - {id: user, use: sample-user, threads: 2, queue: 7, deadline: 3s, loop: true, config: {greeting: ahoy}}\n"
        "  - {id: auth, use: sample-provider}\n"
        "roles: {authenticator: auth}\n");
    REQUIRE(config::to_text(plan.problems) == "");
    CHECK(ids(plan) == "auth user ");
    const PlannedPlugin& user = plan.plugins[1];
    CHECK(user.threads == 2);
    CHECK(user.queue == 7);
    CHECK(user.deadline == std::chrono::seconds(3));
    CHECK(user.loop);
    CHECK(user.config.find("greeting")->text == "ahoy");
    CHECK(plan.provider_of("televisit.authenticator/1")->id == "auth");
}

TEST_CASE("a provider that no role names is not loaded, and its config is not looked at") {
    const auto plan = plan_of(
        "plugins:\n"
        "  - {id: one, use: sample-provider}\n"
        "  - {id: two, use: sample-provider, config: {nonsense: 1}}\n"
        "roles: {authenticator: one}\n");
    CHECK(plan.problems.empty());
    CHECK(ids(plan) == "one ");
    REQUIRE(plan.unused.size() == 1);
    CHECK(plan.unused[0].id == "two");
    CHECK(plan.unused[0].capabilities == "televisit.authenticator/1");
}

TEST_CASE("the same plugin may be there several times") {
    const auto plan = plan_of("plugins: [{id: a, use: sample-user}, {id: b, use: sample-user}]\n");
    CHECK(plan.problems.empty());
    CHECK(ids(plan) == "a b ");
}

TEST_CASE("the faults of all plugins are told together, each at its place") {
    const auto plan = plan_of(
        "plugins:\n"
        "  - {id: a, use: sample-user, config: {behaviour: goood}}\n"
        "  - {id: b, use: not-there}\n"
        "  - {id: c, use: sample-user, config: {greting: x}}\n");
    const std::string text = config::to_text(plan.problems);
    CHECK(text.find("test.yaml:3:") != std::string::npos);
    CHECK(text.find("did you mean 'good'?") != std::string::npos);
    CHECK(text.find("test.yaml:4:18: plugins[1].use: there is no not-there.so in " TELEVISIT_SAMPLE_FOLDER) !=
          std::string::npos);
    CHECK(text.find("plugins[2].config.greting: unknown key; did you mean 'greeting'?") != std::string::npos);
}

TEST_CASE("a role's plugin must provide it") {
    const auto plan = plan_of("plugins: [{id: a, use: sample-provider}]\nroles: {authenticator: a, records: a}\n");
    CHECK(config::to_text(plan.problems).find("roles.records: plugin 'a' does not provide televisit.records/1") !=
          std::string::npos);
}

TEST_CASE("of several plugins of a role the first that provides it is the one, and others are not loaded for it") {
    const std::string plugins =
        "plugins: [{id: user, use: sample-user}, {id: one, use: sample-backplane}, {id: two, use: sample-backplane}]\n";
    for (const auto* chosen : {"[user, one, two]", "'user,one,two'", "one", "[one]"}) {
        const auto plan = plan_of(plugins + "roles: {backplane: " + chosen + "}\n");
        REQUIRE(config::to_text(plan.problems) == "");
        CHECK(plan.provider_of("televisit.backplane/1")->id == "one");
        REQUIRE(plan.unused.size() == 1);
        CHECK(plan.unused[0].id == "two");
    }
}

TEST_CASE("when none of several plugins provides a role, all of them are named") {
    const auto plan =
        plan_of("plugins: [{id: a, use: sample-user}, {id: b, use: sample-user}]\nroles: {backplane: [a, b]}\n");
    CHECK(config::to_text(plan.problems).find("roles.backplane: none of a, b provides televisit.backplane/1") !=
          std::string::npos);
}

TEST_CASE("a plugin that cannot be read is not passed over in silence for another one") {
    const auto plan = plan_of(
        "plugins: [{id: gone, use: not-there}, {id: one, use: sample-backplane}]\nroles: {backplane: [gone, one]}\n");
    CHECK(config::to_text(plan.problems).find("there is no not-there.so") != std::string::npos);
    CHECK(plan.provider_of("televisit.backplane/1") == nullptr);
}

TEST_CASE("the domain needs records, presence and a backplane, and starts before who may use it") {
    const auto plan = plan_of(
        "plugins: [{id: user, use: sample-user}, {id: a, use: sample-provider}]\n"
        "roles: {authenticator: a}\n",
        {});
    const std::string text = config::to_text(plan.problems);
    CHECK(text.find("roles: consultations → televisit.records/1 → nobody provides it: name a plugin that does under "
                    "roles.records") != std::string::npos);
    CHECK(text.find("televisit.presence/1") != std::string::npos);
    CHECK(text.find("televisit.backplane/1") != std::string::npos);
    CHECK(text.find("televisit.ice/1") == std::string::npos);
    CHECK(ids(plan) == "a user ");
    CHECK(plan.before_consultations == 1);
}
