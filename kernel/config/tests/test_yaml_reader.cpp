#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "text.hpp"

using namespace televisit::config;
using namespace televisit::config::test;

namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

/// A folder that is gone with its scope.
class Folder {
  public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "televisit-config-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string write(const std::string& name, std::string_view text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return (path_ / name).string();
    }
    std::string operator/(const std::string& name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a file becomes a tree with places that count from one") {
    const auto tree = tree_of("a: 1\nb:\n  - x\n  - {c: \"y z\"}\nd: |\n  two\n  lines\n");
    REQUIRE(tree.kind == Kind::map);
    REQUIRE(tree.entries.size() == 3);
    CHECK(tree.entries[1].key == "b");
    CHECK(tree.entries[1].mark.line == 2);
    CHECK(tree.entries[1].mark.column == 1);
    const Node* nested = at_path(tree, "b[1].c");
    REQUIRE(nested != nullptr);
    CHECK(nested->text == "y z");
    CHECK(nested->mark.line == 4);
    CHECK(nested->mark.column == 9);
    CHECK(*nested->mark.file == "t.yaml");
    CHECK(tree.find("d")->text == "two\nlines\n");
}

TEST_CASE("columns are counted in characters") {
    CHECK(problems_of("{ä: 1, ö: 2, ä: 3}") == "t.yaml:1:14: the key 'ä' is already set in line 1\n");
}

TEST_CASE("values keep the text that was written, whatever YAML would read into it") {
    const auto tree = tree_of("a: 0644\nb: no\nc: 1e3\nd: 0x10\ne: 2001-01-01\nf: 'null'\n");
    CHECK(tree.find("a")->text == "0644");
    CHECK(tree.find("b")->text == "no");
    CHECK(tree.find("d")->text == "0x10");
    CHECK(tree.find("f")->kind == Kind::scalar);
}

TEST_CASE("nothing, a comment and a lone document mark are an empty map") {
    for (const auto* text : {"", "\n\n", "# only a comment\n", "---\n", "\xEF\xBB\xBF", "~", "%YAML 1.2\n---\n"}) {
        CAPTURE(text);
        const auto tree = tree_of(text);
        CHECK(tree.kind == Kind::map);
        CHECK(tree.entries.empty());
    }
}

TEST_CASE("line ends of every kind are read") {
    CHECK(tree_of("a: 1\r\nb: 2\r\n").find("b")->text == "2");
    CHECK(tree_of("\xEF\xBB\xBF"
                  "a: 1")
              .find("a")
              ->mark.column == 4);
}

TEST_CASE("a key that is set twice is refused, and all such keys are reported") {
    CHECK(problems_of("a: 1\nb: {c: 1, c: 2}\na: 2\n") ==
          "t.yaml:2:11: b: the key 'c' is already set in line 2\n"
          "t.yaml:3:1: the key 'a' is already set in line 1\n");
}

TEST_CASE("aliases and anchors are refused") {
    CHECK(problems_of("a: &x 1\nb: *x\n") ==
          "t.yaml:1:4: a: anchors (&name) are not supported; quote a text that begins with '&'\n"
          "t.yaml:2:4: b: aliases (*name) are not supported; write the value out, or quote a text that begins with "
          "'*'\n");
    CHECK(problems_of("a: &x\n  b: *x\n").find("aliases") != std::string::npos);
    CHECK(problems_of("? &x a\n: 1\n*x : 2\n").find("aliases") != std::string::npos);
}

TEST_CASE("an unquoted star is explained") {
    CHECK(problems_of("origins: *.example.org\n").find("must be quoted") != std::string::npos);
}

TEST_CASE("an unquoted reference in a flow list is explained") {
    CHECK(problems_of("a:\n  b: [${env:X}]\n").find("inside [ ] or { } a text with ${…} must be quoted") !=
          std::string::npos);
}

TEST_CASE("merge keys are refused, a quoted one is a key like any other") {
    CHECK(problems_of("a:\n  <<: {b: 1}\n") ==
          "t.yaml:2:3: a: merge keys ('<<') are not supported; write the keys out\n");
    CHECK(tree_of("'<<': 1").find("<<") != nullptr);
}

TEST_CASE("tags are refused") {
    CHECK(problems_of("a: !!int 5\nb: !mine {}\nc: !!binary |\n  aGk=\n").find("t.yaml:3:4: c: tags") !=
          std::string::npos);
}

TEST_CASE("a second document is refused") {
    const auto loaded = read_yaml("a: 1\n---\nb: 2\n", "t.yaml");
    CHECK_FALSE(loaded.root);
    CHECK(to_text(loaded.problems) == "t.yaml:2:1: a second document begins here; the file must be one document\n");
    CHECK_FALSE(read_yaml("a: 1\n--- {}\n--- {}\n", "t.yaml").ok());
}

TEST_CASE("a key must be plain text") {
    CHECK(problems_of("? [a]\n: 1\n") == "t.yaml:1:3: a key must be plain text, not a list\n");
    CHECK(problems_of("? {a: 1}\n: 1\n") == "t.yaml:1:3: a key must be plain text, not a map\n");
    CHECK(problems_of("~: 1\n") == "t.yaml:1:1: a key must be plain text, not an empty value\n");
}

TEST_CASE("a syntax error has its place") {
    CHECK(problems_of("a: 1\nb: [1, 2\nc: 3\n").find("t.yaml:") == 0);
    CHECK(problems_of("a: \"x\n").find("not valid YAML") != std::string::npos);
    CHECK(problems_of("a:\n\t- 1\n").find("t.yaml:2:2: not valid YAML") == 0);
}

TEST_CASE("a quote that is not closed does not swallow the rest") {
    for (const auto* text : {"a: \"x\nb: 1\n", "a: 'x\nb: 1\n", "a: \"x", "a: 'x'' \n"}) {
        CAPTURE(text);
        CHECK(problems_of(text).find("a quote is not closed") != std::string::npos);
    }
    CHECK(tree_of("a: |+\n  x\n\n").find("a")->text == "x\n\n");
    CHECK(tree_of("a: |\n  x").find("a")->text == "x\n");
    CHECK(tree_of("a: |-\n  x\n").find("a")->text == "x");
}

TEST_CASE("nesting is bounded") {
    const auto lists = [](std::size_t depth) { return repeated("[", depth) + repeated("]", depth); };
    CHECK(read_yaml(lists(kMaxDepth), "t.yaml").ok());
    CHECK(problems_of(lists(kMaxDepth + 1)).find("nested deeper than 64 levels") != std::string::npos);
    for (const auto* unit : {"[", "{", "- ", "? ", "{a: ", "[{", "- - ", "[?", "{?", "? - "}) {
        CAPTURE(unit);
        CHECK_FALSE(read_yaml(repeated(unit, 10'000), "t.yaml").ok());
    }
}

TEST_CASE("the number of values is bounded") {
    CHECK(problems_of("[" + repeated("1,", kMaxNodes) + "]").find("more than 50000 values") != std::string::npos);
}

TEST_CASE("the size of a file is bounded") {
    CHECK(read_yaml("a: '" + std::string(kMaxFileBytes - 5, 'x') + "'", "t.yaml").ok());
    CHECK(problems_of(std::string(kMaxFileBytes + 1, 'x')) == "t.yaml: is larger than 1024 KiB\n");
    const Folder folder;
    const auto file = folder.write("large.yaml", "a: '" + std::string(kMaxFileBytes, 'x') + "'");
    CHECK(to_text(read_yaml_file(file).problems) == file + ": is larger than 1024 KiB\n");
}

TEST_CASE("an alias bomb is refused before it is blown up") {
    std::string bomb = "a0: &a0 [x, x]\n";
    for (int i = 1; i < 40; ++i) {
        const auto last = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last + ", " + last + "]\n";
    }
    const auto loaded = read_yaml(bomb, "t.yaml");
    CHECK_FALSE(loaded.ok());
    CHECK(loaded.problems.all().size() == Diagnostics::kMost);
    CHECK(loaded.problems.dropped() > 0);
}

TEST_CASE("bytes that are no text are refused with their place") {
    CHECK(problems_of(std::string_view("a: 1\nb: \0", 9)) == "t.yaml:2:4: holds a NUL byte\n");
    CHECK(problems_of("ä: \xC3\x28").find("t.yaml:1:4: holds a byte that is not UTF-8 text") == 0);
    for (const auto* bad : {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80",
                            "\x80", "\xE2\x82", "\xFF\xFE", "\x1B", "\x7F", "\xF0\x80\x80\x80"}) {
        CAPTURE(bad);
        CHECK(problems_of(bad) == "t.yaml:1:1: holds a byte that is not UTF-8 text\n");
    }
    CHECK(read_yaml("a: \xF0\x9F\x98\x80 \xEF\xBF\xBD \xE2\x82\xAC", "t.yaml").ok());
}

TEST_CASE("what cannot be opened is named") {
    const Folder folder;
    CHECK(to_text(read_yaml_file(folder / "none.yaml").problems) == (folder / "none.yaml") + ": does not exist\n");
    CHECK(to_text(read_yaml_file("/").problems) == "/: is a directory\n");
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    CHECK(to_text(read_yaml_file(folder / "fifo").problems) == (folder / "fifo") + ": is not a regular file\n");
    CHECK(to_text(read_yaml_file(folder.write("x", "") + "/y").problems).find("cannot be read: Not a directory") !=
          std::string::npos);
    const auto tree = read_yaml_file(folder.write("good.yaml", "a: 1\n"));
    REQUIRE(tree.ok());
    CHECK(*tree.root->mark.file == folder / "good.yaml");
}

TEST_CASE("whatever is cut from or changed in a file, reading ends with a tree or a reason") {
    const std::string good =
        "server: {port: 8086, host: \"a\\x41b\"}\nlist:\n  - {id: 'it''s', use: [a, b]}\n  - >-\n    folded\n    text\n"
        "? long\n: - 1\n  - &a b\n  - *a\n# end\n";
    constexpr std::string_view kBytes = "[]{}:,-?*&!|>'\"%@`#~\n \t\\a0";
    std::uint64_t seed = 42;
    const auto next = [&seed](std::size_t bound) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::size_t>(seed >> 33U) % bound;
    };
    for (int round = 0; round < 3000; ++round) {
        std::string text = good.substr(0, next(good.size()) + 1);
        for (std::size_t edits = next(6); edits > 0; --edits) text[next(text.size())] = kBytes[next(kBytes.size())];
        const auto loaded = read_yaml(text, "t.yaml");
        INFO(text);
        REQUIRE((loaded.root.has_value() || !loaded.problems.empty()));
    }
}
