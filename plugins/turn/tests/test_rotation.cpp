#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "rotation.hpp"
#include "secret_book.hpp"
#include "televisit/testkit/deterministic_secrets.hpp"
#include "televisit/testkit/fake_host.hpp"
#include "televisit/testkit/manual_clock.hpp"
#include "turn_config.hpp"
#include "turn_keeper.hpp"
#include "turn_provider.hpp"

using namespace std::chrono_literals;
using namespace televisit;
using namespace televisit::turn;

namespace {

struct Folder {
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "televisit-rotation-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder");
        path = pattern;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

/// The process was killed here.
struct Killed {};

/// A database, and a server that reads it; `kill_after` counts what a process still gets to do.
struct Stage : SecretStore {
    Result<void> add(const std::string& secret, const CallContext&) override {
        step();
        if (store_away) return error(Errc::unavailable, "away");
        known.insert(secret);
        check();
        step();
        return {};
    }
    Result<void> remove(const std::string& secret, const CallContext&) override {
        step();
        known.erase(secret);
        check();
        step();
        return {};
    }
    void step() {
        if (kill_after >= 0 && kill_after-- == 0) throw Killed{};
    }
    /// What makes credentials, and what has made some that are still good, is known to the servers, always.
    void check() const {
        const auto now = file.read();
        REQUIRE(now.ok());
        if (!now->mint.empty()) CHECK(known.contains(now->mint));
        for (const auto& old : now->old)
            if (old.until > clock.now()) CHECK(known.contains(old.secret));
    }
    Result<void> rotate(Rotation wanted = Rotation::replace) {
        const SecretRotation::World world{file,
                                          *this,
                                          [this](const std::string& secret) -> Result<void> {
                                              step();
                                              check();
                                              if (server_deaf || !known.contains(secret))
                                                  return error(Errc::unavailable, "a does not take the new secret");
                                              return {};
                                          },
                                          clock,
                                          secrets,
                                          [this](std::chrono::milliseconds time) { clock.advance(time); }};
        SecretRotation rotation(world, 1h, 10s, [this](std::string_view line) {
            step();
            said += std::string(line) + '\n';
        });
        auto done = rotation.run(wanted, {clock.steady_now() + 24h, RequestId{"test"}});
        check();
        return done;
    }

    Folder folder;
    SecretsFile file{folder.path / "secrets"};
    testkit::ManualClock clock;
    testkit::DeterministicSecrets secrets;
    std::set<std::string> known;
    std::string said;
    bool server_deaf = false;
    bool store_away = false;
    int kill_after = -1;
};

/// A server whose secret rotates, with what else is to be set.
struct Rotating {
    explicit Rotating(std::initializer_list<std::pair<std::string, testkit::FakeConfig::Value>> more = {}) {
        REQUIRE(file.write({"one", "", {}}));
        auto config = testing::with({{"urls", std::vector<std::string>{"turn:t.example"}},
                                     {"rotation.file", file.path().string()},
                                     {"rotation.realm", "r"}});
        for (const auto& [key, value] : more) config.set(key, value);
        host = std::make_unique<testkit::FakeHost>(std::move(config));
    }
    std::chrono::seconds ttl(std::chrono::seconds wanted) {
        TurnProvider provider(*host);
        REQUIRE(provider.start(host->context()));
        return provider.ice_servers({AttendeeId("a"), "127.0.0.1", wanted}, host->context())->ttl;
    }
    std::string rotation() {
        TurnKeeper keeper(host->config(), host->manual_clock, host->fake_secrets);
        const auto done = keeper.rotate(
            Rotation::replace, [](std::string_view) {}, host->context());
        return done ? "done" : done.error().message;
    }

    Folder folder;
    SecretsFile file{folder.path / "secrets"};
    std::unique_ptr<testkit::FakeHost> host;
};

}  // namespace

TEST_CASE("the first rotation makes the first secret") {
    Stage stage;
    REQUIRE(stage.rotate());
    const auto now = *stage.file.read();
    CHECK(now.mint.size() == 64);
    CHECK(now.next.empty());
    CHECK(now.old.empty());
    CHECK(stage.known == std::set<std::string>{now.mint});
}

TEST_CASE("a secret that was replaced stays known until the longest credentials made with it have ended") {
    Stage stage;
    REQUIRE(stage.rotate());
    const auto first = stage.file.read()->mint;
    REQUIRE(stage.rotate());
    CHECK(stage.file.read()->mint != first);
    CHECK(stage.known.size() == 2);
    stage.clock.advance(1h);
    REQUIRE(stage.rotate(Rotation::retire));
    CHECK(stage.known.contains(first));
    stage.clock.advance(1min);
    REQUIRE(stage.rotate(Rotation::retire));
    CHECK_FALSE(stage.known.contains(first));
    CHECK(stage.file.read()->old.empty());
    CHECK(stage.known.size() == 1);
}

TEST_CASE("a rotation may wait until the old secret can go") {
    Stage stage;
    REQUIRE(stage.rotate());
    REQUIRE(stage.rotate(Rotation::replace_and_retire));
    CHECK(stage.known == std::set<std::string>{stage.file.read()->mint});
}

TEST_CASE("a server that does not take the new secret keeps the old one in use, and the next run goes on") {
    Stage stage;
    REQUIRE(stage.rotate());
    const auto first = stage.file.read()->mint;
    stage.server_deaf = true;
    const auto refused = stage.rotate();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "the old secret stays in use: a does not take the new secret");
    CHECK(stage.file.read()->mint == first);
    const auto next = stage.file.read()->next;
    stage.server_deaf = false;
    REQUIRE(stage.rotate());
    CHECK(stage.file.read()->mint == next);
    CHECK(stage.known.size() == 2);
}

TEST_CASE("a database that is away changes nothing that is in use") {
    Stage stage;
    REQUIRE(stage.rotate());
    const auto first = stage.file.read()->mint;
    stage.store_away = true;
    CHECK_FALSE(stage.rotate());
    CHECK(stage.file.read()->mint == first);
}

TEST_CASE("a rotation may be killed at any step: what is in use is known, and the next run brings it to its end") {
    int survived = 0;
    for (int step = 0; survived < 1; ++step) {
        INFO("killed at step " << step);
        Stage stage;
        REQUIRE(stage.rotate());
        REQUIRE(stage.rotate());
        stage.clock.advance(2h);  // one has to be retired as well
        stage.kill_after = step;
        try {
            const auto done = stage.rotate();
            REQUIRE(done);
            ++survived;
        } catch (const Killed&) {
        }
        stage.kill_after = -1;
        stage.check();
        REQUIRE(stage.rotate());
        const auto now = *stage.file.read();
        CHECK(now.next.empty());
        stage.clock.advance(2h);
        REQUIRE(stage.rotate(Rotation::retire));
        CHECK(stage.known == std::set<std::string>{stage.file.read()->mint});
    }
}

TEST_CASE("the file of secrets is read as it was written, and for nobody else's eyes") {
    const Folder folder;
    const SecretsFile file(folder.path / "secrets");
    CHECK(file.read()->mint.empty());
    CHECK(file.stamp().empty());
    REQUIRE(file.write({"m", "n", {{"o", std::chrono::sys_seconds(7s)}}}));
    const auto read = *file.read();
    CHECK(read.mint == "m");
    CHECK(read.next == "n");
    REQUIRE(read.old.size() == 1);
    CHECK(read.old[0].until == std::chrono::sys_seconds(7s));
    using std::filesystem::perms;
    CHECK(std::filesystem::status(file.path()).permissions() == (perms::owner_read | perms::owner_write));
    std::filesystem::permissions(file.path(), perms::owner_read | perms::owner_write | perms::group_read);
    REQUIRE(file.write({"p", "", {}}));
    CHECK(std::filesystem::status(file.path()).permissions() ==
          (perms::owner_read | perms::owner_write | perms::group_read));
}

TEST_CASE("a file that is not understood is refused by its line, which is not shown") {
    for (const auto* text : {"mint", "mint a b", "mint a\nmint b", "old a", "old a soon", "new hunter2", "old a 1 2"}) {
        const auto read = parse_secrets(text);
        REQUIRE_FALSE(read);
        CHECK(read.error().message.find("line ") == 0);
        CHECK(read.error().message.find("hunter2") == std::string::npos);
    }
}

TEST_CASE("a server finds the new secret, and keeps the old one when the file is gone or not understood") {
    const Folder folder;
    const SecretsFile file(folder.path / "secrets");
    SecretBook book(file.path());
    REQUIRE(file.write({"one", "", {}}));
    CHECK(*book.refresh());
    CHECK(book.secret() == "one");
    CHECK_FALSE(*book.refresh());
    REQUIRE(file.write({"two", "", {{"one", {}}}}));
    CHECK(*book.refresh());
    CHECK(book.secret() == "two");
    std::filesystem::remove(file.path());
    CHECK_FALSE(*book.refresh());
    CHECK(book.secret() == "two");
}

TEST_CASE("a store is PostgreSQL or Redis by its URL, and a bad URL is not shown") {
    CHECK(open_secret_store("postgresql://u:hunter2@h/coturn", "r"));
    CHECK(open_secret_store("redis://h:6379/1", "r"));
    for (const auto* url : {"", "mysql://u:hunter2@h/coturn", "redis://", "http://h"}) {
        try {
            open_secret_store(url, "r");
            FAIL("accepted " << url);
        } catch (const std::invalid_argument& failure) {
            CHECK(std::string(failure.what()).find("hunter2") == std::string::npos);
        }
    }
}

TEST_CASE("no credentials outlive the secret that they were made with") {
    CHECK(Rotating({{"rotation.longest", 1h}}).ttl(2h) == 1h);
    CHECK(Rotating({{"rotation.longest", 1h}}).ttl(10min) == 10min);
    CHECK(Rotating({{"rotation.longest", 1min}}).ttl(1s) == 1min);  // and not `min_ttl`
    CHECK(Rotating({{"rotation.longest", 1h}, {"ttl", 2h}}).ttl(3h) == 2h);
}

TEST_CASE("a server starts without the database's URL, and a rotation says that it is missing") {
    Rotating rotating;
    CHECK(rotating.ttl(1h) == 1h);
    CHECK(rotating.rotation() == "rotation.store is missing; see docs/turn.md");
}

TEST_CASE("a rotation that no server would take part in is none") {
    Rotating rotating({{"urls", std::vector<std::string>{}}, {"rotation.store", "redis://127.0.0.1:1"}});
    CHECK(rotating.rotation() == "there is no TURN server that uses `rotation`; see docs/turn.md");
    CHECK(rotating.file.read()->mint == "one");
}

TEST_CASE("a file of secrets that is not understood is told of once, and again when it is wrong in another way") {
    Rotating rotating;
    TurnProvider provider(*rotating.host);
    REQUIRE(provider.start(rotating.host->context()));
    const auto told = [&] {
        const auto& records = rotating.host->log.records();
        return std::count_if(records.begin(), records.end(),
                             [](const auto& record) { return record.event == "turn secrets not read"; });
    };
    const auto write = [&](const char* text) { std::ofstream(rotating.file.path()) << text; };
    write("mint");
    rotating.host->manual_executor.advance(10s);
    CHECK(told() == 1);
    write("mint a\nmint b");
    rotating.host->manual_executor.advance(10s);
    CHECK(told() == 2);
}
