#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "runtime/json_log.hpp"
#include "runtime/log_sink.hpp"
#include "runtime/system_clock.hpp"

using namespace televisit;
using namespace televisit::runtime;

namespace {

class Folder {
  public:
    Folder() {
        char name[] = "/tmp/televisit-log-XXXXXX";
        path_ = ::mkdtemp(name);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string file(const std::string& name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

std::string contents(const std::string& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

Instant at(std::int64_t micros) {
    return from_micros(micros);
}

}  // namespace

TEST_CASE("a log record is one JSON object with its time in UTC and microseconds") {
    CHECK(json_log_line(at(1'769'334'300'000'123), LogLevel::info, "pg", "room opened",
                        {{"room", "r-1"}, {"members", 2}, {"share", 0.5}, {"first", true}}) ==
          R"({"time":"2026-01-25T09:45:00.000123Z","level":"info","plugin":"pg","event":"room opened",)"
          R"("room":"r-1","members":2,"share":0.5,"first":true})");
    CHECK(json_log_line(at(0), LogLevel::error, "", "x", {}) ==
          R"({"time":"1970-01-01T00:00:00.000000Z","level":"error","event":"x"})");
}

TEST_CASE("a log record stays one valid line whatever its texts hold") {
    const std::string line = json_log_line(at(0), LogLevel::info, "", "e\n\"", {{"a\\", "\x01\xff\xc3\xa4\r"}});
    CHECK(line.find('\n') == std::string::npos);
    CHECK(line.ends_with(R"("event":"e\n\"","a\\":"\u0001)"
                         "\xEF\xBF\xBD\xc3\xa4"
                         R"(\r"})"));
}

TEST_CASE("a text that is too long is cut") {
    const std::string line = json_log_line(at(0), LogLevel::info, "", "e", {{"t", std::string(100'000, 'x')}});
    CHECK(line.size() < kMaxLogText + 200);
}

TEST_CASE("records below the level are not written") {
    Folder folder;
    auto sink = LogSink::open(folder.file("log"), LogLevel::warning, 100);
    REQUIRE(sink);
    SystemClock clock;
    JsonLogger logger(**sink, clock, "sample");
    logger.info("quiet");
    logger.warning("loud", {{"n", 1}});
    (*sink)->flush();
    const std::string text = contents(folder.file("log"));
    CHECK(text.find("quiet") == std::string::npos);
    CHECK(text.find(R"("level":"warning","plugin":"sample","event":"loud","n":1})") != std::string::npos);
}

TEST_CASE("a log that is opened again goes to a new file after rotation") {
    Folder folder;
    auto sink = LogSink::open(folder.file("log"), LogLevel::info, 100);
    REQUIRE(sink);
    (*sink)->put("one");
    (*sink)->flush();
    std::filesystem::rename(folder.file("log"), folder.file("log.1"));
    (*sink)->put("two");
    (*sink)->flush();
    (*sink)->reopen();
    (*sink)->put("three");
    (*sink)->flush();
    CHECK(contents(folder.file("log.1")) == "one\ntwo\n");
    CHECK(contents(folder.file("log")) == "three\n");
}

TEST_CASE("a log file that cannot be opened is named") {
    const auto sink = LogSink::open("/nowhere/at/all.log", LogLevel::info, 100);
    REQUIRE_FALSE(sink);
    CHECK(sink.error().message.find("/nowhere/at/all.log") != std::string::npos);
}

TEST_CASE("a destination that takes nothing never blocks who logs: records are dropped, counted and told") {
    Folder folder;
    const std::string fifo = folder.file("fifo");
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
    REQUIRE(reader >= 0);
    auto sink = LogSink::open(fifo, LogLevel::info, 16);
    REQUIRE(sink);
    const std::string line(8'000, 'x');
    for (int i = 0; i < 100; ++i) (*sink)->put(line);  // a pipe holds 64 KiB: this would block for ever
    CHECK((*sink)->dropped() > 0);

    std::thread drainer([reader] {
        char bytes[65536];
        pollfd readable{reader, POLLIN, 0};
        while (::poll(&readable, 1, 30'000) > 0)
            if (::read(reader, bytes, sizeof bytes) <= 0) return;
    });
    (*sink)->flush();
    const auto dropped = (*sink)->dropped();
    (*sink)->put("after");
    (*sink)->flush();
    CHECK((*sink)->dropped() == dropped);
    sink->reset();  // the writing end closes, and the reader ends
    drainer.join();
    ::close(reader);
}
