#include <pthread.h>

#include <thread>

#include "net/event_loop_group.hpp"
#include "server_fixture.hpp"

namespace televisit::net::testing {
namespace {

EventLoopGroupOptions two_loops() {
    EventLoopGroupOptions options;
    options.count = 2;
    return options;
}

}  // namespace

TEST_CASE("tasks of one thread run on a loop in the order posted") {
    ManualClock clock;
    EventLoopGroup group(clock, two_loops());
    group.start();
    std::vector<int> order;  // the loop's own
    for (int i = 0; i < 1000; ++i) CHECK(group.post(1, [&order, i] { order.push_back(i); }));
    group.run_on(1, [&] { CHECK(order.size() == 1000); });
    CHECK(std::is_sorted(order.begin(), order.end()));
    group.stop();
}

TEST_CASE("a loop knows itself, and other threads are none") {
    ManualClock clock;
    EventLoopGroup group(clock, two_loops());
    EventLoopGroup other(clock, {});
    group.start();
    CHECK(group.count() == 2);
    CHECK_FALSE(group.current());
    for (const LoopId id : {LoopId{0}, LoopId{1}, group.admin()}) {
        group.run_on(id, [&] {
            CHECK(group.current() == id);
            CHECK_FALSE(other.current());
        });
    }
    CHECK_FALSE(group.post(7, [] {}));
    group.stop();
}

TEST_CASE("loops post to each other without losing a task") {
    ManualClock clock;
    EventLoopGroup group(clock, two_loops());
    group.start();
    Mailbox<int> done;
    std::function<void(int)> bounce = [&](int left) {
        if (left == 0) return done.put(0);
        group.post(static_cast<LoopId>(left % 2), [&bounce, left] { bounce(left - 1); });
    };
    group.post(0, [&] { bounce(2000); });
    CHECK(done.take() == 0);
    group.stop();
}

TEST_CASE("a loop that is busy is woken once for all that is posted meanwhile") {
    ManualClock clock;
    EventLoopGroup group(clock, two_loops());
    group.start();
    std::promise<void> entered, leave;
    group.post(1, [&] {
        entered.set_value();
        leave.get_future().wait();
    });
    entered.get_future().wait();
    const std::uint64_t posted = group.loop(1).posted(), wakeups = group.loop(1).wakeups();
    for (int i = 0; i < 100; ++i) group.post(1, [] {});
    CHECK(group.loop(1).posted() == posted + 100);
    CHECK(group.loop(1).wakeups() == wakeups + 1);
    leave.set_value();
    group.run_on(1, [&] {
        const std::uint64_t before = group.loop(1).wakeups();
        group.post(1, [] {});
        CHECK(group.loop(1).wakeups() == before);
    });
    group.stop();
}

TEST_CASE("timers run when their time has come, in order") {
    ManualClock clock;
    EventLoopGroup group(clock, {});
    group.start();
    std::vector<int> order;
    for (const int delay : {30, 10, 20, 10})
        group.after(0, std::chrono::milliseconds(delay), [&order, delay] { order.push_back(delay); });
    group.run_on(0, [] {});
    CHECK(order.empty());
    clock.advance(std::chrono::milliseconds(25));
    for (int turn = 0; turn < 2; ++turn) group.run_on(0, [] {});
    CHECK(order == std::vector{10, 10, 20});
    clock.advance(std::chrono::milliseconds(25));
    for (int turn = 0; turn < 2; ++turn) group.run_on(0, [] {});
    CHECK(order == std::vector{10, 10, 20, 30});
    group.stop();
}

TEST_CASE("what was posted before the end runs, what comes later is refused") {
    ManualClock clock;
    EventLoopGroup group(clock, {});
    int ran = 0;
    group.post(0, [&] { ++ran; });
    group.post(0, [&] { group.post(0, [&] { ++ran; }); });
    group.start();
    group.stop();
    CHECK(ran == 2);
    CHECK_FALSE(group.post(0, [&] { ++ran; }));
    CHECK_FALSE(group.after(0, std::chrono::milliseconds(1), [&] { ++ran; }));
    CHECK_FALSE(group.run_on(0, [] {}));
}

TEST_CASE("a loop's queue has a bound") {
    ManualClock clock;
    EventLoopGroupOptions options;
    options.max_posted = 3;
    EventLoopGroup group(clock, options);
    for (int i = 0; i < 3; ++i) CHECK(group.post(0, [] {}));
    CHECK_FALSE(group.post(0, [] {}));
    for (int i = 0; i < 3; ++i) group.after(group.admin(), std::chrono::hours(1), [] {});
    CHECK_FALSE(group.after(group.admin(), std::chrono::hours(1), [] {}));
}

TEST_CASE("a task that holds its loop is reported on its poster's account") {
    ManualClock clock;
    Mailbox<std::pair<std::string, Duration>> slow;
    EventLoopGroupOptions options;
    options.hold_limit = std::chrono::milliseconds(50);
    options.stuck_limit = std::chrono::milliseconds(0);
    options.on_slow = [&](const SlowTask& task) {
        if (!task.owner.empty()) slow.put({std::string(task.owner) + "/" + std::string(task.name), task.held});
    };
    EventLoopGroup group(clock, options);
    group.start();
    const auto loops = group.charged_to("vendor");
    loops->post(0, [&] { clock.advance(std::chrono::milliseconds(49)); });
    loops->post(0, [&] { clock.advance(std::chrono::milliseconds(70)); });
    const auto report = slow.take();
    CHECK(report.first == "vendor/posted task");
    CHECK(report.second == std::chrono::milliseconds(70));
    group.run_on(0, [] {});
    CHECK(slow.empty());
    CHECK(group.loop(0).slow_steps() == 1);
    group.stop();
}

TEST_CASE("a task that does not come back is reported while it runs") {
    ManualClock clock;
    Mailbox<std::pair<std::string, bool>> slow;
    EventLoopGroupOptions options;
    options.stuck_limit = std::chrono::milliseconds(1000);
    options.on_slow = [&](const SlowTask& task) {
        if (!task.owner.empty()) slow.put({std::string(task.owner), task.still_running});
    };
    EventLoopGroup group(clock, options);
    group.start();
    const auto loops = group.charged_to("vendor");
    std::promise<void> begun, release;
    loops->post(0, [&] {
        begun.set_value();
        release.get_future().get();
    });
    begun.get_future().get();
    clock.advance(std::chrono::milliseconds(1500));
    for (int turn = 0; turn < 2; ++turn) group.run_on(group.admin(), [] {});
    CHECK(slow.take() == std::pair<std::string, bool>{"vendor", true});
    release.set_value();
    CHECK(slow.take() == std::pair<std::string, bool>{"vendor", false});
    group.stop();
}

TEST_CASE("a task that throws is named, and costs nothing else") {
    ManualClock clock;
    Mailbox<std::string> faults;
    EventLoopGroupOptions options;
    options.on_fault = [&](const TaskFault& fault) {
        faults.put(std::string(fault.owner) + ": " + std::string(fault.what));
    };
    EventLoopGroup group(clock, options);
    group.start();
    const auto loops = group.charged_to("vendor");
    loops->post(0, [] { throw std::runtime_error("inside"); });
    loops->after(0, std::chrono::milliseconds(0), [] { throw 1; });
    CHECK(faults.take() == "vendor: inside");
    CHECK(faults.take() == "vendor: an exception that is no std::exception");
    bool ran = false;
    group.run_on(0, [&] { ran = true; });
    CHECK(ran);
    CHECK(group.loop(0).task_faults() == 2);
    group.stop();
}

TEST_CASE("loops are named threads") {
    ManualClock clock;
    EventLoopGroup group(clock, {});
    group.start();
    group.run_on(group.admin(), [] {
        std::array<char, 16> name{};
        pthread_getname_np(pthread_self(), name.data(), name.size());
        CHECK(std::string(name.data()) == "loop-admin");
    });
    group.stop();
}

}  // namespace televisit::net::testing
