#include "web_plugin.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "televisit/testkit/fake_host.hpp"
#include "temporary_site.hpp"

using televisit::Errc;
using televisit::testkit::FakeConfig;
using televisit::testkit::FakeHost;
using televisit::web::WebPlugin;
using televisit::web::testing::TemporarySite;

namespace {

FakeConfig config_for(const std::string& folder) {
    return {{"folder", folder},
            {"max_file", 1000},
            {"cache", 1000},
            {"max_age", std::chrono::seconds(0)},
            {"connect_sources", std::vector<std::string>{}}};
}

}  // namespace

TEST_CASE("the plugin serves its folder under the root, on the public listener alone") {
    const TemporarySite site;
    site.write("index.html", "welcome");
    FakeHost host(config_for(site.folder().native()));
    WebPlugin plugin(host);
    REQUIRE(plugin.start(host.context()));
    REQUIRE(host.router.routes().size() == 1);
    CHECK(host.router.routes()[0].on_public);
    CHECK_FALSE(host.router.routes()[0].on_admin);

    televisit::HttpRequest request;
    request.path = "/";
    CHECK(host.router.send(request).body == "welcome");
    request.path = "/nothing";
    CHECK(host.router.send(request).status == 404);
    plugin.stop(host.context());
}

TEST_CASE("the plugin does not start without its folder, and names it") {
    FakeHost host(config_for("/nonexistent/site"));
    WebPlugin plugin(host);
    const auto started = plugin.start(host.context());
    REQUIRE_FALSE(started);
    CHECK(started.error().code == Errc::invalid);
    CHECK(started.error().message.find("/nonexistent/site") != std::string::npos);
}
