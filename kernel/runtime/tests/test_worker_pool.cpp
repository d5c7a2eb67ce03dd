#include <catch2/catch.hpp>

#include <atomic>
#include <memory>

#include "runtime/worker_pool.hpp"
#include "waiting.hpp"

using namespace televisit::runtime;
using televisit::runtime::testing::Event;
using televisit::runtime::testing::patience_from_now;

TEST_CASE("a pool runs what it is given, and ends when it is stopped") {
    WorkerPool pool("test", 2, 8);
    Event ran;
    REQUIRE(pool.post([&] { ran.set(); }));
    CHECK(ran.wait());
    CHECK(pool.stop(patience_from_now()));
    CHECK_FALSE(pool.post([] {}));
}

TEST_CASE("a pool whose workers and queue are full refuses at once") {
    WorkerPool pool("test", 1, 2);
    Event running;
    Event release;
    REQUIRE(pool.post([&] {
        running.set();
        release.wait();
    }));
    REQUIRE(running.wait());
    CHECK(pool.post([] {}));
    CHECK(pool.post([] {}));
    CHECK_FALSE(pool.post([] {}));
    CHECK(pool.queued() == 2);
    CHECK(pool.running() == 1);
    release.set();
    CHECK(pool.stop(patience_from_now()));
}

TEST_CASE("a pool does not accept a task with no place for it even when its queue has no room at all") {
    WorkerPool pool("test", 1, 0);
    Event running;
    Event release;
    REQUIRE(pool.post([&] {
        running.set();
        release.wait();
    }));
    REQUIRE(running.wait());
    CHECK_FALSE(pool.post([] {}));
    release.set();
    CHECK(pool.stop(patience_from_now()));
}

TEST_CASE("tasks of a pool with one worker run in the order given") {
    WorkerPool pool("test", 1, 100);
    std::string order;
    Event done;
    for (const char c : std::string("abcdef")) REQUIRE(pool.post([&order, c] { order += c; }));
    REQUIRE(pool.post([&] { done.set(); }));
    REQUIRE(done.wait());
    CHECK(order == "abcdef");
    CHECK(pool.stop(patience_from_now()));
}

TEST_CASE("a stuck worker is given up at the deadline, and may end later without harm") {
    auto release = std::make_shared<Event>();
    auto ended = std::make_shared<Event>();
    Event running;
    {
        WorkerPool pool("test", 1, 8);
        REQUIRE(pool.post([&running, release, ended] {
            running.set();
            release->wait();
            ended->set();
        }));
        REQUIRE(running.wait());
        CHECK_FALSE(pool.stop(std::chrono::steady_clock::now()));
    }
    release->set();
    CHECK(ended->wait());
}

TEST_CASE("a pool that is closed destroys what has not begun") {
    WorkerPool pool("test", 1, 8);
    Event running;
    Event release;
    REQUIRE(pool.post([&] {
        running.set();
        release.wait();
    }));
    REQUIRE(running.wait());
    auto held = std::make_shared<int>(1);
    REQUIRE(pool.post([held] {}));
    CHECK(held.use_count() == 2);
    pool.close();
    CHECK(held.use_count() == 1);
    release.set();
    CHECK(pool.stop(patience_from_now()));
}

TEST_CASE("a worker knows its own pool") {
    WorkerPool pool("test", 1, 8);
    WorkerPool other("other", 1, 8);
    Event done;
    bool own = false;
    bool foreign = true;
    REQUIRE(pool.post([&] {
        own = pool.is_current();
        foreign = other.is_current();
        done.set();
    }));
    REQUIRE(done.wait());
    CHECK(own);
    CHECK_FALSE(foreign);
    CHECK_FALSE(pool.is_current());
    CHECK(pool.stop(patience_from_now()));
}

TEST_CASE("a pool rests when nothing runs and nothing waits") {
    WorkerPool pool("test", 1, 8);
    CHECK(pool.rest(patience_from_now()));
    Event running;
    Event release;
    bool second = false;
    REQUIRE(pool.post([&] {
        running.set();
        release.wait();
    }));
    REQUIRE(pool.post([&] { second = true; }));
    REQUIRE(running.wait());
    CHECK_FALSE(pool.rest(std::chrono::steady_clock::now()));
    release.set();
    CHECK(pool.rest(patience_from_now()));
    CHECK(second);
    CHECK(pool.stop(patience_from_now()));
}
