#include "connection_pool/connection_pool.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

using namespace televisit;
using namespace std::chrono_literals;

namespace {

/// A database of which the test says how it does.
struct World {
    std::atomic<bool> away{false};
    std::atomic<bool> hangs{false};  // opening takes until it does not
    std::atomic<int> attempts{0};
    std::atomic<int> alive{0};
};

class FakeConnection {
  public:
    static Result<std::unique_ptr<FakeConnection>> open(World* const& world, SteadyTime) {
        ++world->attempts;
        world->attempts.notify_all();
        world->hangs.wait(true);
        if (world->away) return error(Errc::unavailable, "away");
        return std::make_unique<FakeConnection>(*world);
    }
    explicit FakeConnection(World& world) : world_(world) { ++world_.alive; }
    ~FakeConnection() { --world_.alive; }
    void work_until(SteadyTime deadline) { deadline_ = deadline; }
    bool alive() const { return !dead; }
    bool reusable() const { return !broken; }
    bool worth_another_try() const { return broken; }
    SteadyTime deadline() const { return deadline_; }

    bool dead = false;
    bool broken = false;

  private:
    World& world_;
    SteadyTime deadline_{};
};

using Pool = connection_pool::ConnectionPool<FakeConnection, World*>;

SteadyTime in(std::chrono::milliseconds patience) {
    return std::chrono::steady_clock::now() + patience;
}

}  // namespace

TEST_CASE("a connection that was given back is lent again, with the deadline of its new call") {
    World world;
    Pool pool(&world, 2);
    { const auto lease = pool.take(in(1min), "work"); }
    const auto deadline = in(2min);
    const auto lease = pool.take(deadline, "work");
    REQUIRE(lease.ok());
    CHECK((*lease)->deadline() == deadline);
    CHECK(world.attempts == 1);
    CHECK(pool.figures().open == 1);
    CHECK(pool.figures().lent == 1);
}

TEST_CASE("a connection that broke, or died while it was idle, is not lent again") {
    World world;
    Pool pool(&world, 2);
    for (const bool idle : {false, true}) {
        auto lease = pool.take(in(1min), "work");
        REQUIRE(lease.ok());
        (idle ? (*lease)->dead : (*lease)->broken) = true;
    }
    REQUIRE(pool.take(in(1min), "work").ok());
    CHECK(world.attempts == 3);
    CHECK(world.alive == 1);
    CHECK(pool.figures().lost == 2);
}

TEST_CASE("with every connection lent a caller waits for one to come back, or to the deadline") {
    World world;
    Pool pool(&world, 1);
    std::optional<Result<Pool::Lease>> lease(pool.take(in(1min), "work"));
    const auto refused = pool.take(in(1ms), "read");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::unavailable);
    CHECK(refused.error().detail == "read: no connection was free before the deadline");
    bool served = false;
    std::thread waiting([&] { served = pool.take(in(1min), "work").ok(); });
    lease.reset();
    waiting.join();
    CHECK(served);
    CHECK(world.attempts == 1);
}

TEST_CASE("while the database is away callers are refused without trying, but for one now and then") {
    World world;
    world.away = true;
    Pool pool(&world, 4);
    for (int i = 0; i < 1000; ++i) CHECK_FALSE(pool.take(in(1min), "work").ok());
    CHECK(world.attempts < 500);
    CHECK(pool.figures().failed_connects == static_cast<std::uint64_t>(world.attempts));
    world.away = false;
    const auto until = in(1min);
    while (!pool.take(in(1min), "work").ok()) REQUIRE(std::chrono::steady_clock::now() < until);
}

TEST_CASE("while one caller tries to reach a database that hangs the others are refused at once") {
    World world;
    world.away = true;
    Pool pool(&world, 4);
    REQUIRE_FALSE(pool.take(in(1min), "work").ok());
    world.hangs = true;
    std::thread trying([&] {
        while (world.attempts == 1) (void)pool.take(in(1min), "work");
    });
    world.attempts.wait(1);
    const auto refused = pool.take(in(10s), "read");
    world.hangs = false;
    world.hangs.notify_all();
    trying.join();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message == "away");
    CHECK(world.attempts == 2);
}

TEST_CASE("work that failed on a broken connection is tried on another one, a few times") {
    World world;
    Pool pool(&world, 1);
    int tries = 0;
    const auto failing = connection_pool::in_tries(pool, in(1min), "work", [&](FakeConnection& connection) {
        ++tries;
        connection.broken = true;
        return Result<int>(error(Errc::unavailable, "lost"));
    });
    CHECK_FALSE(failing.ok());
    CHECK(tries == 5);
    const auto working = connection_pool::in_tries(pool, in(1min), "work", [&](FakeConnection& connection) {
        connection.broken = ++tries < 8;
        return connection.broken ? Result<int>(error(Errc::unavailable, "lost")) : Result<int>(tries);
    });
    REQUIRE(working.ok());
    CHECK(*working == 8);
}
