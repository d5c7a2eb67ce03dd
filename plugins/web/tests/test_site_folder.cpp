#include "site_folder.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <string>

#include "temporary_site.hpp"

using televisit::Errc;
using televisit::web::SiteFolder;
using televisit::web::testing::TemporarySite;

namespace {

struct Fixture {
    TemporarySite site;
    int digests = 0;
    std::unique_ptr<SiteFolder> folder = opened({1000, 1000});

    std::unique_ptr<SiteFolder> opened(SiteFolder::Limits limits) {
        return SiteFolder::open(site.folder().string(), limits,
                                [this](std::string_view content) {
                                    ++digests;
                                    return "digest-of-" + std::to_string(content.size());
                                })
            .value();
    }
    bool refuses(std::string_view path) const {
        const auto result = folder->read(path);
        return !result && result.error().code == Errc::not_found;
    }
};

}  // namespace

TEST_CASE("a file is read by the path of its URL") {
    Fixture f;
    f.site.write("vendor/a.js", "one");
    const auto file = f.folder->read("/vendor/a.js");
    REQUIRE(file);
    CHECK(file.value()->name == "vendor/a.js");
    CHECK(file.value()->content == "one");
    CHECK(file.value()->digest == "digest-of-3");
}

TEST_CASE("a path that ends in a slash means the index of that folder") {
    Fixture f;
    f.site.write("index.html", "top");
    f.site.write("help/index.html", "help");
    CHECK(f.folder->read("/").value()->content == "top");
    CHECK(f.folder->read("/help/").value()->content == "help");
    CHECK(f.refuses("/help"));
    CHECK(f.refuses("/vendor/"));
}

TEST_CASE("no path leads out of the folder") {
    Fixture f;
    f.site.write("../secret", "hidden");
    f.site.write("a/b", "inside");
    for (const auto* path :
         {"/../secret", "/a/../../secret", "/./a/b", "/a//b", "//a/b", "a/b", "", "/..", "/a/..", "/a/b/"})
        CHECK(f.refuses(path));
    CHECK(f.refuses(f.site.root().string() + "/secret"));
    CHECK(f.refuses(std::string_view("/a/b\0.html", 10)));
}

TEST_CASE("symbolic links are not followed, neither to files nor to folders") {
    Fixture f;
    f.site.write("../outside/secret", "hidden");
    std::filesystem::create_symlink(f.site.root() / "outside" / "secret", f.site.folder() / "file");
    std::filesystem::create_directory_symlink(f.site.root() / "outside", f.site.folder() / "folder");
    CHECK(f.refuses("/file"));
    CHECK(f.refuses("/folder/secret"));
}

TEST_CASE("dot files, folders and pipes are not served") {
    Fixture f;
    f.site.write(".env", "hidden");
    f.site.write(".git/config", "hidden");
    std::filesystem::create_directory(f.site.folder() / "empty");
    REQUIRE(::mkfifo((f.site.folder() / "pipe").c_str(), 0600) == 0);
    for (const auto* path : {"/.env", "/.git/config", "/empty", "/pipe"}) CHECK(f.refuses(path));
}

TEST_CASE("a file above the size limit is not served") {
    Fixture f;
    f.site.write("fits", std::string(1000, 'x'));
    f.site.write("large", std::string(1001, 'x'));
    CHECK(f.folder->read("/fits"));
    CHECK(f.refuses("/large"));
}

TEST_CASE("an unchanged file is read once, a changed one again") {
    Fixture f;
    f.site.write("a", "one");
    CHECK(f.folder->read("/a").value()->content == "one");
    CHECK(f.folder->read("/a").value()->content == "one");
    CHECK(f.digests == 1);
    f.site.write("a", "other");
    CHECK(f.folder->read("/a").value()->content == "other");
    CHECK(f.digests == 2);
}

TEST_CASE("the cache holds no more than its limit, and drops what was served longest ago") {
    Fixture f;
    f.folder = f.opened({1000, 250});
    for (const auto* name : {"a", "b", "c"}) f.site.write(name, std::string(100, 'x'));
    (void)f.folder->read("/a");
    (void)f.folder->read("/b");
    (void)f.folder->read("/a");
    (void)f.folder->read("/c");  // drops b
    CHECK(f.digests == 3);
    (void)f.folder->read("/a");
    CHECK(f.digests == 3);
    (void)f.folder->read("/b");
    CHECK(f.digests == 4);
}

TEST_CASE("a cache of nothing reads every time") {
    Fixture f;
    f.folder = f.opened({1000, 0});
    f.site.write("a", "one");
    (void)f.folder->read("/a");
    (void)f.folder->read("/a");
    CHECK(f.digests == 2);
}

TEST_CASE("a folder that is not there cannot be opened") {
    const auto opened = SiteFolder::open("/nonexistent/site", {1, 1}, [](std::string_view) { return std::string(); });
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Errc::invalid);
}
