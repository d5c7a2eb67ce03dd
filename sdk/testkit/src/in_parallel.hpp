#pragma once
/// Calls at the same moment.

#include <functional>
#include <latch>
#include <thread>
#include <vector>

namespace televisit::testkit {

/// Runs `work(i)` on that many threads, which all begin at once.
inline void in_parallel(int count, const std::function<void(int)>& work) {
    std::latch begin(count);
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            begin.arrive_and_wait();
            work(i);
        });
    for (auto& thread : threads) thread.join();
}

}  // namespace televisit::testkit
