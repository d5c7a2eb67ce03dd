#include "site_location.hpp"

#include <catch2/catch.hpp>

#include "temporary_site.hpp"

using televisit::web::site_above;
using televisit::web::testing::TemporarySite;

TEST_CASE("the pages are found above the plugin, however deep its folder lies") {
    const TemporarySite site;
    site.write("share/televisit/web/index.html", "top");
    const auto expected = site.folder() / "share/televisit/web";
    CHECK(site_above(site.folder() / "lib/televisit/plugins") == expected);
    CHECK(site_above(site.folder() / "lib/x86_64-linux-gnu/televisit/plugins") == expected);
}

TEST_CASE("without pages above there is no place") {
    const TemporarySite site;
    CHECK_FALSE(site_above(site.folder() / "lib").has_value());
}
