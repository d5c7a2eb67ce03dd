#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "loader/abi_compare.hpp"
#include "loader/manifest.hpp"
#include "loader/plugin_library.hpp"
#include "loader/plugin_search.hpp"

using namespace televisit;
using namespace televisit::loader;
namespace fs = std::filesystem;

namespace {

const fs::path kSample = fs::path(TELEVISIT_SAMPLE_FOLDER) / "sample-user.so";

class Folder {
  public:
    Folder() {
        char name[] = "/tmp/televisit-manifest-XXXXXX";
        path = ::mkdtemp(name);
    }
    ~Folder() { fs::remove_all(path); }
    fs::path write(const std::string& name, const std::string& bytes) const {
        std::ofstream(path / name, std::ios::binary) << bytes;
        return path / name;
    }
    fs::path path;
};

std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a manifest is taken apart, its schema being the rest of it") {
    // A note is filled up with zeros to a multiple of four bytes.
    const std::string text =
        "abi=a;b\nname=pg\nversion=1.0\nprovides=televisit.records/1, x.y/2\nrequires=\n"
        "optional=televisit.ice/1\nschema=\ntype: map\nproperties: {a: {type: string}}\n" +
        std::string(2, '\0');
    const auto manifest = parse_manifest(text);
    REQUIRE(manifest);
    CHECK(manifest->name == "pg");
    CHECK(manifest->provides == std::vector<std::string>{"televisit.records/1", "x.y/2"});
    CHECK(manifest->requires_.empty());
    CHECK(manifest->optional == std::vector<std::string>{"televisit.ice/1"});
    CHECK(manifest->schema == "type: map\nproperties: {a: {type: string}}\n");
    CHECK(manifest->provides_capability("x.y/2"));
    CHECK_FALSE(manifest->provides_capability("x.y/1"));
}

TEST_CASE("a manifest without what it needs is malformed, and says what is missing") {
    CHECK(parse_manifest("").error().message == "its note has no `abi`");
    CHECK(parse_manifest("abi=a\nversion=1\n").error().message == "its note has no `name`");
    CHECK(parse_manifest("abi=a\nname=n\n").error().message == "its note has no `version`");
    CHECK(parse_manifest("abi=a\nnonsense\n").error().message == "its note has a line without '='");
    const auto capability = parse_manifest("abi=a\nname=n\nversion=1\nprovides=records\n");
    CHECK(capability.error().message ==
          "its note names 'records', which is no capability: write it like televisit.records/1");
}

TEST_CASE("a plugin's manifest is read from its file without loading it") {
    const auto manifest = read_manifest(kSample);
    REQUIRE(manifest);
    CHECK(manifest->name == "sample-user");
    CHECK(manifest->version == "1.2.3");
    CHECK(manifest->abi == server_abi());
    CHECK(manifest->schema.find("behaviour:") != std::string::npos);
}

TEST_CASE("a file that is cut anywhere is refused, never crashed on") {
    const Folder folder;
    const std::string whole = bytes_of(kSample);
    for (std::size_t size = 0; size < whole.size(); size += size < 256 ? 16 : whole.size() / 64) {
        const auto manifest = read_manifest(folder.write("cut.so", whole.substr(0, size)));
        REQUIRE_FALSE(manifest);
        const std::string& text = manifest.error().message;
        CHECK(
            (text.find("is truncated") != std::string::npos || text.find("not a shared library") != std::string::npos));
    }
    CHECK_FALSE(read_manifest(folder.write("cut.so", whole.substr(0, whole.size() - 1))));
    CHECK(read_manifest(folder.write("whole.so", whole)));
}

TEST_CASE("bytes that are wrong anywhere in a file are refused or read, never crashed on") {
    const Folder folder;
    const std::string whole = bytes_of(kSample);
    int read = 0;
    int refused = 0;
    for (std::size_t at = 0; at < whole.size(); at += at < 64 ? 1 : whole.size() / 200) {
        std::string spoiled = whole;
        spoiled[at] = static_cast<char>(~spoiled[at]);
        const auto file = folder.write("spoiled.so", spoiled);
        const auto manifest = read_manifest(file);
        INFO("byte " << at);
        if (manifest) {
            // Then it is what the file says, not what lies beyond its note.
            CHECK_FALSE(manifest->name.empty());
            CHECK_FALSE(manifest->version.empty());
            CHECK(spoiled.find(manifest->text) != std::string::npos);
            ++read;
        } else {
            CHECK(manifest.error().message.starts_with(file.string()));
            ++refused;
        }
        if (at < 4) CHECK_FALSE(manifest);  // it says that this is an ELF file
    }
    CHECK(read > 0);
    CHECK(refused > 4);
}

TEST_CASE("what is no plugin is refused by what it is") {
    const Folder folder;
    CHECK(read_manifest(folder.path / "absent.so").error().code == Errc::not_found);
    CHECK(read_manifest(folder.path).error().message.find("is not a file") != std::string::npos);
    CHECK(read_manifest(folder.write("text.so", std::string(5000, 'x'))).error().message.find("not a shared library") !=
          std::string::npos);
    const auto foreign = read_manifest("/lib/x86_64-linux-gnu/libm.so.6");
    if (fs::exists("/lib/x86_64-linux-gnu/libm.so.6"))
        CHECK(foreign.error().message.find("is not a televisit plugin") != std::string::npos);
}

TEST_CASE("a plugin whose note and descriptor differ is refused") {
    const auto manifest = read_manifest(kSample);
    REQUIRE(manifest);
    CHECK(PluginLibrary::load(kSample, *manifest));
    Manifest other = *manifest;
    other.text += "more";
    const auto refused = PluginLibrary::load(kSample, other);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("another thing in its note") != std::string::npos);
}

TEST_CASE("plugins are looked for in the folders in their order") {
    const Folder first;
    const Folder second;
    second.write("x.so", "");
    CHECK(*find_plugin({first.path, second.path}, "x") == second.path / "x.so");
    first.write("x.so", "");
    CHECK(*find_plugin({first.path, second.path}, "x") == first.path / "x.so");
    CHECK(find_plugin({first.path, second.path}, "y").error().message ==
          "there is no y.so in " + first.path.string() + ", " + second.path.string());
}
