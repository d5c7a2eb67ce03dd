#include "loader/deadline_call.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "runtime/thread_name.hpp"

namespace televisit::loader {

bool done_by(SteadyTime deadline, const std::string& thread_name, std::function<void()> function) {
    struct Shared {
        std::mutex mutex;
        std::condition_variable changed;
        bool done = false;  // guarded by mutex
    };
    auto shared = std::make_shared<Shared>();
    std::thread thread([shared, thread_name, function = std::move(function)] {
        runtime::name_this_thread(thread_name);
        function();
        const std::lock_guard lock(shared->mutex);
        shared->done = true;
        shared->changed.notify_one();
    });
    bool done = false;
    {
        std::unique_lock lock(shared->mutex);
        done = shared->changed.wait_until(lock, deadline, [&] { return shared->done; });
    }
    if (done)
        thread.join();
    else
        thread.detach();
    return done;
}

}  // namespace televisit::loader
