#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "text.hpp"

using namespace televisit::config;
using namespace televisit::config::test;

namespace {

const Sources kSources = environment({{"NAME", "value"}, {"EMPTY", ""}, {"SECRET", "hunter2"}, {"BAD", "\xFF"}});

std::string text_of(std::string_view scalar) {
    return tree_of("k: " + std::string(scalar), kSources).find("k")->text;
}
std::string fault_of(std::string_view scalar) {
    return problems_of("k: " + std::string(scalar), kSources);
}

/// A file that is gone with its scope.
class File {
  public:
    explicit File(std::string_view text)
        : path_(std::filesystem::temp_directory_path() / ("televisit-secret-" + std::to_string(::getpid()))) {
        std::ofstream(path_, std::ios::binary) << text;
    }
    ~File() { std::filesystem::remove(path_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    std::string reference() const { return "${file:" + path_.string() + "}"; }
    std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a variable is put in place of its reference") {
    CHECK(text_of("${env:NAME}") == "value");
    CHECK(text_of("'a ${env:NAME} b ${env:NAME}'") == "a value b value");
    CHECK(text_of("\"${env:NAME}\"") == "value");
}

TEST_CASE("a default is taken when the variable is missing or empty") {
    CHECK(text_of("${env:NONE:-other}") == "other");
    CHECK(text_of("${env:EMPTY:-other}") == "other");
    CHECK(text_of("${env:NAME:-other}") == "value");
    CHECK(text_of("${env:NONE:-}").empty());
    CHECK(text_of("${env:NONE:-a:-b}") == "a:-b");
    CHECK(text_of("${env:EMPTY}").empty());
}

TEST_CASE("a default may hold references, which are followed only when it is taken") {
    CHECK(text_of("${env:NONE:-${env:NAME}!}") == "value!");
    CHECK(text_of("${env:NONE:-${env:EMPTY:-${env:NONE:-deep}}}") == "deep");
    CHECK(text_of("${env:NAME:-${env:NONE}}") == "value");
    std::string deep = "x";
    for (int i = 0; i < 20; ++i) deep = "${env:NONE:-" + deep + "}";
    CHECK(fault_of(deep) == "t.yaml:1:4: k: references are nested too deep\n");
}

TEST_CASE("a missing variable is an error that names it") {
    CHECK(fault_of("${env:NONE}") ==
          "t.yaml:1:4: k: the environment variable NONE is not set, and there is no default (${env:NONE:-default})\n");
}

TEST_CASE("two dollars make a literal reference") {
    CHECK(text_of("$${env:NAME}") == "${env:NAME}");
    CHECK(text_of("a$${b}${env:NAME}") == "a${b}value");
    CHECK(text_of("$$ $x 5$") == "$$ $x 5$");
}

TEST_CASE("what is put in is not looked at again") {
    CHECK(tree_of("k: ${env:X}", environment({{"X", "${env:X}"}})).find("k")->text == "${env:X}");
}

TEST_CASE("a reference that is none is explained") {
    CHECK(fault_of("${NAME}").find("'${' begins neither") != std::string::npos);
    CHECK(fault_of("${vault:x}").find("'${' begins neither") != std::string::npos);
    CHECK(fault_of("'${env:NAME'").find("has no '}'") != std::string::npos);
    CHECK(fault_of("${env:A B}") == "t.yaml:1:4: k: 'A B' is not the name of an environment variable\n");
    CHECK(fault_of("${env:}").find("is not the name") != std::string::npos);
    CHECK(fault_of("${file:/${env:NAME}}").find("only a default may hold references") != std::string::npos);
}

TEST_CASE("every reference that fails is reported") {
    CHECK(problems_of("a: ${env:A}\nb: [\"${env:B}\"]\nc: ok\n").find("t.yaml:2:5: b[0]: the environment variable B") !=
          std::string::npos);
}

TEST_CASE("keys are left alone") {
    CHECK(tree_of("'${env:NAME}': 1", kSources).find("${env:NAME}") != nullptr);
}

TEST_CASE("a file gives its text without one line end") {
    CHECK(text_of(File("two\n\n").reference()) == "two\n");
    CHECK(text_of(File("windows\r\n").reference()) == "windows");
    CHECK(text_of(File("bare").reference()) == "bare");
    const File file("in default\n");
    CHECK(text_of("${env:NONE:-" + file.reference() + "}") == "in default");
}

TEST_CASE("a file that gives no text is an error that does not show it") {
    CHECK(fault_of("${file:/none/at/all}") == "t.yaml:1:4: k: the file '/none/at/all' does not exist\n");
    CHECK(fault_of("${file:/}") == "t.yaml:1:4: k: the file '/' is a directory\n");
    CHECK(fault_of("${file:/dev/zero}") == "t.yaml:1:4: k: the file '/dev/zero' is not a regular file\n");
    CHECK(fault_of("${file:secret}").find("must be named by an absolute path") != std::string::npos);
    CHECK(fault_of(File("").reference()).find("is empty") != std::string::npos);
    CHECK(fault_of(File("\n").reference()).find("is empty") != std::string::npos);
    const auto binary = fault_of(File("hunter2\xFF").reference());
    CHECK(binary.find("does not hold UTF-8 text") != std::string::npos);
    CHECK(binary.find("hunter2") == std::string::npos);
    CHECK(fault_of(File(std::string(kMaxIncludedFileBytes + 1, 'x')).reference()).find("is larger than 64 KiB") !=
          std::string::npos);
    CHECK(fault_of("${env:BAD}").find("does not hold UTF-8 text") != std::string::npos);
}

TEST_CASE("many files cannot make a configuration grow without bound") {
    const File file(std::string(kMaxIncludedFileBytes, 'x'));
    std::string text = "k:\n";
    for (int i = 0; i < 40; ++i) text += "  - " + file.reference() + "\n";
    CHECK(problems_of(text).find("too much text") != std::string::npos);
    std::string one = "k: ";
    for (int i = 0; i < 40; ++i) one += file.reference();
    CHECK(problems_of(one).find("too much text") != std::string::npos);
}

TEST_CASE("further sources are asked by their name") {
    Sources sources = kSources;
    sources.more.emplace("state", [](std::string_view name) -> std::optional<std::string> {
        if (name == "secret") return "made";
        return std::nullopt;
    });
    const auto tree = tree_of("k: ${env:NONE:-${state:secret}}", sources);
    CHECK(tree.find("k")->text == "made");
    CHECK(tree.find("k")->origin == Origin::file);
    CHECK(problems_of("k: ${state:other}", sources) == "t.yaml:1:4: k: there is no 'other' in 'state'\n");
}

TEST_CASE("the environment of the process is read") {
    const auto path = process_environment()("PATH");
    REQUIRE(path.has_value());
    CHECK(*path == std::getenv("PATH"));
    CHECK_FALSE(process_environment()("TELEVISIT_SURELY_NOT_SET").has_value());
}
